"""nghttpx (Debian's nghttp2-proxy) as a TLS server in front of a simulator."""

import shutil
import socket
import subprocess
import tempfile
import time

PROGRAM = shutil.which("nghttpx", path="/usr/sbin:/usr/bin:/usr/local/bin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nghttpx:
    """Speaks TLS with `certificate` = (file, key) on loopback, HTTP/2 where the client does."""

    def __init__(self, certificate, backend_port, protocols="h2,http/1.1", host="127.0.0.1"):
        self._log = tempfile.NamedTemporaryFile(mode="r")
        for _ in range(5):  # somebody may be faster at the free port
            self.port = free_port()
            self._child = subprocess.Popen(
                [PROGRAM, "--conf=/dev/null", "--single-process", "--workers=1", "--no-ocsp",
                 f"--frontend=127.0.0.1,{self.port}", f"--backend=127.0.0.1,{backend_port}",
                 f"--npn-list={protocols}", f"--accesslog-file={self._log.name}",
                 "--accesslog-format=$alpn $remote_port $request", "--errorlog-file=/dev/null",
                 certificate[1], certificate[0]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self._is_up():
                break
        else:
            raise AssertionError("nghttpx does not start")
        self.url = f"https://{host}:{self.port}/v1"

    def _is_up(self):
        end = time.monotonic() + 10
        while time.monotonic() < end and self._child.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self._child.poll() is None
            except OSError:
                time.sleep(0.02)
        return False

    def requests(self):
        """(protocol, the client's port) of each request so far."""
        self._log.seek(0)
        return [tuple(x.split()[:2]) for x in self._log.read().splitlines() if " POST " in x]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.terminate()
        self._child.wait()
        self._log.close()
