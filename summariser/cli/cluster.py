"""``summariser batch --engine ray``: the same job on the machines of a Ray cluster."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from typing import TYPE_CHECKING, Any

from summariser.cli.terminal import INTERRUPTED, LOGGED, SOME_FAILED, STOPPED, complain, consumed, failures, say
from summariser.errors import ConfigurationError, JobStoppedError, SummariserError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from summariser.batch import Options
    from summariser.client import Summariser
    from summariser.cluster import ClusterJob, Standing

__all__ = ["run"]


def run(
    summariser: Summariser[Any],
    inputs: Sequence[str],
    out: Path,
    how: Options,
    *,
    address: str | None,
    workers: int | None,
    published: str | None,
    language: str | None,
    encoding: str | None,
    quiet: bool,
) -> int:
    """Run the job; the exit code."""
    if how.reground:
        raise ConfigurationError(
            "--reground reads the answers in job.db, which a job on a cluster does not keep: leave it out"
        )
    if how.via is not None:
        raise ConfigurationError(
            "provider batches are sent from one machine: leave out --via batch-api, or --engine ray"
        )
    # Nothing is sent anywhere but to the model: not by Ray either, where it is us who start it.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    from summariser.cluster import ClusterJob, read_files

    documents_of: dict[str, Any] = {"published": published, "language": language, "encoding": encoding}
    with _connected(address, quiet=quiet):
        documents = read_files(inputs, **documents_of)
        job = ClusterJob(summariser, documents, str(out), how, workers)
        return _run(job, quiet=quiet)


def _run(job: ClusterJob, *, quiet: bool) -> int:
    last = time.monotonic()
    known: Standing = job.standing()

    def watch(standing: Standing) -> None:
        nonlocal last, known
        known = standing
        if not quiet and time.monotonic() - last >= LOGGED:
            last = time.monotonic()
            say(_line(known, job))

    stop: SummariserError | None = None
    try:
        known = job.run(watch)
    except SummariserError as error:
        if job.standing().stop is None:
            raise
        stop, known = error, job.standing()
    if not quiet:
        say(f"{_line(known, job)}: {job.out}")
    if stop is not None:
        interrupted = isinstance(stop, JobStoppedError)
        complain(f"{'interrupted' if interrupted else stop}; the same command goes on with what is left")
        return INTERRUPTED if interrupted else STOPPED
    if known.failure is not None:
        failed, total = known.documents["failed"], known.documents.total()
        complain(failures(failed, total, f"{job.out}/status=failed", *known.failure))
        return SOME_FAILED
    return 0


@contextlib.contextmanager
def _connected(address: str | None, *, quiet: bool) -> Any:
    """A cluster that is there, or else one of this machine's processors for as long as the job goes on."""
    import ray
    from ray.data import DataContext

    DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR if quiet else logging.WARNING)
    started = not ray.is_initialized()
    if started:
        more: dict[str, Any] = {} if address else {"include_dashboard": False, "num_cpus": max(2, os.cpu_count() or 1)}
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.WARNING, **more)
    try:
        yield
    finally:
        if started:
            ray.shutdown()


def _line(known: Standing, job: ClusterJob) -> str:
    from summariser.views.wording import counted

    counts = known.documents
    done = sum(counts.values())
    parts = [
        f"{done:,} done",
        *(f"{counts[name]:,} {name}" for name in ("verified", "flagged", "failed") if counts[name]),
    ]
    if job.kept:
        parts.append(f"{job.kept:,} from before")
    parts.append(f"{done / max(1e-9, job.elapsed):.1f}/s")
    parts.append(counted(known.workers, "worker"))
    parts += consumed(
        known.input_tokens or None, known.output_tokens, known.spent or None, known.unpriced, known.limited
    )
    if known.lost_workers:
        parts.append(f"{counted(known.lost_workers, 'worker')} lost")
    return ", ".join(parts)
