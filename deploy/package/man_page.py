"""Writes riskbreaker(1) from what the program says of itself: man_page.py BINARY HEAD"""

import re
import subprocess
import sys


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\\&" + text if text.startswith((".", "\\(aq")) else text


def help_of(binary, *command):
    return subprocess.run(["riskbreaker", *command, "--help"], executable=binary, check=True, capture_output=True, text=True,
                          timeout=60).stdout.rstrip()


def names_in(text):
    """The subcommands that a help text lists."""
    found = re.search(r"^Subcommands:\n((?:  .*\n?)+)", text, re.M)
    return re.findall(r"^  (\S+)", found.group(1), re.M) if found else []


def literal(text):
    return ".nf\n" + "\n".join(escaped(x) for x in text.splitlines()) + "\n.fi\n"


def sections(binary, command, made):
    text = help_of(binary, *command)
    if command:
        made.append(f".SS riskbreaker {escaped(' '.join(command))}\n" + literal(text))
    for name in names_in(text):
        sections(binary, [*command, name], made)


def main():
    binary, head = sys.argv[1:]
    version = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True,
                             timeout=60).stdout.split()[-1]
    with open(head, encoding="utf-8") as file:
        before, after = file.read().replace("@VERSION@", version).split("@COMMANDS@\n")
    made = []
    sections(binary, [], made)
    options = re.search(r"^Options:\n((?:  .*\n?)+)", help_of(binary), re.M).group(1)
    print(before + ".SS Options of all commands\n" + literal(options) + "".join(made) + after, end="")


if __name__ == "__main__":
    main()
