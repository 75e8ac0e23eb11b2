"""Says how the breakers are. Usage: control.py [ENDPOINT]"""
import sys

import zmq

req = zmq.Context().socket(zmq.REQ)
req.rcvtimeo, req.linger = 5_000, 0  # no daemon: an error after 5 s, not for ever
req.connect(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:5557")
req.send_json({"cmd": "status"})
for name, strategy in req.recv_json()["strategies"].items():
    print(name, strategy["state"])
