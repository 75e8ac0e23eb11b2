"""An HTTP/2 server over TLS that can be told to behave badly, by Debian's python3-h2."""

import json
import socket
import ssl
import threading

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError

ANSWER = json.dumps({"choices": [{"finish_reason": "stop", "message": {
    "content": json.dumps({"risk_score": 42, "confidence": 0.9, "reasoning": "h2"})}}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1}}).encode()


class Connection:
    """What `behave` may do to one connection."""

    def __init__(self, number, tls):
        self.number = number
        self._tls = tls
        self._lock = threading.Lock()
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.flush()

    def flush(self):
        self._tls.sendall(self.h2.data_to_send())

    def answer(self, stream, status=200, body=ANSWER):
        with self._lock:
            self.h2.send_headers(stream, [(":status", str(status)),
                                          ("content-type", "application/json")])
            self.h2.send_data(stream, body, end_stream=True)
            self.flush()

    def refuse(self, stream):
        """Says that the stream was not worked on and may be sent again."""
        with self._lock:
            self.h2.reset_stream(stream, ErrorCodes.REFUSED_STREAM)
            self.flush()

    def goaway(self, last_stream):
        """Says that no stream beyond that one is worked on."""
        with self._lock:
            # h2's own close_connection would refuse to answer what is open.
            frame = b"\0\0\x08\x07\0\0\0\0\0" + last_stream.to_bytes(4, "big") + bytes(4)
            self._tls.sendall(self.h2.data_to_send() + frame)

    def close(self):
        """Ends the connection without a word."""
        try:
            self._tls.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._tls.close()

    def serve(self, on_request):
        while data := self._tls.recv(65_536):
            with self._lock:
                events = self.h2.receive_data(data)
                self.flush()
            for event in events:
                if isinstance(event, RequestReceived):
                    continue
                if isinstance(event, StreamEnded):
                    on_request(self, event.stream_id)
                elif isinstance(event, ConnectionTerminated):
                    return


class H2Server:
    """Calls behave(connection, stream, n) for the n-th request in all, from 0."""

    def __init__(self, certificate, key, behave=lambda peer, stream, n: peer.answer(stream),
                 protocols=("h2",)):
        self.requests = []  # (connection, stream), in the order in which they were complete
        self.connections = 0
        self._behave = behave
        self._lock = threading.Lock()
        self._open = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.set_alpn_protocols(protocols)
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}/v1"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._run, args=(raw, self.connections), daemon=True).start()
            self.connections += 1

    def _run(self, raw, number):
        try:
            with self._context.wrap_socket(raw, server_side=True) as tls:
                self._open.append(tls)
                Connection(number, tls).serve(self._on_request)
        except (OSError, ProtocolError):
            pass

    def _on_request(self, peer, stream):
        with self._lock:
            n = len(self.requests)
            self.requests.append((peer.number, stream))
        self._behave(peer, stream, n)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
        for tls in self._open:
            try:
                tls.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
