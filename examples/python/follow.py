"""Prints the risk, as it is and as it changes. Usage: follow.py [ENDPOINT]"""
import json
import sys

import zmq

sub = zmq.Context().socket(zmq.SUB)
sub.connect(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5556")
sub.subscribe("risk.")  # risk.<strategy>.<pair>.<timeframe>
while True:
    topic, payload = sub.recv_multipart()
    x = json.loads(payload)
    print(x["pair"], x["score"], x["confidence"], x["verdict"], x["source"], x["cause"], flush=True)
