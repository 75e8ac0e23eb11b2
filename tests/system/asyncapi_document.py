"""docs/asyncapi.yaml: reads it, checks its build, and says what a payload must look like."""

import os
import re

import jsonschema
import yaml

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PATH = os.path.join(ROOT, "docs", "asyncapi.yaml")
CHECKER = jsonschema.Draft7Validator

# What AsyncAPI 3.0 lets stand in the objects that we use, and what it demands.
FIELDS = {
    "document": ({"asyncapi", "info"},
                 {"id", "servers", "defaultContentType", "channels", "operations", "components"}),
    "info": ({"title", "version"}, {"description", "license", "contact", "tags"}),
    "server": ({"host", "protocol"}, {"description", "title", "summary"}),
    "channel": ({"address", "messages"},
                {"title", "summary", "description", "servers", "parameters"}),
    "operation": ({"action", "channel"},
                  {"title", "summary", "description", "messages", "reply"}),
    "reply": ({"channel", "messages"}, {"address"}),
    "message": ({"payload"}, {"name", "title", "summary", "description", "contentType",
                              "examples"}),
    "example": ({"payload"}, {"name", "summary"}),
    "parameter": (set(), {"description", "enum", "default", "examples"}),
}


class Document:
    def __init__(self, path=PATH):
        with open(path, encoding="utf-8") as file:
            self.tree = yaml.safe_load(file)
        self.messages = self.tree["components"]["messages"]
        self.schemas = self.tree["components"]["schemas"]
        self.hits = {}
        self._validators = {}

    # -- what it says ---------------------------------------------------------

    def resolve(self, pointer):
        here = self.tree
        if not pointer.startswith("#/"):
            raise KeyError(pointer)
        for part in pointer[2:].split("/"):
            here = here[part.replace("~1", "/").replace("~0", "~")]
        return here

    def validator(self, schema):
        if schema not in self._validators:
            self._validators[schema] = CHECKER(
                {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": self.schemas}})
        return self._validators[schema]

    def faults(self, message, payload):
        """What is wrong with a payload, as sentences."""
        schema = self.messages[message]["payload"]["$ref"].rsplit("/", 1)[1]
        return [f"{message}{''.join(f'[{x!r}]' for x in e.absolute_path)}: {e.message[:300]}"
                for e in self.validator(schema).iter_errors(payload)]

    def check(self, message, payload):
        """Counts the message as seen; fails where it is not as described."""
        if found := self.faults(message, payload):
            raise AssertionError("\n".join([*found[:5], str(payload)[:2000]]))
        self.hits[message] = self.hits.get(message, 0) + 1

    def channel_of(self, topic):
        """The channel whose address fits the topic."""
        def fits(address):
            return address and re.fullmatch(re.sub(r"\\\{\w+\\\}", "(.+)", re.escape(address)), topic)

        fitting = [k for k, x in self.tree["channels"].items() if fits(x["address"])]
        if len(fitting) != 1:
            raise AssertionError(f"{topic} is a topic of {fitting or 'no channel'}")
        return fitting[0]

    def check_published(self, topic, payload):
        (message,) = self.tree["channels"][self.channel_of(topic)]["messages"]
        self.check(message, payload)
        return message

    def check_reply(self, command, reply):
        """The reply must be one of those that the command's operation names."""
        fitting = [x for x in self.replies(command) if not self.faults(x, reply)]
        if len(fitting) != 1:
            raise AssertionError("\n".join([f"{command} got {str(reply)[:2000]}", *(
                x for name in self.replies(command) for x in self.faults(name, reply)[:3])]))
        self.check(fitting[0], reply)
        return fitting[0]

    def replies(self, command):
        for operation in self.tree["operations"].values():
            for message in operation["messages"]:
                if "reply" in operation and self.command(_last(message)) == command:
                    return [_last(x) for x in operation["reply"]["messages"]]
        return ["errorReply"]  # no command of ours

    def command(self, message):
        schema = self.resolve(self.messages[message]["payload"]["$ref"])
        return schema["properties"]["cmd"]["const"]

    # -- how it is built --------------------------------------------------------

    def build_faults(self):
        """What AsyncAPI 3.0 would not have like this."""
        tree, found = self.tree, []

        def look(kind, x, where):
            required, optional = FIELDS[kind]
            keys = {k for k in x if not k.startswith("x-")}
            found.extend(f"{where}: {k} is missing" for k in sorted(required - keys))
            found.extend(f"{where}: {k} is not known" for k in sorted(keys - required - optional))

        def refers(x, prefix, where):
            if set(x) != {"$ref"} or not x["$ref"].startswith(prefix):
                found.append(f"{where}: must be a $ref below {prefix}, is {x}")

        look("document", tree, "document")
        look("info", tree["info"], "info")
        if not re.fullmatch(r"3\.0\.\d+", tree["asyncapi"]):
            found.append("asyncapi: not 3.0")
        for name, x in tree["servers"].items():
            look("server", x, f"servers/{name}")
        for name, x in tree["channels"].items():
            where = f"channels/{name}"
            look("channel", x, where)
            for server in x["servers"]:
                refers(server, "#/servers/", where)
            for message in x["messages"].values():
                refers(message, "#/components/messages/", where)
            in_address = set(re.findall(r"\{(\w+)\}", x["address"] or ""))
            if in_address != set(x.get("parameters", {})):
                found.append(f"{where}: address and parameters differ")
        used = set()
        for name, x in tree["operations"].items():
            where = f"operations/{name}"
            look("operation", x, where)
            if x["action"] not in ("send", "receive"):
                found.append(f"{where}: {x['action']} is no action")
            for part in (x, x.get("reply")):
                if not part:
                    continue
                refers(part["channel"], "#/channels/", where)
                for message in part["messages"]:
                    refers(message, part["channel"]["$ref"] + "/messages/", where)
                    used.add(message["$ref"])
            if "reply" in x:
                look("reply", x["reply"], f"{where}/reply")
        for name, x in tree["channels"].items():
            for message in x["messages"]:
                if f"#/channels/{name}/messages/{message}" not in used:
                    found.append(f"channels/{name}: no operation has {message}")
        for name, x in self.messages.items():
            look("message", x, f"messages/{name}")
            refers(x["payload"], "#/components/schemas/", f"messages/{name}")
            for example in x.get("examples", []):
                look("example", example, f"messages/{name}/examples")
        for name, x in tree["components"]["parameters"].items():
            look("parameter", x, f"parameters/{name}")
        return found

    def references(self):
        """Every $ref, as (where it stands, where it points)."""
        return list(_references(self.tree, "#"))


def _last(reference):
    return reference["$ref"].rsplit("/", 1)[1]


def _references(x, where):
    if isinstance(x, dict):
        for key, value in x.items():
            if key == "$ref":
                yield where, value
            else:
                yield from _references(value, f"{where}/{key}")
    elif isinstance(x, list):
        for i, value in enumerate(x):
            yield from _references(value, f"{where}/{i}")
