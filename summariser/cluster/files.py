"""A job on a cluster from files to files: partitioned Parquet that is also where the same job goes on from.

status=verified/, status=flagged/, status=failed/    rows, a file for each block, never half-written
_summary.json                                         what the job came to, what it was asked with and what it has cost
"""

from __future__ import annotations

import json
import os
import pickle
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.dataset
import pyarrow.fs
import pyarrow.parquet
import ray
from ray.data import Datasink

from summariser.batch import Options
from summariser.cluster.dataset import ITEM, OURS, Table, key_of, start_controller, summarise_dataset
from summariser.cluster.limits import Standing, Stop
from summariser.errors import ConfigurationError, InputError, StoreError
from summariser.readers import COLUMNS, as_row, input_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime
    from pathlib import Path

    from ray.data import Dataset

    from summariser.client import Summariser
    from summariser.readers import InputFile, Item

__all__ = ["FINISHED", "ClusterJob", "Finished", "ParquetOutput", "finished_in", "read_files"]

FINISHED = ("verified", "flagged")
_WRITTEN = (*FINISHED, "failed")
_SUMMARY = "_summary.json"
_COMPUTE: Any = pyarrow.compute  # its functions are made when it is imported
_READ = 1024
_TOLD = 1.0
"""Seconds between two looks at the job: so much of what was spent is forgotten when the driver is killed, at most."""
_KEY = np.dtype("S16")
_FEW_CPUS = 0.1
_MOST_SAID = 200


@dataclass(frozen=True, slots=True)
class Finished:
    """What an output holds: the identities of its briefs, sorted, as 16 bytes each, and dollars that all rows have cost."""

    keys: Any
    spent: Decimal


def finished_in(out: str | Path) -> Finished:
    """The documents that need not be asked about again; failed ones are.

    Raises:
        StoreError: the output cannot be read.
    """
    files, root = _place(out)
    keys: list[Any] = []
    spent = Decimal(0)
    for status in _WRITTEN:
        where = f"{root}/status={status}"
        if files.get_file_info(where).type == pyarrow.fs.FileType.NotFound:
            continue
        try:
            held = pyarrow.dataset.dataset(where, filesystem=files, format="parquet")
            for batch in held.to_batches(columns=["identity", "cost_usd"]):
                spent += _COMPUTE.sum(batch.column("cost_usd")).as_py() or 0
                if status != "failed":
                    found = batch.column("identity").drop_null().to_pylist()
                    keys.append(np.array([key_of(bytes.fromhex(one)) for one in found], dtype=_KEY))
        except (pa.ArrowException, OSError) as error:
            raise StoreError(f"{where!r} cannot be read: {error}") from error
    return Finished(np.sort(np.concatenate(keys)) if keys else np.empty(0, _KEY), spent)


def read_files(
    inputs: Iterable[str | Path],
    *,
    published: str | date | datetime | None = None,
    language: str | None = None,
    encoding: str | None = None,
) -> Dataset:
    """The documents of files as a dataset, each file read where there is room, by the readers of `stream_documents`.

    What a damaged file or row is, is told by `summarise_dataset`. Columns that are carried through become text.

    Raises:
        InputError: a file does not exist, or an argument makes no sense.
    """
    found = [
        {"file": pickle.dumps(one)}
        for one in input_files(inputs, published=published, language=language, encoding=encoding)
    ]
    if not found:
        raise InputError("no input: the folders that were named hold no file")
    return ray.data.from_items(found, override_num_blocks=min(len(found), 1000)).map_batches(
        _read, batch_size=1, batch_format="pyarrow", num_cpus=_FEW_CPUS
    )


