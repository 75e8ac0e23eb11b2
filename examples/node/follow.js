// Prints the risk, as it is and as it changes. Usage: node follow.js [ENDPOINT]
import { Subscriber } from "zeromq";

const sub = new Subscriber();
sub.connect(process.argv[2] ?? "tcp://127.0.0.1:5556");
sub.subscribe("risk."); // risk.<strategy>.<pair>.<timeframe>
for await (const [topic, payload] of sub) {
  const x = JSON.parse(payload);
  console.log(x.pair, x.score, x.confidence, x.verdict, x.source, x.cause);
}
