"""Looking after a folder of recordings: what is wrong in it, and filling it from another store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from summariser.errors import StoreError
from summariser.store.fingerprint import fingerprint, whole
from summariser.store.folder import FolderStore
from summariser.store.recording import Asked, Recorded, Recording, structure
from summariser.store.redaction import REDACTED, kept_headers, leaks, redact, redacted_body

__all__ = ["Finding", "check", "filed", "promote"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a file: a ``secret`` in it, ``damaged``, or ``stale``, which is to say never replayed."""

    path: Path
    kind: Literal["secret", "damaged", "stale"]
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.kind}: {self.what}"


def check(store: FolderStore) -> Iterator[Finding]:
    """Everything in a folder that should not be committed: secrets, damaged files, and files that are never replayed."""
    for path in sorted(store.folder.glob(".*.tmp")):
        yield Finding(path, "stale", "left behind by a recording that was killed: delete it")
    for path in store.paths():
        try:
            stored = json.loads(path.read_bytes())
            for place in leaks(stored):
                yield Finding(path, "secret", f"{place} has the shape of a key: revoke the key, and record again")
            recording = store.load(path)
        except (StoreError, ValueError, OSError) as error:
            yield Finding(path, "damaged", str(error))
            continue
        if path != store.path(recording.fingerprint):
            yield Finding(path, "stale", "its name is not its fingerprint's, so nothing finds it: record again")
        elif REDACTED not in json.dumps(stored["request"]) and fingerprint(recording.asked) != recording.fingerprint:
            yield Finding(path, "stale", "its request was edited or filed under other rules: record again")


class Sent(Protocol):
    """A request as it went over the wire."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def body(self) -> bytes: ...


class Received(Protocol):
    """A response as it came over the wire, decoded."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def seconds(self) -> float: ...


def filed(sent: Sent, received: Received) -> Recording:
    """What was sent and received elsewhere, as a recording."""
    asked = Asked(sent.method, sent.url, structure(sent.body, parse_float=whole)[0])
    headers = kept_headers(received.headers)
    body, encoding = structure(received.body, media=headers.get("content-type", ""))
    recorded = Recorded(received.status, headers, redacted_body(body, encoding), encoding, round(received.seconds, 3))
    return Recording(fingerprint(asked), replace(asked, body=redact(asked.body)), (recorded,))


def promote(recordings: Iterable[Recording], into: FolderStore) -> int:
    """File recordings of another store in a folder, in the place of what is there; how many it were.

    Raises:
        StoreError: the folder cannot be written.
    """
    count = 0
    for recording in recordings:
        into.put(recording, append=False)
        count += 1
    return count
