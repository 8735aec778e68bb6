"""What becomes of a field that does not hold: the policy, and the verdicts it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from summariser.errors import ConfigurationError, GroundingError
from summariser_schemas import Verdict, VerdictName

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BY_CHOICE", "EXACT", "STANDING", "Action", "Fault", "Part", "Policy", "flagged", "worst"]

Action = Literal["keep", "flag", "drop", "ask", "fail"]
"""What is done with a field: it stays, it stays and marks the brief, it goes, the model is asked once more before it goes,
or the document fails."""

_ORDER: tuple[VerdictName, ...] = get_args(VerdictName)

EXACT = Verdict(verdict="exact")
BY_CHOICE = Verdict(verdict="derived", basis="chosen by the model: no single word of the text says it")
"""The verdicts of most fields, each made once."""

STANDING: frozenset[VerdictName] = frozenset(("exact", "normalised"))
"""The verdicts whose fields always stay."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done with a field of each verdict. The default is strict: what does not hold is asked again, then dropped.

    ``exact`` and ``normalised`` always stay. What cannot be shown in a brief at all (a number that stands nowhere has no
    span, a party without a mention none either) is dropped even where the policy would keep it.

    Raises:
        ConfigurationError: an action that does not exist.
    """

    derived: Action = "keep"
    contradicted: Action = "ask"
    absent: Action = "ask"

    def __post_init__(self) -> None:
        for verdict in ("derived", "contradicted", "absent"):
            action = getattr(self, verdict)
            if action not in get_args(Action):
                raise ConfigurationError(
                    f"policy for {verdict!r} is {action!r}: it must be one of {', '.join(get_args(Action))}"
                )

    def action(self, verdict: VerdictName, *, section: str, reason: str, basis: str | None = None) -> Action:
        """What to do with a field of this verdict.

        Raises:
            GroundingError: the action is ``fail``; the message has the section, the reason and what it rests on.
        """
        action: Action = "keep" if verdict in STANDING else getattr(self, verdict)
        if action == "fail":
            by = f" by {basis!r}" if basis and verdict == "contradicted" else ""
            raise GroundingError(
                f"{section}: {reason or 'a field'} is {verdict}{by}, and the policy is to fail; "
                "'ask', 'drop' or 'flag' would go on without it"
            )
        return action

    @classmethod
    def named(cls, name: str) -> Policy:
        """Return the policy ``strict`` or ``flag``.

        ``flag`` leaves in the brief what is contradicted or absent, marked so.

        Raises:
            ConfigurationError: there is no policy of this name.
        """
        policies = {"strict": cls(), "flag": cls(contradicted="flag", absent="flag")}
        if name not in policies:
            raise ConfigurationError(f"there is no policy {name!r}: choose {' or '.join(policies)}")
        return policies[name]


class Fault(NamedTuple):
    """Something in a phrase that does not hold: why, in words for the model and the reader, and by which words of the text."""

    verdict: VerdictName
    reason: str
    basis: str | None = None


class Part(NamedTuple):
    """A field held against the text, or one element of a list field: its value, or None where none can be shown.

    ``again``: where it does not hold, asking again may help.
    """

    value: Any
    verdict: Verdict
    reason: str = ""
    again: bool = True


def flagged(part: Part) -> Part:
    """The same part, with its verdict flagged."""
    return part._replace(verdict=part.verdict.model_copy(update={"flagged": True}))


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on a field that has several elements, or on a phrase that has several faults: that of the worst."""
    return verdicts[0] if len(verdicts) == 1 else max(verdicts, key=lambda v: _ORDER.index(v.verdict))
