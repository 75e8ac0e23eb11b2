// Loaded before a server that would listen on all addresses: on loopback only.
const {Server} = require("net");

const listen = Server.prototype.listen;
Server.prototype.listen = function (...args) {
  const [first, second] = args;
  if (typeof first === "number" && typeof second !== "string")
    args.splice(1, 0, "127.0.0.1");
  else if (first && typeof first === "object" && "port" in first)
    args[0] = {...first, host: "127.0.0.1"};
  return listen.apply(this, args);
};
