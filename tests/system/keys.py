"""CURVE keys of a daemon and its clients, made by the program itself."""

import os
import stat
import subprocess

import zmq.auth

from peers import BINARY


class Keys:
    """Key pairs in a folder: NAME.key, NAME.key_secret."""

    def __init__(self, folder, *names):
        self.folder = folder
        for name in names:
            self.make(name)

    def make(self, name):
        subprocess.run([BINARY, "keygen", self.path(name)], check=True, timeout=20,
                       stdout=subprocess.DEVNULL)
        mode = stat.S_IMODE(os.stat(self.path(name) + ".key_secret").st_mode)
        assert mode == 0o600, oct(mode)

    def path(self, name):
        return os.path.join(self.folder, name)

    def open(self, name):
        return zmq.auth.load_certificate(self.path(name) + ".key")[0]

    def pair(self, name):
        return zmq.auth.load_certificate(self.path(name) + ".key_secret")

    def options(self, name, server="server"):
        """For the program's own commands."""
        return ["--server-key", self.path(server) + ".key", "--key", self.path(name) + ".key_secret"]

    def socket(self, kind, endpoint, name, server="server"):
        """A pyzmq peer with these keys; without any when `name` is None."""
        socket = zmq.Context.instance().socket(kind)
        socket.linger = 0
        socket.immediate = True
        if name:
            socket.curve_publickey, socket.curve_secretkey = self.pair(name)
            socket.curve_serverkey = self.open(server)
        if kind == zmq.SUB:
            socket.subscribe("")
        socket.connect(endpoint)
        return socket


def curve(**clients):
    """The configuration's section; files beside it."""
    lists = {"candles": [], "results": [], "control": []}
    lists.update(clients)
    return {"secret_key_file": "server.key_secret", "clients": lists}
