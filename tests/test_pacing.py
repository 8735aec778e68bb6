"""When requests may go out: limits, the gate, and a concurrency that adapts; on a clock that the tests move."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from summariser.errors import JobStoppedError
from summariser.pacing import Bucket, Pacer
from summariser.ratelimits import Allowance, allowance, backoff


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def pacer(clock: Clock, **limits: Any) -> Pacer:
    """A pacer on this clock."""
    return Pacer(most=limits.pop("most", 100), clock=clock, wall=clock, **limits)


async def admitted(pace: Pacer, number: int, tokens: float = 0.0) -> list[asyncio.Task[None]]:
    """Ask for so many requests at once, and let the loop run."""
    tasks = [asyncio.ensure_future(pace.admit(tokens)) for _ in range(number)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


def through(tasks: list[asyncio.Task[None]]) -> int:
    """How many were let in."""
    return sum(task.done() and not task.cancelled() and task.exception() is None for task in tasks)


async def ended(tasks: list[asyncio.Task[None]]) -> None:
    """Give up those that wait."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_a_bucket_fills_at_its_rate() -> None:
    """After so many seconds there is so much more, and never more than fits."""
    bucket = Bucket(rate=2.0, capacity=10.0, now=0.0)
    bucket.take(10)
    assert bucket.wait(1, 0.0) == 0.5
    assert bucket.wait(4, 2.0) == 0.0
    assert bucket.wait(10, 100.0) == 0.0
    assert bucket.wait(50, 100.0) == 0.0


async def test_no_more_at_once_than_allowed() -> None:
    """A few at first; one more for each that went well, up to the limit."""
    pace = pacer(Clock(), most=6)
    tasks = await admitted(pace, 20)
    assert through(tasks) == 4
    pace.left(0.0, status=200)
    await asyncio.sleep(0)
    assert through(tasks) == 6
    for _ in range(5):
        pace.left(0.0, status=200)
    await asyncio.sleep(0)
    assert pace.under_way == 6
    await ended(tasks)


async def test_an_overrun_cuts_the_concurrency_once() -> None:
    """The answers to what was sent before a cut do not cut again."""
    clock = Clock()
    pace = pacer(clock)
    pace.allowed = 50.0
    tasks = await admitted(pace, 3)
    for _ in range(3):
        pace.left(0.0, status=503)
    assert pace.allowed == 30.0
    clock.now += 2
    tasks += await admitted(pace, 1)
    pace.left(0.0, status=503)
    assert pace.allowed == 18.0
    tasks += await admitted(pace, 1)
    pace.left(0.0, status=200)
    assert pace.allowed == pytest.approx(18.0 + 1 / 18)
    await ended(tasks)


async def test_a_429_closes_the_gate_for_everybody() -> None:
    """For as long as it asks nobody is let through, not even those who already waited."""
    clock = Clock()
    pace = pacer(clock)
    await admitted(pace, 1)
    pace.left(0.0, status=429, headers={"retry-after": "7"})
    assert pace.closed_for == pytest.approx(7.05)
    tasks = await admitted(pace, 2)
    assert through(tasks) == 0
    clock.now += 7.04
    pace.left(0.0)
    assert through(tasks) == 0
    clock.now += 0.02
    tasks += await admitted(pace, 1)
    assert through(tasks) == 3
    await ended(tasks)


async def test_who_was_let_in_waits_when_the_gate_closes() -> None:
    """A request that is not yet on its way when a 429 comes in does not go out inside the wait."""
    pace = Pacer(most=10)
    await admitted(pace, 2)
    pace.left(0.0, status=429, headers={"retry-after-ms": "30"})
    assert pace.closed_for > 0
    await pace.opened()
    assert pace.closed_for == 0


async def test_requests_a_minute_are_kept() -> None:
    """A second's worth goes out at once, and never more than that is saved up."""
    clock = Clock()
    pace = pacer(clock, rpm=120)
    pace.allowed = 100.0
    tasks = await admitted(pace, 10)
    assert through(tasks) == 2
    clock.now += 1.5
    tasks += await admitted(pace, 0)
    pace.left(0.0, status=200)
    await asyncio.sleep(0)
    assert through(tasks) == 4
    await ended(tasks)


async def test_tokens_a_minute_are_kept_and_corrected() -> None:
    """What was taken for a request is put right when its answer says what it came to."""
    clock = Clock()
    pace = pacer(clock, tpm=60_000)
    pace.allowed = 100.0
    tasks = await admitted(pace, 3, tokens=400)
    assert through(tasks) == 2
    pace.left(400, used=100, status=200)
    await asyncio.sleep(0)
    assert through(tasks) == 3
    await ended(tasks)


