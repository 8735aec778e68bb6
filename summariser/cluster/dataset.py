"""Documents in a Ray Dataset -> what became of each, as rows."""

from __future__ import annotations

import asyncio
import json
import math
import sys
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from uuid import uuid4

import numpy as np
import pyarrow as pa
import ray
import ray.cloudpickle as cloudpickle
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from summariser.asking import UNUSABLE
from summariser.backend import Backend
from summariser.batch import Options
from summariser.batch.outcome import identity_of, outcome_of
from summariser.batch.transport import DOCUMENT, LedgerTransport, Working
from summariser.cluster.limits import Controller, Share
from summariser.drafting import sections
from summariser.errors import ConfigurationError
from summariser.exchange import Usage
from summariser.readers import COLUMNS, Damaged, Entry, of_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ray.data import Dataset

    from summariser.client import Summariser
    from summariser.dialogue import Answer
    from summariser.exchange import Request
    from summariser.ledger import Exchange, Response
    from summariser.readers import Item
    from summariser_schemas import BaseBrief

__all__ = ["COST", "ITEM", "OURS", "Table", "key_of", "start_controller", "summarise_dataset"]

Table: TypeAlias = Any
"""A `pyarrow.Table`, for checkers that cannot look into pyarrow."""
_PATIENCE = 3600.0
_AT_ONCE = 2
"""Blocks that a worker has before it: while the last documents of one are answered, the next is begun."""
_NOTHING = Decimal(0)
_EVERYWHERE = frozenset({"summariser", "summariser_schemas", "__main__"})
"""What workers have, or are sent in any case."""
_INSTALLED = frozenset({"site-packages", "dist-packages"})

