"""Briefs as Markdown: each item with footnotes to the sentences that prove it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from summariser import drafting
from summariser.views.wording import (
    counted,
    heading,
    omitted_line,
    origin,
    place_of,
    plain,
    provenance_line,
    reasons,
    rejected_title,
    sections,
    unread_line,
)
from summariser_schemas import Brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from summariser_schemas import BaseBrief, Evidence

__all__ = ["as_digest", "as_markdown"]


def as_markdown(brief: BaseBrief, *, number: int | None = None, level: int = 1) -> str:
    """Write the brief as Markdown (CommonMark with GitHub's footnotes) that ends in a line feed.

    A sentence is quoted once, in a footnote, with its place in the document. ``number`` tells the footnotes of several
    briefs in one file apart, ``level`` is that of its heading.
    """
    notes = _Footnotes("" if number is None else f"{number}-")
    blocks = [f"{'#' * level} {_escaped(heading(brief))}"]
    blocks += [_escaped(line)] if (line := origin(brief)) else []
    blocks += [_escaped(line) + notes.to(brief.summary_evidence)] if (line := plain(brief.summary)) else []
    blocks += [f"**{_escaped(line)}**"] if (line := unread_line(brief)) else []
    for section in sections(brief):
        blocks.append(f"{'#' * (level + 1)} {section.title}")
        lines: list[str] = []
        for entry in section.entries:
            lead = f"**{_escaped(entry.lead)}**{section.joint}" if entry.lead else ""
            remarks = f" — {_escaped(entry.remarks)}" if entry.remarks else ""
            lines.append(f"- {lead}{_escaped(entry.body)}{remarks}{notes.to(entry.item.evidence)}")
        blocks.append("\n".join(lines))
    if brief.rejected:
        blocks.append(f"{'#' * (level + 1)} {rejected_title(brief.rejected)}")
        blocks.append("\n".join(f"- {_escaped(reason)}" for reason in reasons(brief.rejected)))
    blocks += [_escaped(omitted_line(brief.omitted))] if brief.omitted else []
    blocks += [_escaped(provenance_line(brief.provenance)), *notes.definitions()]
    return "\n\n".join(blocks) + "\n"


def as_digest(briefs: Iterable[BaseBrief]) -> str:
    """Write many briefs as one Markdown document: what there is in all, then each brief, with footnotes of its own."""
    made = list(briefs)
    schemas: Iterable[type[BaseBrief]] = dict.fromkeys(map(type, made)) or (Brief,)
    names = dict.fromkeys(section.name for schema in schemas for section in drafting.sections(schema))
    counts = ", ".join(f"{sum(len(getattr(b, name, ())) for b in made):,} {name.replace('_', ' ')}" for name in names)
    costs = [b.provenance.cost_usd for b in made]
    known = [cost for cost in costs if cost is not None]
    unknown = f", and an unknown cost for {costs.count(None):,}" if None in costs else ""
    cost = f"${sum(known, Decimal(0)):.4f}{unknown}" if known or not costs else "cost unknown"
    blocks = [f"# {counted(len(made), 'brief')}\n\n{counts}; {cost}\n"]
    blocks += [as_markdown(brief, number=number, level=2) for number, brief in enumerate(made, 1)]
    return "\n".join(blocks)


class _Footnotes:
    """Numbers sentences in the order in which they are first cited."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._numbers: dict[tuple[str, str], int] = {}

    def to(self, evidence: Sequence[Evidence]) -> str:
        """References to these sentences."""
        keys = [(place_of(e), e.text) for e in evidence]
        return "".join(f"[^{self._prefix}{self._numbers.setdefault(key, len(self._numbers) + 1)}]" for key in keys)

    def definitions(self) -> list[str]:
        # The place goes first: to a reader without footnotes "[^1]: <word> (3–7)" would define a link and vanish.
        return [
            f"[^{self._prefix}{number}]: {place}: “{_escaped(plain(text))}”"
            for (place, text), number in self._numbers.items()
        ]


def _escaped(text: str) -> str:
    """Escape one line for Markdown, whether or not it comes to stand at the start of one."""
    text = re.sub(r"([\\`*_\[\]<#~$|]|&(?=#?\w+;))", r"\\\1", text)
    # GitHub makes links of bare addresses.
    text = re.sub(r"(?i)\b(https?|ftp|mailto|xmpp):", r"\1\\:", text)
    text = re.sub(r"(?i)\b(www)\.", r"\1\\.", text)
    return re.sub(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+>]))", r"\1\\", text)
