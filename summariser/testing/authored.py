"""Recordings that no endpoint gave: written by hand, or recorded ones with faults put before them. They say so."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from summariser.errors import ConfigurationError
from summariser.store.fingerprint import canonical, fingerprint
from summariser.store.folder import FolderStore
from summariser.store.recording import Asked, Fault, Recorded, Recording, structure
from summariser.testing.answers import FAULTS, Answer, with_fault

__all__ = ["author", "author_faults"]

_NEVER = 3600.0
"""Seconds of an answer that is slower than anybody waits."""


def author(folder: str | Path, body: Mapping[str, Any], answers: Sequence[Answer], *, url: str) -> Recording:
    """File ``answers``, one after the other, as those to a request: the ``body`` that is posted to ``url``.

    >>> from summariser.testing import completion, rate_limited
    >>> author("recordings", request, [rate_limited(), completion("Seven.")], url="…/chat/completions")  # doctest: +SKIP

    Raises:
        StoreError: the folder cannot be written.
    """
    asked = Asked("POST", url, canonical(dict(body)))
    responses = tuple(map(_recorded, answers))
    recording = Recording(fingerprint(asked), asked, responses, {"kind": "authored"})
    FolderStore(folder, create=True).put(recording, append=False)
    return recording


def author_faults(
    recordings: str | Path, into: str | Path, *, faults: Mapping[str, float], seed: int = 0, retry_after: float = 1.0
) -> int:
    """Copy a folder of recordings, and let some of them go wrong before they come out as recorded; how many do.

    ``faults`` are shares of the recordings by the names in `summariser.testing.FAULTS`; which go wrong, and how, depends on
    ``seed`` and on what was asked, and on nothing else. A ``429`` asks for ``retry_after`` seconds. What is ``slow`` takes
    longer than any client waits, and is not waited for. Streams and other answers that are not JSON stay as they are.

    Raises:
        ConfigurationError: no such fault, or shares that are more than the whole.
        StoreError: the recordings cannot be read, or the folder cannot be written.
    """
    if unknown := sorted(set(faults) - set(FAULTS)):
        raise ConfigurationError(f"no fault {unknown[0]!r}: there are {', '.join(FAULTS)}")
    if min(faults.values(), default=0) < 0 or sum(faults.values()) > 1:
        raise ConfigurationError(f"shares of faults are 0 to 1 and no more than 1 in all: {dict(faults)}")
    target = FolderStore(into, create=True)
    count = 0
    for recording in FolderStore(recordings).recordings():
        (good, *_) = (recorded for recorded in reversed(recording.responses))
        drawn = random.Random(f"{seed} {recording.fingerprint}").random()
        if good.encoding == "json" and good.good and (name := _drawn(drawn, faults)):
            fault = with_fault(name, Answer(good.status, good.body, dict(good.headers)), retry_after=retry_after)
            origin = {"kind": "authored", "fault": name}
            recording = Recording(
                recording.fingerprint, recording.asked, (_recorded(fault), *recording.responses), origin
            )
            count += 1
        target.put(recording, append=False)
    return count


def _drawn(drawn: float, faults: Mapping[str, float]) -> str | None:
    for name, share in faults.items():
        if drawn < share:
            return name
        drawn -= share
    return None


def _recorded(answer: Answer) -> Recorded:
    """How an answer comes over the wire."""
    if answer.drop or answer.reset:
        return Recorded(0, {}, "", "text", 0.0, "ReadError" if answer.reset else "RemoteProtocolError")
    headers = {"content-type": "application/json", **answer.headers}
    content = answer.content()
    fault: Fault | None = None
    if answer.cut is not None:
        content = content[: int(len(content) * answer.cut)]
        fault = "RemoteProtocolError"
    elif answer.slow:
        fault = "ReadTimeout"
    body, encoding = structure(content, media=headers["content-type"])
    seconds = _NEVER if answer.slow else answer.delay
    return Recorded(answer.status, headers, body, encoding, seconds, fault)