async def test_headers_say_what_is_left() -> None:
    """No more is sent than the provider says is left, less what is under way."""
    clock = Clock()
    pace = pacer(clock)
    pace.allowed = 100.0
    tasks = await admitted(pace, 3)
    headers = {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "6",
        "x-ratelimit-reset-requests": "54s",
    }
    pace.left(0.0, status=200, headers=headers)
    tasks += await admitted(pace, 10)
    assert through(tasks) == 3 + 4
    clock.now += 3
    tasks += await admitted(pace, 0)
    pace.left(0.0, status=200)
    await asyncio.sleep(0)
    assert through(tasks) == 3 + 4 + 3
    await ended(tasks)


def test_what_came_back_since_a_header_was_written_is_counted() -> None:
    """A remainder is as old as the request; it never comes to more than was ever left."""
    bucket = Bucket(2.0, 60.0, 0.0)
    bucket.told(Allowance(60, 6, 2.0), 0.0, 10.0, age=3.0)
    assert bucket.level == 6
    bucket.told(Allowance(60, 1, 2.0), 5.0, 12.0, age=4.0)
    assert bucket.level == 1 + 2 * 4 - 5


async def test_who_gives_up_takes_no_place() -> None:
    """A request that is cancelled while it waits leaves nothing behind."""
    pace = pacer(Clock(), most=1)
    tasks = await admitted(pace, 3)
    tasks[1].cancel()
    await asyncio.sleep(0)
    pace.left(0.0, status=200)
    await asyncio.sleep(0)
    assert tasks[2].done()
    assert pace.under_way == 1


async def test_a_stop_turns_everybody_away() -> None:
    """Those who wait and those who come get the error."""
    pace = pacer(Clock(), most=1)
    tasks = await admitted(pace, 2)
    pace.stop(RuntimeError("over"))
    with pytest.raises(RuntimeError, match="over"):
        await tasks[1]
    with pytest.raises(RuntimeError, match="over"):
        await pace.admit(0.0)


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({}, None),
        ({"limit": "0", "remaining": "0"}, None),
        ({"limit": "60", "remaining": "59", "reset": "1s"}, Allowance(60, 59, 1.0)),
        ({"limit": "10000", "remaining": "9999", "reset": "8.64s"}, Allowance(10000, 9999, 1 / 8.64)),
        ({"limit": "600", "remaining": "600", "reset": "0s"}, Allowance(600, 600, 10.0)),
        ({"limit": "600", "remaining": "300", "reset": "1030"}, Allowance(600, 300, 300 / 1030)),
        ({"limit": "600", "remaining": "8", "reset": "0.2s"}, Allowance(600, 8, 10.0)),
        ({"limit": "600", "remaining": "300", "reset": "2000000030"}, Allowance(600, 300, 10.0)),
    ],
    ids=["nothing", "no limit", "a minute", "a day", "unused", "seconds", "a second's", "a moment"],
)
def test_an_allowance_is_read_from_headers(headers: dict[str, str], left: Allowance | None) -> None:
    """Limit and remainder as told, and the rate at which what is used up comes back."""
    told = {f"x-ratelimit-{name}-requests": value for name, value in headers.items()}
    found = allowance(told, "requests", now=2_000_000_000.0)
    assert (found is None) == (left is None)
    if found and left:
        assert (found.limit, found.remaining) == (left.limit, left.remaining)
        assert found.rate == pytest.approx(left.rate)


async def test_a_stop_ends_a_wait_for_the_gate() -> None:
    """What was let in and waits for a closed gate is told of the stop at once, not when the wait is over."""
    pace = Pacer(most=4)
    await pace.admit(1)
    pace.left(1, status=429, headers={"retry-after": "600"})
    waiting = asyncio.create_task(pace.opened())
    await asyncio.sleep(0)
    pace.stop(JobStoppedError("stopped"))
    with pytest.raises(JobStoppedError):
        await asyncio.wait_for(waiting, 5)


@pytest.mark.parametrize(
    ("count", "asked_for", "wait"),
    [(1, None, 1.0), (4, None, 8.0), (50, None, 60.0), (3, 0.0, 0.0), (5, 0.0, 2.0), (50, 0.0, 60.0), (50, 1.0, 1.0)],
)
def test_an_endpoint_that_asks_for_no_time_is_not_asked_for_ever(
    count: int, asked_for: float | None, wait: float
) -> None:
    """A wait that is none is believed a few times; one that is told is kept, and without one it doubles."""
    assert backoff(count, asked_for) == wait
