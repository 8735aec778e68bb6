"""A job for those who do not run an event loop: in a thread of its own, a little ahead of whoever takes its results."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from summariser.batch.job import Job, Result
    from summariser.readers import Item
    from summariser.recipe import B

__all__ = ["threaded"]

_AHEAD = 64
_LOOKS = 0.02
"""Seconds between looks at whether a result was taken."""


def threaded(make: Callable[[], Job[B]], items: Iterable[Item]) -> Iterator[Result[B]]:
    """The results of a job, which is made when the first is taken. Whoever stops taking them stops the job; what is under way
    is still kept.
    """
    job = make()
    results: queue.Queue[Result[B] | BaseException | None] = queue.Queue(_AHEAD)
    loop = asyncio.new_event_loop()

    async def put(found: Result[B] | BaseException | None) -> None:
        # A thread that waits to put it would keep a program from ending that takes no more.
        while results.full():
            await asyncio.sleep(_LOOKS)
        results.put_nowait(found)

    async def run() -> None:
        try:
            async with job:
                async for result in job.results(items):
                    await put(result)
        except BaseException as error:
            await put(error)
        else:
            await put(None)

    def work() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())

    thread = threading.Thread(target=work, name="summariser-job", daemon=True)
    thread.start()
    found: Result[B] | BaseException | None = None
    ended = False
    try:
        while (found := results.get()) is not None and not isinstance(found, BaseException):
            yield found
        ended = True
    finally:
        if not ended:
            with contextlib.suppress(RuntimeError):  # the job has ended, and its loop is closed
                loop.call_soon_threadsafe(lambda: job.stop(drain=False))
            while not isinstance(results.get(), BaseException | None):
                pass
        thread.join()
    if found is not None:
        raise found
