"""No way out: what a test does by accident fails, in whatever thread and through whatever library."""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

__all__ = ["LOOPBACK", "Block", "NetworkBlockedError", "network_blocked"]

LOOPBACK = "localhost"
"""Stands for all names and addresses of this machine's own loopback."""

_HOST_FIRST = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_ADDRESS_SECOND = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


class NetworkBlockedError(RuntimeError):
    """Something tried to reach the network while it was blocked."""


@dataclass(eq=False)
class Block:
    """A block in force. ``attempts`` are the hosts that somebody tried to reach."""

    allow: frozenset[str]
    attempts: list[str] = field(default_factory=list[str])

    def refuse(self, host: str) -> None:
        """Raise unless the host may be reached."""
        if host in self.allow or (LOOPBACK in self.allow and _is_loopback(host)):
            return
        self.attempts.append(host)
        raise NetworkBlockedError(f"the network is blocked, and something tried to reach {host!r}")


_blocks: list[Block] = []
_lock = threading.Lock()
_listening = False


@contextmanager
def network_blocked(*, allow: Collection[str] = ()) -> Generator[Block]:
    """Let nothing in this process, nor in processes forked from it, reach any host but those in ``allow``.

    ``"localhost"`` allows all of loopback. Sockets of the file system stay open. It listens to the interpreter's audit
    events and patches nothing; connections that are open already stay so.

    Raises:
        NetworkBlockedError: (in whatever tries) the network is blocked.
    """
    global _listening
    block = Block(frozenset(allow))
    with _lock:
        if not _listening:
            # It cannot be taken away again, but does nothing while nothing is blocked.
            sys.addaudithook(_audit)
            _listening = True
        _blocks.append(block)
    try:
        yield block
    finally:
        with _lock:
            _blocks.remove(block)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _blocks or not event.startswith("socket."):
        return
    if event in _HOST_FIRST:
        host = arguments[0]
    elif event in _ADDRESS_SECOND and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if host is not None:
        text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        for block in reversed(_blocks):  # whoever blocked last is told
            block.refuse(text)


def _is_loopback(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
