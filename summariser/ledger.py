"""The ledger of a batch job: one SQLite file with every request before it is sent, every response before it is used, and
what became of each document.

    job         what the job was last asked with, by name
    exchanges   one row a request, under its fingerprint: how often it was sent, and the response
    documents   one row an identity (`Recipe.identity`): what came out
    parts       one row a batch at the provider (`summariser.batch.parts`)

Writes go through one thread that commits many at a time and flushes each commit to the disk; whoever writes waits for
that. Reads see what is committed. What was sent and not answered when the process died is ``ambiguous``: it may have
been paid for, and is sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, TypeAlias

from summariser.errors import JobLockedError, StoreError
from summariser.exchange import Usage, is_completion

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Exchange", "Finished", "Ledger", "Outcome", "Response", "Status", "Totals"]

Status = Literal["verified", "flagged", "failed"]

_Migration: TypeAlias = Callable[[sqlite3.Connection], Any]


def _tables(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE job (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
    db.execute(
        """
        CREATE TABLE exchanges (
            number INTEGER PRIMARY KEY,
            fingerprint BLOB NOT NULL UNIQUE,
            document BLOB,            -- the identity it was first asked for
            method TEXT NOT NULL,
            url TEXT NOT NULL,
            request BLOB NOT NULL,    -- the body, zlib
            state TEXT NOT NULL,      -- sent, answered, refused, failed
            sends INTEGER NOT NULL,
            limited INTEGER NOT NULL DEFAULT 0,    -- times it was answered with 429
            ambiguous INTEGER NOT NULL DEFAULT 0,  -- times it was sent and nothing is known of an answer
            status INTEGER,
            headers TEXT,             -- JSON
            response BLOB,            -- the body, zlib
            seconds REAL,
            model TEXT,
            input_tokens INTEGER,
            output_tokens INTEGER,
            cached_tokens INTEGER,
            sent_at REAL NOT NULL,    -- seconds since 1970
            answered_at REAL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX exchanges_of_document ON exchanges (document)")
    db.execute("CREATE INDEX exchanges_open ON exchanges (state) WHERE state = 'sent'")
    db.execute(
        """
        CREATE TABLE documents (
            identity BLOB PRIMARY KEY,
            id TEXT NOT NULL,         -- the caller's, of the first document with this identity
            status TEXT NOT NULL,     -- verified, flagged, failed
            reading TEXT NOT NULL,    -- what the answers were read with (`Recipe.reading`)
            outcome BLOB NOT NULL,    -- the brief, or the failure, as JSON, zlib
            finished_at REAL NOT NULL
        ) STRICT
        """
    )
    db.execute("CREATE INDEX documents_by_id ON documents (id)")


def _provider_batches(db: sqlite3.Connection) -> None:
    # Two more states of an exchange: collected (for a batch), batched (in one that has not ended).
    db.execute("ALTER TABLE exchanges ADD COLUMN part INTEGER")  # the batch it is or was in
    db.execute("ALTER TABLE exchanges ADD COLUMN rounds INTEGER NOT NULL DEFAULT 0")  # batches it was in
    db.execute("ALTER TABLE exchanges ADD COLUMN by_batch INTEGER NOT NULL DEFAULT 0")  # whether the answer came by one
    db.execute("CREATE INDEX exchanges_collected ON exchanges (number) WHERE state = 'collected'")
    db.execute("CREATE INDEX exchanges_batched ON exchanges (part) WHERE state = 'batched'")
    db.execute(
        """
        CREATE TABLE parts (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,  -- ours, which the provider keeps in the batch's metadata
            state TEXT NOT NULL,      -- planned, uploaded, creating, running, ended
            requests INTEGER NOT NULL,
            most TEXT,                -- dollars that it may cost; NULL without a budget
            file TEXT,                -- the provider's ids
            batch TEXT,
            status TEXT,              -- as the provider calls it
            counts TEXT,              -- JSON: what became of the requests, when it has ended
            created_at REAL NOT NULL, -- seconds since 1970
            ended_at REAL
        ) STRICT
        """
    )


def _money(db: sqlite3.Connection) -> None:
    # Prices have steps, so that a sum of tokens has none: what each request came to is kept. In `_UNITS`.
    db.execute("ALTER TABLE exchanges ADD COLUMN most INTEGER")  # what it may cost while under way; NULL: not known
    db.execute("ALTER TABLE exchanges ADD COLUMN spent INTEGER NOT NULL DEFAULT 0")  # all times it was sent together
    db.execute("ALTER TABLE exchanges ADD COLUMN priced INTEGER NOT NULL DEFAULT 0")  # whether the answer is in `spent`
    # Times it was sent that are not in `spent`, and cannot be priced by its tokens.
    db.execute("ALTER TABLE exchanges ADD COLUMN untold INTEGER NOT NULL DEFAULT 0")
    db.execute(
        f"UPDATE exchanges SET untold = ambiguous + ({_TELLS_NO_TOKENS}) WHERE ambiguous > 0 OR {_TELLS_NO_TOKENS}"  # noqa: S608 -- ours
    )
    db.execute("CREATE INDEX exchanges_untold ON exchanges (number) WHERE untold > 0")
    db.execute("CREATE INDEX exchanges_unpriced ON exchanges (number) WHERE state = 'answered' AND priced = 0")


_TELLS_NO_TOKENS = "state = 'answered' AND (input_tokens IS NULL OR output_tokens IS NULL)"
_UNITS = 10**12
"""In a dollar: the price of a token has up to six digits after that of a million."""
_MOST_UNITS = 10**17
"""What one request is written down with at most, so that the sum over all times it is sent fits in the file."""

_MIGRATIONS: tuple[_Migration, ...] = (_tables, _provider_batches, _money)
"""Append only: a job's file is brought up to date one step at a time. ``user_version`` counts those that were done."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that is about to be sent."""

    fingerprint: bytes
    document: bytes | None
    method: str
    url: str
    body: bytes


@dataclass(frozen=True)
class Response:
    """A response as it was kept. ``body`` is what came over the wire, decoded; ``seconds`` what it took; ``batch`` whether
    it came by a batch of the provider, at the price of such.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    usage: Usage
    model: str | None = None
    batch: bool = False

    @cached_property
    def good(self) -> bool:
        """Whether it is an answer; a success that is no completion is none, and is asked for again like a refusal."""
        return 200 <= self.status < 300 and is_completion(self.body)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document: ``content`` is the brief as JSON, or of a failure its class, message and attempts."""

    id: str
    status: Status
    reading: str
    content: bytes


class Finished(NamedTuple):
    """How a document was finished: with what it was read (`Outcome.reading`), and when, in seconds since 1970."""

    status: Status
    reading: str
    at: float


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all requests of a job, all its runs together."""

    answered: int
    sends: int
    limited: int
    ambiguous: int
    spent: Decimal
    """Dollars that are written down: what answers cost, and what requests may have cost of which nothing came back."""
    untold: int
    """Answers that told no tokens, whether something is written down for them or not."""


class Ledger:
    """The file of a job. One process at a time may have it open for writing; that is held by a lock the system lets go of
    when the process dies.

    Raises:
        JobLockedError: another process has it open.
        StoreError: the file cannot be opened, is no ledger, or was written by a newer version.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = _Lock(self.path.with_suffix(".lock"))
        try:
            self._db = _open(self.path)
            _migrate(self._db, self.path)
            # A table of this run alone, in a file that SQLite removes: a million ids are too many to hold in memory.
            self._db.execute("PRAGMA temp_store = FILE")
            self._db.execute("CREATE TEMP TABLE noted (id TEXT PRIMARY KEY, place TEXT NOT NULL) STRICT, WITHOUT ROWID")
            self._writer = _Writer(self.path)
        except BaseException:
            self._lock.release()
            raise
        self.recovered = self._recover()
        """Requests that were under way when the job was last cut off."""

    def close(self) -> None:
        """Commit what is waiting, and let go of the file."""
        self._writer.close()
        self._db.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # the job

    def meta(self, name: str) -> str | None:
        """What is kept under a name."""
        row = self._read("SELECT value FROM job WHERE name = ?", name)
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """Keep a value under a name."""
        self._writer.do(
            "INSERT INTO job VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value)
        )

    # requests

    def response(self, fingerprint: bytes) -> Response | None:
        """The answer to a request, if one was kept. What earlier versions took for one and is none does not count."""
        row = self._read(
            "SELECT status, headers, response, seconds, input_tokens, output_tokens, cached_tokens, model, by_batch "
            "FROM exchanges WHERE fingerprint = ? AND state = 'answered'",
            fingerprint,
        )
        found = None if row is None else _response(row)
        return found if found is not None and found.good else None

    async def sending(self, exchange: Exchange, most: Decimal | None = None) -> None:
        """Write down that a request goes out now, and the dollars it may cost. When this returns it is on the disk."""
        await self._writer.done(
            "INSERT INTO exchanges (fingerprint, document, method, url, request, state, sends, sent_at, most) "
            "VALUES (?, ?, ?, ?, ?, 'sent', 1, ?, ?) ON CONFLICT (fingerprint) DO UPDATE SET "
            "state = 'sent', sends = sends + 1, sent_at = excluded.sent_at, most = excluded.most",
            (
                exchange.fingerprint,
                exchange.document,
                exchange.method,
                exchange.url,
                zlib.compress(exchange.body, 1),
                time.time(),
                _units(most),
            ),
        )

    async def answered(self, fingerprint: bytes, response: Response, cost: Decimal | None = None) -> None:
        """Keep a response, and the dollars that are counted for it. When this returns it is on the disk.

        What is no answer keeps its place only until the request is sent again; what it cost stays.
        """
        good = response.good
        usage = response.usage
        await self._writer.done(
            "UPDATE exchanges SET state = ?, status = ?, headers = ?, response = ?, seconds = ?, model = ?, "
            "input_tokens = ?, output_tokens = ?, cached_tokens = ?, answered_at = ?, limited = limited + ?, by_batch = ?, "
            "spent = spent + ?, priced = ?, untold = untold + ? WHERE fingerprint = ?",
            (
                "answered" if good else "refused",
                response.status,
                json.dumps(dict(response.headers)),
                zlib.compress(response.body, 1),
                response.seconds,
                response.model,
                usage.input_tokens,
                usage.output_tokens,
                usage.cached_tokens,
                time.time(),
                response.status == 429,
                response.batch,
                _units(cost) or 0,
                cost is not None,
                cost is None and good != (usage.input_tokens is not None and usage.output_tokens is not None),
                fingerprint,
            ),
        )

    async def failed(self, fingerprint: bytes, *, ambiguous: bool) -> None:
        """Write down that no response came; ``ambiguous`` when the request may have been received."""
        if ambiguous:
            await self._writer.done(f"UPDATE exchanges SET {_LOST} WHERE fingerprint = ?", (fingerprint,))  # noqa: S608 -- ours
        else:
            await self._writer.done("UPDATE exchanges SET state = 'failed' WHERE fingerprint = ?", (fingerprint,))

    def totals(self) -> Totals:
        """Sums over all requests, of all runs."""
        # The money in two sums, of which neither is too large for SQLite.
        row = self._read(
            "SELECT COALESCE(SUM(state = 'answered'), 0), COALESCE(SUM(sends), 0), COALESCE(SUM(limited), 0), "  # noqa: S608 -- ours
            "COALESCE(SUM(ambiguous), 0), COALESCE(SUM(spent / ?1), 0), COALESCE(SUM(spent % ?1), 0), "
            f"COALESCE(SUM({_TELLS_NO_TOKENS}), 0) FROM exchanges",
            _UNITS,
        )
        assert row is not None
        answered, sends, limited, ambiguous, whole, rest, untold = row
        return Totals(answered, sends, limited, ambiguous, whole + Decimal(rest) / _UNITS, untold)

    def unpriced(self) -> Iterator[tuple[str | None, bool, Usage, int]]:
        """Answers that told their tokens, and whose cost is not written down: no price was known, or an earlier version asked.

        Model, whether they came by a batch, the tokens of one, and how many are alike.
        """
        for model, batch, count, *tokens in self._rows(
            "SELECT model, by_batch, COUNT(*), input_tokens, output_tokens, cached_tokens FROM exchanges "
            "WHERE state = 'answered' AND priced = 0 AND input_tokens NOTNULL AND output_tokens NOTNULL "
            "GROUP BY model, by_batch, input_tokens, output_tokens, cached_tokens"
        ):
            yield model, bool(batch), Usage(*tokens), count

    def uncounted(self) -> Iterator[tuple[bytes, bool, int]]:
        """Requests that cost or may have cost something of which nothing is written down: the body, whether by a batch, and
        how often.
        """
        for body, batch, times in self._rows("SELECT request, by_batch, untold FROM exchanges WHERE untold > 0"):
            yield zlib.decompress(body), bool(batch), times

    def exchanges(self, document: str | None = None) -> Iterator[tuple[Exchange, Response]]:
        """The requests that were answered, in the order they were first sent; those for documents with this id, or all."""
        for row in self._rows(
            "SELECT fingerprint, document, method, url, request, status, headers, response, seconds, input_tokens, "
            "output_tokens, cached_tokens, model, by_batch FROM exchanges WHERE state = 'answered' "
            "AND (?1 IS NULL OR document IN (SELECT identity FROM documents WHERE id = ?1)) ORDER BY number",
            document,
        ):
            fingerprint, identity, method, url, request, *answer = row
            if (response := _response(answer)).good:
                yield Exchange(fingerprint, identity, method, url, zlib.decompress(request)), response

    # documents

    def outcome(self, identity: bytes) -> Outcome | None:
        """What became of a document."""
        row = self._read("SELECT id, status, reading, outcome FROM documents WHERE identity = ?", identity)
        return None if row is None else Outcome(row[0], row[1], row[2], zlib.decompress(row[3]))

    def finished_as(self, identity: bytes) -> Finished | None:
        """How and when a document was finished, without what came out."""
        row = self._read("SELECT status, reading, finished_at FROM documents WHERE identity = ?", identity)
        return None if row is None else Finished(*row)

    def has_documents(self) -> bool:
        """Whether any document was finished."""
        return self._read("SELECT 1 FROM documents LIMIT 1") is not None

    async def finished(self, identity: bytes, outcome: Outcome) -> None:
        """Keep what became of a document, in the place of what was kept before."""
        await self._writer.done(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (identity) DO UPDATE SET id = excluded.id, "
            "status = excluded.status, reading = excluded.reading, outcome = excluded.outcome, "
            "finished_at = excluded.finished_at",
            (
                identity,
                outcome.id,
                outcome.status,
                outcome.reading,
                zlib.compress(outcome.content, 1),
                time.time(),
            ),
        )

    # the input of this run

    def note(self, document: str, place: str) -> str | None:
        """Note the id of a document that was read in this run; where the first one with this id stands, unless it is this.

        Raises:
            StoreError: there is no room for it.
        """
        try:
            fresh = self._db.execute("INSERT INTO temp.noted VALUES (?, ?) ON CONFLICT DO NOTHING", (document, place))
        except sqlite3.Error as error:
            raise StoreError(f"the ids of the input cannot be kept for comparison: {error}") from error
        return None if fresh.rowcount else str(self._read("SELECT place FROM temp.noted WHERE id = ?", document)[0])

    def unread(self) -> int:
        """How many ids have a brief here, and no document that was noted in this run."""
        row = self._read(
            "SELECT COUNT(DISTINCT id) FROM documents WHERE status <> 'failed' "
            "AND NOT EXISTS (SELECT 1 FROM temp.noted WHERE noted.id = documents.id)"
        )
        return int(row[0])

    def _recover(self) -> int:
        self._writer.do(f"UPDATE exchanges SET {_LOST} WHERE state = 'sent'", ())  # noqa: S608 -- ours
        return self._writer.changed

    # for the modules that keep a table of theirs here

    async def write(self, statement: str, *parameters: Any) -> None:
        """Carry out a statement, after all that were given before. When this returns it is on the disk."""
        await self._writer.done(statement, parameters)

    def rows(self, statement: str, *parameters: Any) -> Iterator[Any]:
        """The rows of a query, of what is committed."""
        return self._rows(statement, *parameters)

    def _read(self, statement: str, *parameters: Any) -> Any:
        return next(self._rows(statement, *parameters), None)

    def _rows(self, statement: str, *parameters: Any) -> Iterator[Any]:
        try:
            yield from self._db.execute(statement, parameters)
        except sqlite3.Error as error:
            raise StoreError(f"{str(self.path)!r} cannot be read: {error}") from error


_LOST = (
    "state = 'failed', ambiguous = ambiguous + 1, spent = spent + COALESCE(most, 0), untold = untold + (most IS NULL)"
)


def _units(dollars: Decimal | None) -> int | None:
    return None if dollars is None else min(int(dollars * _UNITS), _MOST_UNITS)


def _response(row: Sequence[Any]) -> Response:
    status, headers, body, seconds, *tokens, model, batch = row
    return Response(status, json.loads(headers), zlib.decompress(body), seconds, Usage(*tokens), model, bool(batch))


def _open(path: Path) -> sqlite3.Connection:
    try:
        # The reading connection belongs to whoever runs the event loop, which need not be the thread that opened it.
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        return db
    except sqlite3.Error as error:
        raise StoreError(f"{str(path)!r} cannot be opened as the ledger of a job: {error}") from error


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    try:
        (done,) = db.execute("PRAGMA user_version").fetchone()
        if done > len(_MIGRATIONS):
            raise StoreError(
                f"{str(path)!r} was written by a newer version of summariser (format {done}, known are up to "
                f"{len(_MIGRATIONS)}): update summariser, or name another folder"
            )
        for number, migration in enumerate(_MIGRATIONS[done:], start=done + 1):
            db.execute("BEGIN IMMEDIATE")
            migration(db)
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise StoreError(f"{str(path)!r} is not the ledger of a job: {error}") from error


_Write: TypeAlias = "tuple[str, tuple[Any, ...], asyncio.Future[None] | threading.Event]"
_MOST_AT_ONCE = 500
_GATHERING = 0.005
"""Seconds in which more writes may join one: a flush to the disk takes as long, and 0.15 ms of CPU however much it flushes."""


class _Writer:
    """A thread that carries writes out, all that are waiting in one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = _open(path)
        self._queue: SimpleQueue[_Write | None] = SimpleQueue()
        self._error: BaseException | None = None
        self.changed = 0
        self._thread = threading.Thread(target=self._run, name="summariser-ledger", daemon=True)
        self._thread.start()

    async def done(self, statement: str, parameters: tuple[Any, ...]) -> None:
        """Carry out one write; it is on the disk when this returns."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(statement, parameters, future)
        await future

    def do(self, statement: str, parameters: tuple[Any, ...]) -> None:
        """Like `done`, for those who may block."""
        event = threading.Event()
        self._put(statement, parameters, event)
        event.wait()
        self._check()

    def close(self) -> None:
        """Carry out what is waiting, and end."""
        self._queue.put(None)
        self._thread.join()

    def _put(
        self, statement: str, parameters: tuple[Any, ...], waiting: asyncio.Future[None] | threading.Event
    ) -> None:
        self._check()
        self._queue.put((statement, parameters, waiting))

    def _check(self) -> None:
        if self._error is not None:
            raise StoreError(f"{str(self._path)!r} cannot be written: {self._error}") from self._error

    def _run(self) -> None:
        with contextlib.closing(self._db) as db:
            ended = False
            while not ended:
                first = self._queue.get()
                if first is not None and not isinstance(first[2], threading.Event):
                    time.sleep(_GATHERING)
                batch: list[_Write] = []
                while first is not None:
                    batch.append(first)
                    if self._queue.empty() or len(batch) >= _MOST_AT_ONCE:
                        break
                    first = self._queue.get()
                ended = first is None
                if batch:
                    self._carry_out(db, batch)

    def _carry_out(self, db: sqlite3.Connection, batch: list[_Write]) -> None:
        if self._error is None:
            try:
                db.execute("BEGIN IMMEDIATE")
                for statement, parameters, _ in batch:
                    self.changed = db.execute(statement, parameters).rowcount
                db.execute("COMMIT")
            except Exception as error:
                # A disk that is full, say. Nothing is sent any more that could not be written down.
                self._error = error
                with contextlib.suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
        loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
        for _, _, waiting in batch:
            if isinstance(waiting, threading.Event):
                waiting.set()
            else:
                loops.setdefault(waiting.get_loop(), []).append(waiting)
        for loop, futures in loops.items():
            with contextlib.suppress(RuntimeError):  # the loop was closed while this was written
                loop.call_soon_threadsafe(self._tell, futures)

    def _tell(self, futures: list[asyncio.Future[None]]) -> None:
        for future in futures:
            if future.done():
                continue
            try:
                self._check()
            except StoreError as error:
                future.set_exception(error)
            else:
                future.set_result(None)


class _Lock:
    """A file that one process at a time holds; the system lets go of it when the process dies."""

    def __init__(self, path: Path) -> None:
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(f"{str(path)!r} cannot be written: {error.strerror}") from error
        try:
            _take(self._descriptor)
        except OSError:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            who = f"process {holder}" if holder.isdecimal() else "another process"
            raise JobLockedError(
                f"{who} is working on the job in {str(path.parent)!r}: wait for it or stop it, or name another folder"
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, str(os.getpid()).encode())

    def release(self) -> None:
        """Let go; the file stays, since another process may be about to take it."""
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)


def _take(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]  # Windows only
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
