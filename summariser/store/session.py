"""Where the next answer comes from: the store or the endpoint; and what becomes of the endpoint's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from summariser.store.differences import DIGITS, Drift, MissError, describe, drift
from summariser.store.recording import Asked, Mode, Recorded, Recording, ResponseStore

__all__ = ["Session"]


@dataclass(slots=True)
class _Story:
    """One request within a session."""

    before: tuple[Recorded, ...] = ()
    """What earlier sessions filed, up to the last good answer."""
    appends: bool = False
    """Whether the next response goes after what is filed, and not in its place."""
    turn: int = 0
    """How often the request was asked."""
    answered: bool = False
    """Whether this session has filed a good answer."""
    kept: int = 0
    """How many responses this session has filed or holds back."""
    held: list[Recorded] = field(default_factory=list[Recorded])
    """Failures that must not take the place of a good answer."""


class Session:
    """What one transport has asked and filed so far. Threads may share it.

    ``repeats``: the same request asked again is another question, and its answers are a sequence; else it has one answer
    that is never paid for twice.
    """

    def __init__(
        self, store: ResponseStore, mode: Mode, *, repeats: bool, on_drift: Callable[[Drift], None] | None = None
    ) -> None:
        self._store = store
        self._mode = mode
        self._repeats = repeats
        self._on_drift = on_drift
        self._lock = threading.Lock()
        self._stories: dict[str, _Story] = {}

    def stored(self, asked: Asked, mark: str) -> Recorded | None:
        """The answer that the store has for the next turn of a request; None when the endpoint is to be asked.

        Raises:
            ReplayMissError: there is none, and the endpoint is not to be asked.
            StoreError: the store cannot be read.
        """
        if self._mode == "live":
            return None
        recording = self._store.get(mark)
        with self._lock:
            story = self._stories.get(mark)
            if story is None:
                story = self._stories[mark] = self._begun(recording)
            turn = story.turn
            story.turn += 1
        if self._mode in ("replay", "verify"):
            if recording is None:
                raise MissError(self._store, asked)
            return recording.responses[min(turn, len(recording.responses) - 1)]
        if self._repeats:
            return story.before[turn] if self._mode == "record" and turn < len(story.before) else None
        if recording is None or not recording.responses[-1].good or (self._mode == "refresh" and not story.answered):
            return None
        return recording.responses[-1]

    def keep(self, asked: Asked, mark: str, recorded: Recorded, origin: dict[str, str]) -> None:
        """File what the endpoint answered.

        Raises:
            StoreError: the store cannot be written.
        """
        with self._lock:
            story = self._stories[mark]
            if self._mode == "refresh" and story.kept < len(story.before):
                before = story.before[story.kept]
                recorded = recorded if drift(before, recorded) else before  # a file that says the same stays the same
            story.kept += 1
            if not recorded.good and story.before and not story.appends:
                story.held.append(recorded)
                return
            story.answered = story.answered or recorded.good
            earlier = story.before if self._mode == "record" and not story.appends else ()
            responses = (*earlier, *story.held, recorded)
            story.held.clear()
            append, story.appends = story.appends, True
            if story.kept >= len(story.before):
                story.before = ()  # a long job must not hold all its answers
        self._store.put(Recording(mark, asked, responses, origin), append=append)

    def compare(self, asked: Asked, mark: str, recorded: Recorded, answered: Recorded) -> bool:
        """Note where the endpoint answers differently now; whether the recording is to be handed on.

        What is asked next rests on the recording. But a failure says nothing about the answer: it is handed on itself,
        and the turn is still to come.
        """
        if not answered.good:
            with self._lock:
                self._stories[mark].turn -= 1
            return False
        if differences := drift(recorded, answered):
            found = Drift(mark[:DIGITS], describe(asked), tuple(differences))
            self._store.drifted(found)
            if self._on_drift is not None:
                self._on_drift(found)
        return True

    def _begun(self, recording: Recording | None) -> _Story:
        if recording is None or self._mode in ("replay", "verify"):
            return _Story()
        good = [at for at, recorded in enumerate(recording.responses) if recorded.good]
        before = recording.responses[: good[-1] + 1] if good else ()
        # Failures at the end were not the answer, or nobody would ask again: they give way, so that a replay does not
        # fail where this session goes on.
        complete = len(before) == len(recording.responses)
        if complete and self._mode == "record" and not self._repeats:
            return _Story(appends=True)
        return _Story(before, appends=self._mode == "record" and complete)
