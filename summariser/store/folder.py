"""A folder of recordings: one readable JSON file per request."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, cast, get_args

from summariser.errors import StoreError
from summariser.store.differences import DIGITS, Drift
from summariser.store.recording import FAULTS, Asked, Encoding, Fault, Recorded, Recording
from summariser.store.redaction import redact, redacted_body

__all__ = ["VERSION", "FolderStore"]

VERSION = 1
"""Of the files' form."""
_NAME = re.compile(rf"[0-9a-f]{{{DIGITS}}}\.json")


class FolderStore:
    """A folder with one readable JSON file per request, named by its fingerprint.

    Files are replaced in one step and flushed to the disk before anyone is told; several threads and processes may
    record into one folder.

    ``used`` names the recordings that were looked up and found, ``drifts`` are those that were answered differently in mode
    ``verify``. ``advice`` is how to record, in the words of whoever reads that something is missing.

    Raises:
        StoreError: there is no such folder (unless ``create``), or it holds a JSON file that is no recording.
    """

    def __init__(self, folder: str | Path, *, create: bool = False, advice: str = "mode='record'") -> None:
        self.folder = Path(folder)
        self.advice = advice
        self.used: set[str] = set()
        self.drifts: list[Drift] = []
        self._lock = threading.Lock()
        try:
            if create:
                self.folder.mkdir(parents=True, exist_ok=True)
            names = sorted(entry.name for entry in os.scandir(self.folder) if entry.name.endswith(".json"))
        except OSError as error:
            hint = "" if create else f"; record into it first with {advice}"
            raise StoreError(f"no folder of recordings at {str(folder)!r}: {error.strerror}{hint}") from error
        for name in names:
            if not _NAME.fullmatch(name) and not name.startswith("."):
                raise StoreError(f"{str(self.folder / name)!r} is not a recording: move it out of the folder")

    def __str__(self) -> str:
        return str(self.folder)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state | {"_lock": threading.Lock()})

    def drifted(self, drift: Drift) -> None:
        """Keep it in ``drifts``."""
        self.drifts.append(drift)

    def path(self, fingerprint: str) -> Path:
        """The file of a fingerprint."""
        return self.folder / f"{fingerprint[:DIGITS]}.json"

    def get(self, fingerprint: str) -> Recording | None:
        """What is filed under a fingerprint.

        Raises:
            StoreError: the file is damaged or belongs to another request.
        """
        path = self.path(fingerprint)
        recording = _load(path)
        if recording is not None and recording.fingerprint != fingerprint:
            raise StoreError(f"{str(path)!r} holds the recording of another request: its name is not its fingerprint's")
        if recording is not None:
            self.used.add(path.stem)
        return recording

    def load(self, path: Path) -> Recording:
        """The recording in one of the folder's files.

        Raises:
            StoreError: it is damaged or gone.
        """
        recording = _load(path)
        if recording is None:
            raise StoreError(f"{str(path)!r} is gone")
        return recording

    def put(self, recording: Recording, *, append: bool) -> None:
        """File responses durably, after those that are there or in their place.

        Raises:
            StoreError: the folder cannot be written, or what is there is damaged.
        """
        with self._lock, _locked(self.folder):
            there = self.get(recording.fingerprint) if append else None
            responses = (*there.responses, *recording.responses) if there else recording.responses
            path = self.path(recording.fingerprint)
            _save(path, _dump(recording, responses))
            self.used.add(path.stem)

    def recordings(self) -> Iterator[Recording]:
        """Everything in the folder, by name."""
        for path in self.paths():
            if recording := _load(path):
                yield recording

    def paths(self) -> list[Path]:
        """The files of all recordings, by name."""
        return sorted(path for path in self.folder.glob("*.json") if _NAME.fullmatch(path.name))


def _dump(recording: Recording, responses: tuple[Recorded, ...]) -> bytes:
    stored = {
        "version": VERSION,
        "fingerprint": recording.fingerprint,
        "origin": dict(recording.origin),
        "request": {
            "method": recording.asked.method,
            "url": redact(recording.asked.url),
            "body": redact(recording.asked.body),
        },
        "responses": [
            {
                "status": recorded.status,
                "headers": dict(recorded.headers),
                "encoding": recorded.encoding,
                "body": redacted_body(recorded.body, recorded.encoding),
                "seconds": recorded.seconds,
                **({"fault": recorded.fault} if recorded.fault else {}),
            }
            for recorded in responses
        ],
    }
    # Keys are not sorted: the properties of a JSON schema have a meaningful order, and so has what a model writes.
    try:
        return json.dumps(stored, indent=1, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which models do write
        return json.dumps(stored, indent=1).encode() + b"\n"


def _load(path: Path) -> Recording | None:
    try:
        with path.open(encoding="utf-8") as file:
            stored = json.load(file)
        if stored["version"] != VERSION:
            raise StoreError(
                f"{str(path)!r} is a recording of version {stored['version']!r}, and this is version {VERSION}: "
                "record it again"
            )
        request = stored["request"]
        responses = tuple(
            Recorded(
                int(response["status"]),
                {str(name): str(value) for name, value in response["headers"].items()},
                response["body"],
                _encoding(response["encoding"]),
                float(response["seconds"]),
                _fault(response.get("fault")),
            )
            for response in stored["responses"]
        )
        if not responses:
            raise ValueError("it has no response")
        asked = Asked(str(request["method"]), str(request["url"]), request["body"])
        return Recording(str(stored["fingerprint"]), asked, responses, dict(stored["origin"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot read {str(path)!r}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{str(path)!r} is damaged or no recording ({error!r}): delete it and record again") from error


def _encoding(name: str) -> Encoding:
    if name in get_args(Encoding):
        return cast("Encoding", name)
    raise ValueError(f"no such encoding: {name!r}")


def _fault(name: str | None) -> Fault | None:
    if name is None or name in FAULTS:
        return cast("Fault | None", name)
    raise ValueError(f"no such fault: {name!r}")


def _save(path: Path, content: bytes) -> None:
    """Replace a file in one step, with its bytes on the disk."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise StoreError(f"cannot write {str(path)!r}: {error.strerror}") from error
    _flush_names(path.parent)


def _flush_names(folder: Path) -> None:
    """Put the folder's list of names on the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _locked(folder: Path) -> Generator[None]:
    """Keep other processes from changing files in the folder, where the system has such locks."""
    try:
        import fcntl
    except ImportError:  # Windows: two processes that record the same request at once keep one of the responses
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
