"""What the ledger holds of a job's batches at the provider: the requests collected for them, and the parts they went out in.

A request's custom id is its fingerprint in hexadecimal, 64 characters, so that nothing need be kept to know what an answer is to.

    collected -> batched -> answered, refused, or failed (to be asked by itself), or collected again (for another batch)

    planned      a part's requests are chosen; nothing is at the provider
    uploaded     its file is there
    creating     the batch may have been made, and nothing is known of it: to be looked for before it is made again
    running      its id is known
    ended        what became of its requests is written down
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
import zlib
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from summariser.batchclient import PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from summariser.ledger import Exchange, Ledger

__all__ = ["Part", "Parts"]

State = Literal["planned", "uploaded", "creating", "running", "ended"]

_COLUMNS = "number, id, state, requests, most, file, batch, status, counts"


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a job's requests that go out as one batch."""

    number: int
    id: str
    state: State
    requests: int
    most: Decimal | None = None
    """Dollars it may cost, which are set aside for it; None without a budget."""
    file: str | None = None
    batch: str | None = None
    status: str | None = None
    """As the provider called it when it was last looked at."""
    counts: str | None = None
    """JSON: what became of its requests, when it has ended."""


class Parts:
    """The parts of a job, in its ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def collect(self, exchanges: Sequence[Exchange]) -> None:
        """Put requests down for the next batch. Those that were in one before, or are answered, stay what they are."""
        await asyncio.gather(
            *(
                self._ledger.write(
                    "INSERT INTO exchanges (fingerprint, document, method, url, request, state, sends, sent_at) "
                    "VALUES (?, ?, ?, ?, ?, 'collected', 0, ?) ON CONFLICT (fingerprint) DO UPDATE SET state = 'collected' "
                    "WHERE state IN ('failed', 'refused') AND rounds = 0",
                    exchange.fingerprint,
                    exchange.document,
                    exchange.method,
                    exchange.url,
                    zlib.compress(exchange.body, 1),
                    time.time(),
                )
                for exchange in exchanges
            )
        )

    @property
    def collected(self) -> int:
        """Requests that wait for a batch."""
        return self._count("SELECT COUNT(*) FROM exchanges WHERE state = 'collected'")

    async def plan(
        self, most_requests: int, most_bytes: int, cost: Callable[[bytes], Decimal | None], left: Decimal | None
    ) -> Part | None:
        """Choose the requests of the next part, as many as may go together; None when there are none, or none can be paid.

        ``cost`` says what a request may cost at most; with ``left``, the dollars that are, it must be known.
        """
        last = requests = size = 0
        most = Decimal(0)
        for number, fingerprint, body in self._ledger.rows(
            "SELECT number, fingerprint, request FROM exchanges WHERE state = 'collected' ORDER BY number"
        ):
            request = zlib.decompress(body)
            length = len(_line(fingerprint, request))
            dear = (cost(request) or Decimal(0)) if left is not None else Decimal(0)
            full = requests == most_requests or (requests and size + length > most_bytes)
            if full or (left is not None and most + dear > left):
                break
            last, requests, size, most = number, requests + 1, size + length, most + dear
        if not requests:
            return None
        name = str(uuid.uuid4())
        await self._ledger.write(
            "INSERT INTO parts (id, state, requests, most, created_at) VALUES (?, 'planned', ?, ?, ?)",
            name,
            requests,
            None if left is None else str(most),
            time.time(),
        )
        (part,) = self._where("id = ?", name)
        await self._ledger.write(
            "UPDATE exchanges SET state = 'batched', part = ? WHERE state = 'collected' AND number <= ?",
            part.number,
            last,
        )
        return part

    async def unplan(self) -> None:
        """Take apart what was planned and not uploaded when the job was cut off."""
        await self._ledger.write(
            "UPDATE exchanges SET state = 'collected', part = NULL WHERE state = 'batched' "
            "AND part IN (SELECT number FROM parts WHERE state = 'planned')"
        )
        await self._ledger.write("DELETE FROM parts WHERE state = 'planned'")

    def lines(self, part: Part) -> Iterator[bytes]:
        """The lines of a part's file."""
        for fingerprint, body in self._requests(part):
            yield _line(fingerprint, zlib.decompress(body))

    def bodies(self, part: Part) -> Iterator[bytes]:
        """The requests of a part that nothing has come of yet."""
        return (zlib.decompress(body) for _, body in self._requests(part))

    def body(self, fingerprint: bytes) -> bytes:
        """A request."""
        (row,) = self._ledger.rows("SELECT request FROM exchanges WHERE fingerprint = ?", fingerprint)
        return zlib.decompress(row[0])

    def _requests(self, part: Part) -> Iterator[Any]:
        return self._ledger.rows(
            "SELECT fingerprint, request FROM exchanges WHERE state = 'batched' AND part = ? ORDER BY number",
            part.number,
        )

    async def advance(self, part: Part, **known: Any) -> Part:
        """Write down what is new about a part."""
        assignments = ", ".join(f"{name} = ?" for name in known)
        values = [str(value) if isinstance(value, Decimal) else value for value in known.values()]
        await self._ledger.write(f"UPDATE parts SET {assignments} WHERE number = ?", *values, part.number)  # noqa: S608 -- names of ours
        return replace(part, **known)

    def open(self) -> list[Part]:
        """The parts that have not ended, the oldest first."""
        return self._where("state != 'ended'")

    def all(self) -> list[Part]:
        """All parts, the oldest first."""
        return self._where("TRUE")

    def state(self, part: Part, fingerprint: bytes) -> str | None:
        """The state of a request of a part; None when it is none of its."""
        row = next(
            self._ledger.rows(
                "SELECT state FROM exchanges WHERE fingerprint = ? AND part = ?", fingerprint, part.number
            ),
            None,
        )
        return None if row is None else str(row[0])

    def unanswered(self, part: Part) -> int:
        """Requests of a part that nothing has come of."""
        return self._count("SELECT COUNT(*) FROM exchanges WHERE state = 'batched' AND part = ?", part.number)

    async def end(self, part: Part, counts: dict[str, int], *, again: bool, counted: bool = True) -> None:
        """A part has ended: what nothing has come of goes into another batch (``again``), or is asked by itself.

        Unless it is ``counted``, it is as if the part had never been.
        """
        await self._ledger.write(
            "UPDATE exchanges SET state = ?, rounds = rounds + ? WHERE state = 'batched' AND part = ?",
            "collected" if again else "failed",
            counted,
            part.number,
        )
        await self._ledger.write(
            "UPDATE parts SET state = 'ended', counts = ?, ended_at = ? WHERE number = ?",
            json.dumps(counts),
            time.time(),
            part.number,
        )

    def rounds(self, part: Part) -> int:
        """The most batches that any of a part's requests was in before."""
        return self._count(
            "SELECT COALESCE(MAX(rounds), 0) FROM exchanges WHERE state = 'batched' AND part = ?", part.number
        )

    def _where(self, condition: str, *parameters: Any) -> list[Part]:
        rows = self._ledger.rows(f"SELECT {_COLUMNS} FROM parts WHERE {condition} ORDER BY number", *parameters)  # noqa: S608 -- ours
        return [
            Part(number, name, state, requests, None if most is None else Decimal(most), *rest)
            for number, name, state, requests, most, *rest in rows
        ]

    def _count(self, statement: str, *parameters: Any) -> int:
        return int(next(self._ledger.rows(statement, *parameters))[0])


def _line(fingerprint: bytes, body: bytes) -> bytes:
    # The body as it would be sent: JSON as clients write it has no line breaks of its own.
    start = f'{{"custom_id":"{fingerprint.hex()}","method":"POST","url":"{PATH}","body":'
    return start.encode() + body.replace(b"\n", b" ") + b"}\n"