class ParquetOutput(Datasink[None]):  # type: ignore[misc]  # mypy does not follow imports into ray
    """Rows into a folder for each status; those that remain are not written.

    Each block becomes one file a status, which takes its name when it is whole; a block that is written again replaces it.
    """

    def __init__(self, out: str | Path) -> None:
        self._out = str(out)
        self._run = uuid4().hex[:12]

    def write(self, blocks: Iterable[Any], ctx: Any) -> None:
        """Write blocks."""
        files, root = _place(self._out)
        tables = [block if isinstance(block, pa.Table) else pa.Table.from_pandas(block) for block in blocks]
        table = pa.concat_tables(tables, promote_options="permissive") if tables else None
        name = f"{self._run}-{ctx.task_idx:06}"
        for status in _WRITTEN:
            folder = f"{root}/status={status}"
            place = f"{folder}/{name}.parquet"
            rows = None if table is None else table.filter(_COMPUTE.equal(table.column("status"), status))
            if not rows:
                if files.get_file_info(place).type == pyarrow.fs.FileType.File:
                    files.delete_file(place)
                continue
            files.create_dir(folder, recursive=True)
            draft = f"{folder}/.{name}.{uuid4().hex[:6]}.partial"
            pyarrow.parquet.write_table(rows.drop_columns(["status"]), draft, filesystem=files, compression="zstd")
            files.move(draft, place)


