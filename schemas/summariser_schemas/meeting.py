"""The brief of a meeting or a hearing: what was decided, what is to be done by whom, how they voted, what was said."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from summariser_schemas.brief import BaseBrief, Party
from summariser_schemas.grounded import Attribution, Item, PartyRef, Quantity, When, Words

__all__ = ["Action", "Decision", "Meeting", "Statement", "Vote"]


class Decision(Item):
    """Something the meeting settled: adopted, approved, refused, postponed, appointed."""

    decision: str = Field(description="what was decided, a short clause in the words of the text")
    result: Literal["adopted", "rejected", "postponed", "noted"] = Field(
        description="adopted or approved; rejected; postponed or referred elsewhere; only noted"
    )
    by: list[PartyRef] = Field(default_factory=list, description="who decided, where the text names it")
    takes_effect: When | None = Field(default=None, description="from when it holds, as worded")
    condition: Words | None = Field(default=None, description="what it depends on, as worded")


class Action(Item):
    """A task that somebody was given or took upon themselves."""

    task: str = Field(description="what is to be done, a short phrase that could follow 'will'")
    owner: list[PartyRef] = Field(default_factory=list, description="who has to do it, where it is a named party")
    due: When | None = Field(default=None, description="deadline, as worded")


class Vote(Item):
    """A vote that was counted, or taken by acclamation."""

    motion: str = Field(description="what was voted on, in the words of the text")
    carried: bool = Field(description="whether it was passed")
    ayes: Quantity | None = Field(default=None, description="votes for it: the number as it stands")
    noes: Quantity | None = Field(default=None, description="votes against it: the number as it stands")
    abstentions: Quantity | None = Field(default=None, description="abstentions: the number as it stands")


class Statement(Item):
    """A position, testimony or question put on record; not a decision, a task or a vote."""

    statement: str = Field(description="what was said, in the words of the text")
    speaker: Attribution | None = Field(default=None, description="whose word it is: name or description in the text")


class Meeting(BaseBrief):
    """The minutes, transcript or report of a meeting, a session or a hearing.

    Decisions are what the meeting settled; actions are what somebody has to do after it; votes are those that were
    taken. A proposal that was only discussed is a statement. A decision that was voted on is a decision and a vote.
    """

    parties: list[Party] = Field(
        default_factory=list, description="persons and bodies that take part, are given a task or are decided about"
    )
    decisions: list[Decision] = Field(default_factory=list, description="what was settled")
    actions: list[Action] = Field(default_factory=list, description="what is to be done, by whom and by when")
    votes: list[Vote] = Field(default_factory=list, description="votes with their counts")
    statements: list[Statement] = Field(default_factory=list, description="what was put on record")
