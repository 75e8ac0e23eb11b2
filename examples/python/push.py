"""Pushes the newest closed 5m candle. Usage: push.py [ENDPOINT]"""
import sys
import time

import zmq

push = zmq.Context().socket(zmq.PUSH)
push.linger = 5_000  # no daemon: ends after 5 s all the same
push.connect(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5555")
opened = int(time.time()) // 300 * 300_000 - 300_000  # its OPEN time, in ms
push.send_json({"pair": "BTC/USDT", "timeframe": "5m", "time": opened, "open": 65000.1,
                "high": 65100, "low": 64900, "close": 65050.5, "volume": 12.3})
