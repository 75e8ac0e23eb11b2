// Says how the breakers are. Usage: node control.js [ENDPOINT]
import { Request } from "zeromq";

const req = new Request({ receiveTimeout: 5000, linger: 0 }); // no daemon: an error after 5 s
req.connect(process.argv[2] ?? "tcp://127.0.0.1:5557");
await req.send(JSON.stringify({ cmd: "status" }));
const [reply] = await req.receive();
for (const [name, strategy] of Object.entries(JSON.parse(reply).strategies))
  console.log(name, strategy.state);
