"""Holds single threads of a child still, with ptrace: to the rest of it they hang."""

import contextlib
import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_DETACH, _SEIZE, _INTERRUPT = 17, 0x4206, 0x4207
_WALL = 0x40000000


def _ptrace(what, thread):
    if _libc.ptrace(what, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace {what:#x} of {thread}")


def threads(pid):
    """Ids of its threads, by name."""
    found = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as file:
            found.setdefault(file.read().strip(), []).append(int(thread))
    return found


@contextlib.contextmanager
def frozen(ids):
    held = []
    try:
        for thread in ids:
            _ptrace(_SEIZE, thread)
            held.append(thread)
            _ptrace(_INTERRUPT, thread)
            os.waitpid(thread, _WALL)
        yield
    finally:
        for thread in held:
            _ptrace(_DETACH, thread)
