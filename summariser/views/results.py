"""What a job leaves behind, read back: briefs, failures, and the texts that the briefs are of.

A brief holds the digest of its text and not the text. A text belongs to a brief when its digest is the brief's, whatever
its file is called.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from summariser.errors import InputError
from summariser.kinds import KINDS, schema_of
from summariser.readers import Damaged, stream_documents
from summariser.readers.extras import needs
from summariser_schemas import Brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from summariser.recipe import B
    from summariser_schemas import BaseBrief, DocumentInfo

__all__ = ["Failure", "Results", "read_results"]

BRIEFS, FAILURES, DOCUMENTS = "briefs.jsonl", "failures.jsonl", "documents.jsonl"
_ROWS = 64
"""Rows of Parquet that are in memory at a time."""
_LARGEST = 64_000_000
"""Bytes of a file that a brief names as its source; those of a job are smaller."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A document of which no brief came."""

    id: str
    error: str
    """Name of the error's class."""
    message: str
    attempts: int | None = None
    title: str | None = None
    source: str | None = None
    published: str | None = None
    language: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Results:
    """Briefs, read one by one from their file each time they are asked for; failures; texts by their digest."""

    path: Path
    failures: Sequence[Failure] = ()
    texts: dict[str, str] = field(default_factory=dict[str, str])
    looked_in: set[Path] = field(default_factory=set[Path])
    """Files named by briefs as their sources, whose texts are among ``texts`` by now."""
    missing: dict[str, str] = field(default_factory=dict[str, str])
    """The texts that were asked for and not found: by their digests, where they should be."""

    @cached_property
    def schema(self) -> type[BaseBrief]:
        """The built-in kind that the first brief is of, as its sections show; that of news where it is of none.

        Raises:
            InputError: the file cannot be read.
        """
        for _, line in _briefs(self.path):
            try:
                first = json.loads(line)
            except ValueError:
                break
            return schema_of(cast("dict[str, Any]", first)) if isinstance(first, dict) else Brief
        return Brief

    def briefs(self, schema: type[B] | None = None) -> Iterator[B]:
        """Yield the briefs in the order of the file; ``schema`` is the class they are of, where that is not built in.

        Raises:
            InputError: a line is no brief; the message names file, line and what is wrong.
            ConfigurationError: they are in Parquet, and its extra is not installed.
        """
        from pydantic import ValidationError

        kind = cast("type[B]", schema or self.schema)
        for place, line in _briefs(self.path):
            try:
                yield kind.model_validate_json(line)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]
                where = ".".join(str(part) for part in first["loc"])
                what = f"is no brief: {f'{where}: ' if where else ''}{first['msg']}"
                raise InputError(f"{place}: {what}{_another_kind(line, kind)}") from None

    @property
    def folder(self) -> Path:
        """The folder that the briefs are in."""
        return self.path if self.path.is_dir() else self.path.parent

    def text_of(self, document: DocumentInfo) -> str | None:
        """The text with this document's digest, among those given or in the file it was read from.

        Relative paths are those of the folder that the job was started in: this one, that of the briefs, or the one above.
        """
        named = [name for name in (_file_of(document.place), document.source) if name and "://" not in name]
        folder = self.folder
        for base in (Path(), folder, folder / ".."):
            for path in (base / name for name in named):
                if document.sha256 in self.texts:
                    break
                if path not in self.looked_in and _is_sensible(path):
                    self.looked_in.add(path)
                    self.texts.update(_texts_of_source(path))
        text = self.texts.get(document.sha256)
        if text is None:
            self.missing[document.sha256] = next(iter(named), document.id)
        return text


def read_results(
    path: str | Path, *, documents: Iterable[str | Path] = (), failures: str | Path | None = None
) -> Results:
    """Read a file of briefs (JSON Lines, or one brief in JSON), or the folder of a batch job with its failures and texts; or
    that of a job on a cluster, with its failures.

    ``documents`` are what a job reads: files, folders or patterns. Rows of them that cannot be read are passed over.

    Raises:
        InputError: a file is missing, cannot be read or holds something else; the message names it.
        ConfigurationError: they are in Parquet, and its extra is not installed.
    """
    place = Path(path)
    given = [Path(document) for document in documents]
    missed = Path(failures) if failures is not None else None
    of_cluster: list[Failure] = []
    if _is_of_cluster(place):
        of_cluster = [] if missed else list(_failures_of_cluster(place))
    elif place.is_dir():
        folder, place = place, place / BRIEFS
        if not place.is_file() and (folder / f"{BRIEFS}.partial").is_file():
            raise InputError(
                f"{folder}: its job was cut off before it had results; start the same batch again to go on with it"
            )
        if not place.is_file():
            raise InputError(f"{folder}: has no {BRIEFS}; name a job's folder or a file of briefs")
        missed = missed or (folder / FAILURES if (folder / FAILURES).is_file() else None)
        given += [folder / DOCUMENTS] if (folder / DOCUMENTS).is_file() else []
    elif not place.is_file():
        raise InputError(f"{place}: no such file; name a file of briefs (JSON Lines) or a job's folder")
    texts = {_digest(text): text for document in given for text in _texts(document)}
    return Results(place, of_cluster if missed is None else list(_failures(missed)), texts)


