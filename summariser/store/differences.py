"""How two requests or two answers differ, and which recording is the nearest to a request."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from summariser.errors import ReplayMissError
from summariser.store.fingerprint import ANSWERS_ALIKE, canonical
from summariser.store.recording import Asked, Recorded, ResponseStore
from summariser.store.redaction import redact, streamed

__all__ = ["DIGITS", "Drift", "MissError", "describe", "drift"]

DIGITS = 16
"""Hexadecimal digits of the fingerprint that name a recording."""
_MOST_DIFFERENCES = 4
_EXCERPT = 24
_TAG = re.compile(r"(?<=[a-z])-[0-9a-f]{8}(?=>)")
"""The digest in a tag around a document's text: ``<text-20b289a7>``."""
_VOLATILE = frozenset(
    {"created", "created_at", "completed_at", "id", "obfuscation", "system_fingerprint", "timings", "usage"}
)
"""Fields of an answer that differ each time and say nothing."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A request that is answered differently now: ``name`` is its recording's, ``differences`` say where."""

    name: str
    about: str
    differences: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}.json ({self.about}) is answered differently now: {_shown(self.differences)}"


def drift(recorded: Recorded, answered: Recorded) -> list[str]:
    """Where two answers differ in what they say; none when only ids, times and counts of tokens do."""
    found: list[tuple[str, int]] = []
    _compare(recorded.status, answered.status, "status", found)
    if recorded.encoding != answered.encoding or recorded.fault != answered.fault:
        _compare([recorded.encoding, recorded.fault], [answered.encoding, answered.fault], "form", found)
    elif recorded.encoding == "events":
        _compare(streamed(_lasting(recorded.body)), streamed(_lasting(answered.body)), "", found)
    else:
        _compare(_lasting(recorded.body), _lasting(answered.body), "", found)
    return [text for text, _ in found]


class MissError(ReplayMissError):
    """Looks for the nearest recording when its message is read: a caller may have other ways to ask, and try many."""

    def __init__(self, store: ResponseStore, asked: Asked) -> None:
        super().__init__()
        self.store = store
        self.asked = asked

    @cached_property
    def _message(self) -> str:
        asked = replace(self.asked, body=redact(self.asked.body))
        about = describe(asked)
        how = f"record it with {self.store.advice}"
        candidates = [(recording, _differences(recording.asked, asked)) for recording in self.store.recordings()]
        if not candidates:
            return f"nothing is recorded in {str(self.store)!r}, so not this request either ({about}): {how}"
        nearest, (_, differences) = min(candidates, key=lambda candidate: candidate[1][0])
        return (
            f"nothing is recorded in {str(self.store)!r} for this request ({about}); the nearest recording is "
            f"{nearest.fingerprint[:DIGITS]}.json and differs in {_shown(differences) or 'what was redacted'}: {how}"
        )

    def __str__(self) -> str:
        return self._message

    def __reduce__(self) -> tuple[type[ReplayMissError], tuple[str]]:
        return ReplayMissError, (self._message,)


def describe(asked: Asked) -> str:
    """A request in a few words."""
    model = asked.body.get("model") if isinstance(asked.body, dict) else None
    return f"{asked.method} {asked.url}" + (f", model {model!r}" if model else "")


def _shown(differences: list[str] | tuple[str, ...]) -> str:
    more = len(differences) - _MOST_DIFFERENCES
    return "; ".join(differences[:_MOST_DIFFERENCES]) + (f"; and {more} more" if more > 0 else "")


def _lasting(value: Any) -> Any:
    """An answer without what differs each time."""
    if isinstance(value, list):
        return [_lasting(item) for item in value]
    if isinstance(value, dict):
        return {name: _lasting(item) for name, item in value.items() if name not in _VOLATILE}
    return value


def _differences(recorded: Asked, asked: Asked) -> tuple[tuple[int, int], list[str]]:
    """How far apart two requests are, and in which fields."""
    found: list[tuple[str, int]] = []
    if recorded.method != asked.method or recorded.url != asked.url:
        found.append((f"the address ({recorded.url} is recorded, {asked.url} asked)", 1_000_000))
    _compare(recorded.body, asked.body, "", found)
    return (len(found), sum(weight for _, weight in found)), [text for text, _ in found]


def _compare(old: Any, new: Any, where: str, found: list[tuple[str, int]]) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*new, *(name for name in old if name not in new)]:
            if not where and name in ANSWERS_ALIKE:
                continue
            path = f"{where}.{name}" if where else name
            if name not in old:
                found.append((f"{path} (not in the recording)", 1000))
            elif name not in new:
                found.append((f"{path} (only in the recording)", 1000))
            else:
                _compare(old[name], new[name], path, found)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            found.append((f"{where} ({len(old)} recorded, {len(new)} asked)", 10_000))
        for number, (one, other) in enumerate(zip(old, new, strict=False)):
            _compare(one, other, f"{where}[{number}]", found)
    elif isinstance(old, str) and isinstance(new, str):
        if old != new:
            # That a text is another one is seen by its words, and not by the digest in the tags around it.
            bare, others = _TAG.sub(_blank, old), _TAG.sub(_blank, new)
            at = _agreement(old, new) if bare == others else _agreement(bare, others)
            place = f"from character {at}: " if at else ""
            excerpts = f"{_excerpt(old, at)} is recorded, {_excerpt(new, at)} asked"
            found.append((f"{where} ({place}{excerpts})", max(len(old), len(new)) - at))
    elif canonical(old) != canonical(new) or isinstance(old, bool) != isinstance(new, bool):
        found.append((f"{where} ({_short(old)} is recorded, {_short(new)} asked)", 10))


def _blank(tag: re.Match[str]) -> str:
    return "-" * len(tag[0])


def _agreement(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginnings."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _excerpt(text: str, at: int) -> str:
    start = max(0, at - _EXCERPT // 3)
    return repr(("…" if start else "") + text[start : at + _EXCERPT] + ("…" if at + _EXCERPT < len(text) else ""))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 2 * _EXCERPT else text[: 2 * _EXCERPT] + "…"