ITEM = "summariser_item"
"""Column of documents that were read by our readers, with all that they know of where they stand."""
COST = pa.decimal128(24, 12)
OURS = pa.schema(
    [
        ("id", pa.string()),
        ("status", pa.string()),
        ("brief", pa.string()),
        ("error_class", pa.string()),
        ("message", pa.string()),
        ("attempts", pa.int32()),
        ("input_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("cached_tokens", pa.int64()),
        ("cost_usd", COST),
        ("identity", pa.string()),
    ]
)
"""The columns that come out, before those that are carried through."""


def summarise_dataset(
    ds: Dataset,
    summariser: Summariser[Any],
    *,
    concurrency: int | tuple[int, int] = 1,
    in_flight: int | None = None,
    rows_per_block: int = 256,
    num_cpus: float = 0.0,
    rpm: float | None = None,
    tpm: float | None = None,
    budget: Decimal | float | str | None = None,
    controller: Any = None,
    done: Any = None,
) -> Dataset:
    """Make the briefs of the documents in a dataset, a row each; nothing is asked before the result is used.

    Rows have the columns ``id``, ``text``, ``title``, ``published``, ``source``, ``url`` and ``language``, of which only
    ``text`` is needed; the others are carried through. Rows come out with ``id``, ``status`` (``verified``, ``flagged``,
    ``failed``, or ``remaining`` where the job stopped first, and then ``message`` says by what), ``brief`` as JSON,
    ``error_class``, ``message``, ``attempts`` (requests sent), ``input_tokens``, ``output_tokens``, ``cached_tokens``,
    ``cost_usd`` and ``identity``, the SHA-256 of all that decides the questions. A carried column of one of these names
    is found in the brief, under ``document.extra``, only. Use the result once: whatever runs it again asks again.

    ``concurrency`` is the number of workers, or the fewest and the most; ``in_flight`` the requests each may have under
    way. A worker can keep one processor busy. It reserves ``num_cpus`` of it, by default nothing, so that the workers of a
    node that dies find room on the others, and reading and writing beside them; reserve some where a cluster grows by
    what is asked of it, and leave one processor free: where workers hold all of them, Ray reads nothing and waits.
    ``rpm`` and ``tpm`` are requests and tokens a minute, ``budget`` dollars, at most and
    for all workers together: these limits, the wait after a 429 and the breaker are held by one actor
    (`start_controller`), which is made here unless ``controller`` is given. When a worker dies, its blocks begin again
    elsewhere: what of at most two blocks of ``rows_per_block`` was finished or under way is paid for again. Rows whose
    identity is in ``done``, a reference to an array as `finished_in` makes it, are left out.

    Raises:
        ConfigurationError: an option makes no sense, or a budget is given and the price of the model is not known.
    """
    low, high = (concurrency, concurrency) if isinstance(concurrency, int) else concurrency
    each = in_flight or summariser.endpoint.limits.batch_concurrency
    if not (1 <= low <= high) or each < 1 or rows_per_block < 1:
        raise ConfigurationError(
            f"concurrency {concurrency!r}, in_flight {in_flight!r} and rows_per_block {rows_per_block!r} must be at least 1"
        )
    dollars = None if budget is None else Decimal(str(budget))
    options = Options(each * high, rpm, tpm, dollars)
    if controller is None:
        controller = start_controller(summariser, options)
    _send_along(summariser.recipe.schema)
    return ds.repartition(target_num_rows_per_block=rows_per_block, strict=True).map_batches(
        _Worker,
        batch_size=None,
        batch_format="pyarrow",
        fn_constructor_kwargs={
            "summariser": summariser,
            "controller": controller,
            "budget": dollars,
            "in_flight": each,
            "done": None if done is None else [done],
        },
        compute=ray.data.ActorPoolStrategy(
            min_size=low,
            max_size=high,
            max_concurrent_calls_per_actor=_AT_ONCE,
            max_tasks_in_flight_per_actor=_AT_ONCE + 1,
        ),
        num_cpus=num_cpus,
    )


def _send_along(schema: type[BaseBrief]) -> None:
    """Have the modules of a schema of the user's own travel to the workers, which have only what is installed there."""
    for made in (schema, *(section.item for section in sections(schema))):
        package = made.__module__.partition(".")[0]
        if package in _EVERYWHERE:
            continue
        home = sys.modules[package]
        if home.__file__ is None:  # a folder without __init__.py
            home = sys.modules[made.__module__]
        if not _INSTALLED & set(Path(home.__file__ or "").parts):
            cloudpickle.register_pickle_by_value(home)


def start_controller(summariser: Summariser[Any], options: Options, *, spent: Decimal = _NOTHING) -> Any:
    """The handle of a new actor that holds the limits of a job; ``spent`` is what earlier runs of it have cost.

    It runs beside the driver, so that no other node takes it along when it dies.

    Raises:
        ConfigurationError: a budget is given, and the price of the model is not known.
    """
    if options.budget is not None and summariser.recipe.cost(Usage(1, 1), None) is None:
        raise ConfigurationError(
            f"a budget needs a price, and that of {summariser.endpoint.name} is not known: add --price INPUT/OUTPUT in "
            "dollars a million tokens (Summariser(price=…) from Python)"
        )
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    made = ray.remote(Controller).options(
        name=f"summariser-{uuid4().hex[:12]}", num_cpus=0, max_concurrency=10_000, scheduling_strategy=here
    )
    return made.remote(
        most=options.concurrency or summariser.endpoint.limits.batch_concurrency,
        rpm=options.rpm,
        tpm=options.tpm,
        budget=options.budget,
        spent=spent,
    )


def key_of(identity: bytes) -> bytes:
    """The part of an identity by which it is looked up among those that are done."""
    return identity[:16]


class _Unkept:
    """In the place of a ledger: on a cluster the rows that were written are what a job goes on from."""

    path = Path()

    def response(self, _: bytes) -> None:
        """Nothing is kept."""

    async def sending(self, exchange: Exchange, most: Decimal | None) -> None:
        """Nothing is written down."""

    async def answered(self, _: bytes, response: Response, cost: Decimal | None) -> None:
        """Nothing is kept."""

    async def failed(self, _: bytes, *, ambiguous: bool) -> None:
        """Nothing is written down."""


class _Worker:
    """Makes briefs, in an actor of Ray Data's."""

    def __init__(
        self,
        summariser: Summariser[Any],
        controller: Any,
        budget: Decimal | None,
        in_flight: int,
        done: list[Any] | None,
    ) -> None:
        self._recipe = recipe = summariser.recipe
        self._share = Share(controller, budget)
        self._transport = LedgerTransport(
            _Unkept(),
            summariser.sender,
            pacer=self._share,
            purse=self._share,
            cost=recipe.cost,
        )
        limits = replace(recipe.endpoint.limits, patience=_PATIENCE)
        self._backend = Backend(
            replace(recipe.endpoint, limits=limits),
            transport=cast("Any", self._transport),
            asleep=self._share.sleep,
        )
        self._gate = asyncio.Semaphore(in_flight)
        self._done: Any = None if done is None else ray.get(done[0])

    async def __call__(self, table: Table) -> Table:
        """What became of the documents of a block."""
        self._share.begin()
        items, carried = _items(table)
        identities = [None if isinstance(item, Damaged) else identity_of(item, self._recipe) for item in items]
        wanted = [place for place, known in enumerate(self._known(identities)) if not known]
        rows = await asyncio.gather(*(self._row(items[place], identities[place]) for place in wanted))
        made = pa.Table.from_pylist(rows, schema=OURS)
        kept = carried.take(pa.array(wanted, pa.int64()))
        for name in kept.column_names:
            if name not in OURS.names:
                made = made.append_column(kept.schema.field(name), kept.column(name))
        return made

    def _known(self, identities: Sequence[bytes | None]) -> Sequence[bool]:
        """Which of the documents are done."""
        if self._done is None or not len(self._done):
            return [False] * len(identities)
        keys = np.array([key_of(identity or b"") for identity in identities], dtype=self._done.dtype)
        places = np.minimum(np.searchsorted(self._done, keys), len(self._done) - 1)
        return [
            identity is not None and bool(same)
            for identity, same in zip(identities, self._done[places] == keys, strict=True)
        ]

    async def _row(self, item: Item, identity: bytes | None) -> dict[str, Any]:
        if isinstance(item, Damaged):
            row: dict[str, Any] = {
                "id": item.id or str(item.place),
                "status": "failed",
                "error_class": type(item.error).__name__,
                "message": str(item.error),
                "attempts": 0,
            }
            self._share.finished(row)
            return row
        assert identity is not None
        async with self._gate:
            return await self._worked_on(item, identity)

    async def _worked_on(self, entry: Entry, identity: bytes) -> dict[str, Any]:
        working = Working(identity)
        DOCUMENT.set(working)
        row: dict[str, Any] = {
            "id": entry.document.name,
            "status": "remaining",
            "identity": identity.hex(),
        }
        outcome = None
        if self._share.stopped_by is None:
            outcome = await outcome_of(entry, self._recipe, self._answer, working, self._share.stopped)
        usage = sum((one for one, *_ in working.answers), Usage())
        row |= {
            "attempts": working.sends,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cached_tokens": usage.cached_tokens,
            "cost_usd": _rounded(self._recipe.cost_of(working.answers)) if working.answers else None,
        }
        if outcome is None:
            stop = self._share.stopped_by
            return row | (
                {} if stop is None else {"error_class": stop.error_class, "message": f"not asked: {stop.message}"}
            )
        row["status"] = outcome.status
        if outcome.status != "failed":
            row["brief"] = outcome.content.decode()
        else:
            failure = json.loads(outcome.content)
            row |= {"error_class": failure["class"], "message": failure["message"], "attempts": failure["attempts"]}
        self._share.finished(row)
        return row

    async def _answer(self, request: Request) -> Answer:
        try:
            return await self._backend.acomplete(request)
        except UNUSABLE as error:
            return error


def _rounded(cost: Decimal | None) -> Decimal | None:
    return None if cost is None else cost.quantize(Decimal(1).scaleb(-COST.scale))


def _items(table: Table) -> tuple[list[Item], Table]:
    """The documents of a block, and the columns that are carried through."""
    if ITEM in table.column_names:
        items = [_unpacked(packed) for packed in table.column(ITEM).to_pylist()]
        return items, table.drop_columns([ITEM])
    rows = [{name: _present(value) for name, value in row.items()} for row in table.to_pylist()]
    carried = table.select([name for name in table.column_names if name not in COLUMNS])
    return [of_row(row) for row in rows], carried


def _present(value: Any) -> Any:
    """Null for what stands for it in tables that came by pandas."""
    with suppress(TypeError):
        return None if math.isnan(value) else value
    return value


def _unpacked(packed: bytes) -> Item:
    import pickle

    item: Item = pickle.loads(packed)  # noqa: S301 -- packed by our own reader, a stage before
    return item
