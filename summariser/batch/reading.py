"""Documents read ahead by a thread of their own, so that nobody who waits for the next is held by a slow source."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summariser.readers import Item

__all__ = ["Reading"]

_AHEAD = 16


class Reading(Iterator["list[Item]"]):
    """The items that are there, a few at a time, as soon as there is one; what reading raised comes after the last of them.

    The thread is a daemon: a program ends although its standard input stays open.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = items
        self._read: list[Item] = []
        self._error: Exception | None = None
        self._ended = False
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="summariser-reading", daemon=True).start()

    def __next__(self) -> list[Item]:
        with self._changed:
            self._changed.wait_for(lambda: self._read or self._ended)
            read, self._read = self._read, []
            self._changed.notify_all()
            error = None if read else self._error
            if error is not None:
                self._error = None
        if error is not None:
            raise error
        if not read:
            raise StopIteration
        return read

    def close(self) -> None:
        """Read no further: what waits for an item learns that there is none."""
        with self._changed:
            self._read, self._ended = [], True
            self._changed.notify_all()

    def _run(self) -> None:
        error: Exception | None = None
        try:
            for item in self._items:
                with self._changed:
                    self._changed.wait_for(lambda: len(self._read) < _AHEAD or self._ended)
                    if self._ended:
                        return
                    self._read.append(item)
                    self._changed.notify_all()
        except Exception as raised:
            error = raised
        with self._changed:
            if not self._ended:
                self._error, self._ended = error, True
            self._changed.notify_all()
