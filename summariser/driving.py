"""The two drivers of a dialogue: its questions are carried to whoever answers them, and the answers back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Sequence

    from summariser.dialogue import Answer, Finding, Round
    from summariser.exchange import Request

    Steps = Generator[Round, Sequence[Answer], Finding]

__all__ = ["adrive", "drive"]


def drive(steps: Steps, answer_all: Callable[[Round], Sequence[Answer]]) -> Finding:
    """Carry a dialogue through, round by round."""
    try:
        round_ = next(steps)
        while True:
            round_ = steps.send(answer_all(round_))
    except StopIteration as stop:
        finding: Finding = stop.value
        return finding


async def adrive(steps: Steps, answer: Callable[[Request], Awaitable[Answer]]) -> Finding:
    """Like `drive`; the questions of a round are answered side by side, and all given up when one cannot be."""
    try:
        round_ = next(steps)
        while True:
            round_ = steps.send(await _answered(round_, answer))
    except StopIteration as stop:
        finding: Finding = stop.value
        return finding


async def _answered(round_: Round, answer: Callable[[Request], Awaitable[Answer]]) -> Sequence[Answer]:
    if len(round_) == 1:
        return [await answer(round_[0])]
    tasks = [asyncio.ensure_future(answer(request)) for request in round_]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
