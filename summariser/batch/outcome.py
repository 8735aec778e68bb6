"""What becomes of one document, and when a job is better stopped: the same on one machine and on many."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from summariser.driving import adrive
from summariser.errors import (
    OF_THE_JOB,
    BackendError,
    BadRequestError,
    ForbiddenError,
    InputError,
    JobStoppedError,
    OutageError,
    ReplayMissError,
    SummariserError,
)
from summariser.ledger import Outcome
from summariser.tracing import document_span
from summariser.workers import Made, resumed
from summariser_schemas.document import whole_characters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from summariser.batch.transport import Working
    from summariser.dialogue import Answer
    from summariser.exchange import Request
    from summariser.readers import Entry
    from summariser.recipe import Recipe
    from summariser.workers import Workers

__all__ = ["Breaker", "identity_of", "outcome_of", "unexpected"]

_OUTAGE = 10
"""Documents in a row that no answer could be had for, until the job gives up on the endpoint for now."""


def identity_of(entry: Entry, recipe: Recipe[Any]) -> bytes:
    """What a document is filed under: SHA-256 of all that decides its questions, the document and its other columns.

    Raises:
        InputError: these cannot be written as JSON.
    """
    try:
        known = entry.document.model_dump_json().encode()
        more = to_json(dict(entry.extra)) if entry.extra else b""
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{entry.place}: its document or other columns cannot be written as JSON ({error}); give text, numbers, and lists "
            "and objects of these"
        ) from error
    return hashlib.sha256(recipe.asking_digest + known + more).digest()


async def outcome_of(
    entry: Entry,
    recipe: Recipe[Any],
    answer: Callable[[Request], Awaitable[Answer]],
    working: Working,
    stopped_by: Callable[[Exception], Awaitable[bool]],
    workers: Workers | None = None,
) -> Outcome | None:
    """What becomes of a document: its brief or its failure, as JSON.

    None when the job stopped first: ``stopped_by`` is asked of every error whether it did. Where ``workers`` has one to
    spare, the answers are read there.
    """
    document = entry.document
    name = document.id or document.sha256[:12]
    try:
        given: list[Sequence[Answer]] = []
        made, worker = None, None if workers is None else workers.free()
        if worker is not None:
            made = await worker.made(document, answer, given, extra=entry.extra, paid=working.answers)
        if made is None:
            steps = recipe.steps(document, extra=entry.extra, paid=working.answers)
            if given:
                steps = resumed(steps, given)
            if workers is not None:
                steps, answer = workers.watched(steps), workers.in_turn(answer)
            with document_span(document) as span:
                brief = await adrive(steps, answer)
                span.told(brief)
            made = Made.of(brief)
        return Outcome(name, made.status, recipe.reading, made.content)
    except Exception as error:
        if isinstance(error, JobStoppedError) or await stopped_by(error):
            return None
        return Outcome(name, "failed", recipe.reading, to_json(_failure(error, working.sends)))


class Breaker:
    """Says which error a job is to be stopped by: one that every document would run into, or too many lost in a row."""

    def __init__(self) -> None:
        self._lost_in_a_row = 0
        self._answers_then = 0

    @staticmethod
    def concerns(error: Exception) -> bool:
        """Whether the error says anything about other documents."""
        if isinstance(error, JobStoppedError | ReplayMissError):
            return False
        of_the_endpoint = isinstance(error, BackendError) and error.retry == "transport"
        return of_the_endpoint or isinstance(error, (*OF_THE_JOB, BadRequestError))

    def judge(self, error: Exception, answers: int) -> SummariserError | None:
        """What to stop the job by: the error itself, an `OutageError`, or None; ``answers`` is how many came in so far."""
        if not self.concerns(error):
            return None
        if isinstance(error, BadRequestError | ForbiddenError):  # of this document alone, where others are answered
            if not answers:
                return error
            if isinstance(error, BadRequestError):
                return None
        elif isinstance(error, OF_THE_JOB):
            return error
        self._lost_in_a_row = self._lost_in_a_row + 1 if answers == self._answers_then else 1
        self._answers_then = answers
        if self._lost_in_a_row < _OUTAGE:
            return None
        return OutageError(
            f"{_OUTAGE} documents in a row got no answer; the last error: {str(error).rstrip('.')}. Go on when "
            "the endpoint is back"
        )


def unexpected(error: Exception) -> SummariserError:
    """The error for what nobody foresaw."""
    told = SummariserError(f"a fault in summariser, please report it: {type(error).__name__}: {error}")
    told.__cause__ = error
    return told


def _failure(error: Exception, sends: int) -> dict[str, Any]:
    told = error if isinstance(error, SummariserError) else unexpected(error)
    return {"class": type(error).__name__, "message": whole_characters(str(told)), "attempts": sends}