@dataclass
class ClusterJob:
    """A job over files. ``workers`` is how many there are, by default as many as there is room for.

    Raises:
        InputError: an input does not exist, or the output cannot be written.
        ConfigurationError: the output was made with another model, prompt or schema; or a budget is given, and the price of
            the model is not known.
        StoreError: the output cannot be read.
    """

    summariser: Summariser[Any]
    documents: Dataset
    out: str
    options: Options = field(default_factory=Options)
    workers: int | None = None
    rows_per_block: int = 256
    num_cpus: float = 0.0

    def __post_init__(self) -> None:
        self._started = time.monotonic()
        self._files, self._root = _place(self.out)
        told = self._told_before()
        asking = dict(self.summariser.recipe.asking)
        changed = {name: old for name, old in told.get("asked_with", asking).items() if asking.get(name) != old}
        if changed:
            name, old = next(iter(changed.items()))
            raise ConfigurationError(
                f"{self.out!r} holds briefs that were made with another {name}: {old}, and now it is {asking.get(name)}; name "
                "another folder"
            )
        finished = finished_in(self.out)
        self.kept = len(finished.keys)
        """Documents that were finished in earlier runs."""
        spent = max(finished.spent, Decimal(told.get("spent_usd") or 0))
        workers = self.workers or _room()
        most = self.options.concurrency or self.summariser.endpoint.limits.batch_concurrency * workers
        workers = min(workers, most)
        options = Options(most, self.options.rpm, self.options.tpm, self.options.budget)
        self._controller = start_controller(self.summariser, options, spent=spent)
        self._rows = summarise_dataset(
            self.documents,
            self.summariser,
            concurrency=workers,
            in_flight=-(-most // workers),
            rows_per_block=self.rows_per_block,
            num_cpus=self.num_cpus,
            budget=self.options.budget,
            controller=self._controller,
            done=ray.put(finished.keys),
        )
        self._write_summary(Standing(spent=spent), finished=False)
        # They are asked about again, all of them, and the rows would stand beside the new ones.
        self._delete_failures()

    @property
    def elapsed(self) -> float:
        """Seconds since the job was made."""
        return time.monotonic() - self._started

    def stop(self) -> None:
        """Ask for nothing more; what is under way is finished and written."""
        ray.get(self._controller.stop.remote(Stop("JobStoppedError", "the job was stopped")))

    def run(self, watch: Callable[[Standing], None] = lambda _: None) -> Standing:
        """Make the briefs and write them; ``watch`` is called with where the job stands, about once a second.

        Raises:
            SummariserError: what stopped the job, after all that was finished is written.
        """
        problem: list[BaseException] = []

        def write() -> None:
            try:
                self._rows.write_datasink(ParquetOutput(self.out), ray_remote_args={"num_cpus": _FEW_CPUS})
            except BaseException as error:
                problem.append(error)

        thread = threading.Thread(target=write, name="summariser-cluster", daemon=True)
        thread.start()
        known = Standing()
        while thread.is_alive():
            thread.join(_TOLD)
            known = self.standing()
            watch(known)
            self._write_summary(known, finished=False)
        if problem:
            # What Ray says of a task that failed goes on for pages, and ends with what it was.
            said = (str(problem[0]).strip().splitlines() or [""])[-1][:_MOST_SAID]
            raise StoreError(
                f"the job broke off ({type(problem[0]).__name__}: {said}); what was written is kept, and the same command goes on"
            ) from problem[0]
        known = self.standing()
        self._write_summary(known, finished=known.stop is None)
        if known.stop is not None:
            raise known.stop.error()
        return known

    def standing(self) -> Standing:
        """Where the job stands."""
        known: Standing = ray.get(self._controller.standing.remote())
        return known

    def _told_before(self) -> dict[str, Any]:
        try:
            with self._files.open_input_stream(f"{self._root}/{_SUMMARY}") as stream:
                told: dict[str, Any] = json.loads(stream.read())
                return told
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise StoreError(f"{self.out}/{_SUMMARY} cannot be read: {error}") from error

    def _write_summary(self, known: Standing, *, finished: bool) -> None:
        counts = Counter(known.documents)
        priced = bool(known.spent) or not known.unpriced
        told = {
            "finished": finished,
            "stopped_by": None
            if known.stop is None
            else {"class": known.stop.error_class, "message": known.stop.message},
            **{status: counts[status] for status in _WRITTEN},
            "kept_from_before": self.kept,
            "answers": known.answered,
            "input_tokens": known.input_tokens,
            "output_tokens": known.output_tokens,
            "rate_limited": known.limited,
            "lost_workers": known.lost_workers,
            "seconds": round(self.elapsed, 3),
            # What is under way counts as spent until it is settled: a driver that is killed cannot tell any more.
            "spent_usd": str(known.spent + known.reserved) if priced else None,
            "answers_without_price": known.unpriced,
            "asked_with": dict(self.summariser.recipe.asking),
        }
        draft = f"{self._root}/.{_SUMMARY}.partial"
        try:
            self._files.create_dir(self._root, recursive=True)
            with self._files.open_output_stream(draft) as stream:
                stream.write(json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n")
            self._files.move(draft, f"{self._root}/{_SUMMARY}")
        except OSError as error:
            raise InputError(f"the job's folder cannot be written: {self.out!r}: {error}") from error

    def _delete_failures(self) -> None:
        where = f"{self._root}/status=failed"
        if self._files.get_file_info(where).type == pyarrow.fs.FileType.Directory:
            self._files.delete_dir(where)


def _place(out: str | Path) -> tuple[Any, str]:
    """The file system and the path there of a folder, or of an address such as ``s3://bucket/folder``."""
    given = str(out)
    try:
        if "://" in given:
            files, root = pyarrow.fs.FileSystem.from_uri(given.rstrip("/"))
            return files, root
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{given!r} is no place to write to: {error}") from error
    return pyarrow.fs.LocalFileSystem(), os.path.abspath(given)


def _room() -> int:
    """As many workers as processors, but for one that reads and writes."""
    return max(1, int(ray.cluster_resources().get("CPU", 1)) - 1)


def _read(table: Table) -> Iterator[Table]:
    for packed in table.column("file").to_pylist():
        file: InputFile = pickle.loads(packed)  # noqa: S301 -- packed by `read_files`
        held: list[Item] = []
        for item in file:
            held.append(item)
            if len(held) == _READ:
                yield _table(held)
                held = []
        yield _table(held)


def _table(items: list[Item]) -> Table:
    """Documents, packed, and the columns of their rows that are not ours, as text: one file's numbers are another's words."""
    rows: list[dict[str, Any]] = []
    for item in items:
        others = {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in as_row(item).items()
            if value is not None and name not in (*COLUMNS, "origin", *OURS.names)
        }
        rows.append({ITEM: pickle.dumps(item)} | others)
    names = dict.fromkeys(name for row in rows for name in row)
    schema = pa.schema([(ITEM, pa.binary()), *((name, pa.string()) for name in names if name != ITEM)])
    return pa.Table.from_pylist(rows, schema=schema)
