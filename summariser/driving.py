"""The drivers of a dialogue: its questions are carried to whoever answers them, and the answers back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Sequence

    from summariser.dialogue import Answer, Round
    from summariser.exchange import Request

__all__ = ["Steps", "adrive", "answered", "drive"]

T = TypeVar("T")
Steps: TypeAlias = "Generator[Round, Sequence[Answer], T]"
"""A dialogue and what comes of it."""


def drive(steps: Steps[T], answer_all: Callable[[Round], Sequence[Answer]]) -> T:
    """Carry a dialogue through, round by round."""
    try:
        round_ = next(steps)
        while True:
            round_ = steps.send(answer_all(round_))
    except StopIteration as stop:
        made: T = stop.value
        return made


async def adrive(steps: Steps[T], answer: Callable[[Request], Awaitable[Answer]]) -> T:
    """Like `drive`; the questions of a round are answered side by side, and all given up when one cannot be."""
    try:
        round_ = next(steps)
        while True:
            round_ = steps.send(await answered(round_, answer))
    except StopIteration as stop:
        made: T = stop.value
        return made


async def answered(round_: Round, answer: Callable[[Request], Awaitable[Answer]]) -> Sequence[Answer]:
    """The answers to the questions of a round."""
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
