"""A certificate authority of our own, made by openssl when a test needs it."""

import os
import subprocess
import tempfile


def _openssl(*args):
    done = subprocess.run(["openssl", *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"openssl {args[0]}: {done.stderr}")


class Authority:
    """Signs for what it is told to. All files go with the object."""

    def __init__(self, name="test authority"):
        self._folder = tempfile.TemporaryDirectory()
        self.file = self._path("ca.pem")
        _openssl("req", "-x509", *self._key("ca"), "-subj", f"/CN={name}", "-days", "2",
                 "-addext", "keyUsage=critical,keyCertSign", "-out", self.file)

    def _path(self, name):
        return os.path.join(self._folder.name, name)

    def _key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                "-keyout", self._path(name + ".key")]

    def sign(self, *names, days=2):
        """(certificate, key) for "DNS:…" and "IP:…" names; expired where days is negative."""
        stem = f"server{len(os.listdir(self._folder.name))}"
        extensions = self._path(stem + ".ext")
        with open(extensions, "w", encoding="utf-8") as file:
            file.write(f"subjectAltName={','.join(names)}\n")
        _openssl("req", *self._key(stem), "-subj", "/CN=server", "-out", self._path(stem + ".csr"))
        _openssl("x509", "-req", "-in", self._path(stem + ".csr"), "-CA", self.file,
                 "-CAkey", self._path("ca.key"), "-CAcreateserial", "-days", str(days),
                 "-extfile", extensions, "-out", self._path(stem + ".pem"))
        return self._path(stem + ".pem"), self._path(stem + ".key")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()