def _briefs(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the briefs of a file, or of the folder of a job on a cluster, as JSON, each with its place."""
    if _is_of_cluster(path):
        for status in ("verified", "flagged"):
            yield from ((place, row["brief"]) for place, row in _rows(path, status, ["brief"]))
    else:
        yield from ((f"{path}, line {number}", line) for number, line in _lines(path))


def _is_of_cluster(path: Path) -> bool:
    """Whether a folder is what `summariser.cluster` leaves: ``status=verified/*.parquet`` and its like."""
    return any((path / f"status={status}").is_dir() for status in ("verified", "flagged", "failed"))


def _rows(folder: Path, status: str, columns: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise needs("parquet", str(folder)) from None
    for path in sorted((folder / f"status={status}").glob("*.parquet")):
        try:
            with ParquetFile(path) as file:
                if lacking := set(columns) - set(file.schema_arrow.names):
                    raise InputError(f"{path}: has no column {min(lacking)!r}, so it is not of a job on a cluster")
                number = 0
                for batch in file.iter_batches(batch_size=_ROWS, columns=columns):
                    for row in batch.to_pylist():
                        number += 1
                        yield f"{path}, row {number}", row
        except (ArrowException, OSError) as error:
            raise InputError(f"{path}: cannot be read as Parquet: {error}") from None


def _failures_of_cluster(folder: Path) -> Iterator[Failure]:
    for _, row in _rows(folder, "failed", ["id", "error_class", "message", "attempts"]):
        yield Failure(row["id"], row["error_class"], row["message"], row["attempts"])


def _another_kind(line: str, expected: type[BaseBrief]) -> str:
    """Which kind of brief it is, if not the one expected, and how to say so; empty when it is none."""
    from pydantic import TypeAdapter, ValidationError

    for name, kind in KINDS.items():
        with suppress(ValidationError):
            if kind is not expected and kind.model_validate_json(line):
                return f"; it is one of the kind {name!r}: name that (--schema {name}, schema= from Python)"
    with suppress(ValidationError):
        if {"document", "provenance"} <= TypeAdapter(dict[str, Any]).validate_json(line).keys():
            return "; if it is one of another kind, name that (--schema module:Class, schema= from Python)"
    return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, counted from 1; an object that is laid out over many lines is one."""
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip() == "{":
                    yield number, line + stream.read()
                elif line.strip():
                    yield number, line
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte 0x{error.object[error.start]:02x} is not UTF-8") from None


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(path):
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, line {number}, column {error.colno}: not JSON ({error.msg})") from None
        if not isinstance(found, dict):
            raise InputError(f"{path}, line {number}: is {line.strip()[:40]!r}, and not a JSON object")
        yield number, cast("dict[str, Any]", found)


def _texts(path: Path) -> Iterator[str]:
    for item in stream_documents([path]):
        if not isinstance(item, Damaged):
            yield item.document.text
        elif item.place.unit is None:
            raise item.error


def _failures(path: Path) -> Iterator[Failure]:
    for number, found in _objects(path):
        if "class" not in found and "message" not in found:
            raise InputError(f"{path}, line {number}: has neither 'class' nor 'message', so it is no failure")
        told = {name: None if found.get(name) is None else str(found[name]) for name in _TOLD}
        attempts = found.get("attempts")
        yield Failure(
            id=str(found.get("id") or f"line {number}"),
            error=str(found.get("class") or ""),
            message=str(found.get("message") or ""),
            attempts=attempts if isinstance(attempts, int) else None,
            **told,
        )


_TOLD = ("title", "source", "published", "language", "text")


def _file_of(place: str | None) -> str | None:
    """The file of a place such as "articles.jsonl, line 3"."""
    return place and place.rpartition(", ")[0]


def _is_sensible(path: Path) -> bool:
    """Whether it is a regular file of sensible size: a brief from elsewhere may name a device, a pipe or a folder."""
    try:
        return path.is_file() and path.stat().st_size <= _LARGEST
    except (OSError, ValueError):
        return False


def _texts_of_source(path: Path) -> dict[str, str]:
    try:
        return {_digest(text): text for text in _texts(path)}
    except (InputError, OSError):
        return {}
