// Pushes the newest closed 5m candle. Usage: node push.js [ENDPOINT]
import { Push } from "zeromq";

const push = new Push({ linger: 5000, sendTimeout: 5000 }); // no daemon: an error after 5 s
push.connect(process.argv[2] ?? "tcp://127.0.0.1:5555");
const opened = Math.floor(Date.now() / 300_000) * 300_000 - 300_000; // its OPEN time
await push.send(JSON.stringify({
  pair: "BTC/USDT", timeframe: "5m", time: opened,
  open: 65000.1, high: 65100, low: 64900, close: 65050.5, volume: 12.3,
}));
