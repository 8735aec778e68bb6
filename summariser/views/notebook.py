"""How a brief shows itself in a notebook. Importing this module teaches `BaseBrief` to.

The types of `summariser_schemas` know nothing of views, so the two methods that notebooks look for are put there from
here.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from summariser.views.markdown import as_markdown
from summariser.views.wording import (
    heading,
    omitted_line,
    origin,
    plain,
    proof,
    provenance_line,
    reasons,
    rejected_title,
    sections,
    unread_line,
)
from summariser_schemas import BaseBrief

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summariser_schemas import Evidence

__all__ = ["as_html_fragment"]

_DIM = "opacity:.7;font-size:.9em"


def as_html_fragment(brief: BaseBrief) -> str:
    """Write the brief as a piece of HTML without scripts, style sheets or links; evidence unfolds under each item."""
    parts = [
        f"<h3 dir='auto'>{_html(heading(brief))}</h3>",
        f"<div dir='auto' style='{_DIM}'>{_html(origin(brief))}</div>",
        _foldable(_html(plain(brief.summary)), brief.summary_evidence),
    ]
    if line := unread_line(brief):
        parts.append(f"<div dir='auto'><b>{_html(line)}</b></div>")
    for section in sections(brief):
        parts.append(f"<h4>{section.title} {len(section.entries)}</h4>")
        for entry in section.entries:
            lead = f"<bdi><b>{_html(entry.lead)}</b></bdi>{_html(section.joint)}" if entry.lead else ""
            remarks = f" <bdi style='{_DIM}'>{_html(entry.remarks)}</bdi>" if entry.remarks else ""
            parts.append(_foldable(f"{lead}<bdi>{_html(entry.body)}</bdi>{remarks}", entry.item.evidence))
    if brief.rejected:
        listed = "".join(f"<li dir='auto'>{_html(reason)}</li>" for reason in reasons(brief.rejected))
        parts.append(f"<h4>{_html(rejected_title(brief.rejected))}</h4><ul>{listed}</ul>")
    if brief.omitted:
        parts.append(f"<div dir='auto' style='{_DIM}'>{_html(omitted_line(brief.omitted))}</div>")
    parts.append(f"<div style='{_DIM}'>{_html(provenance_line(brief.provenance))}</div>")
    return f"<div>{''.join(parts)}</div>"


def _foldable(summary: str, evidence: Iterable[Evidence]) -> str:
    quotes = "".join(
        f"<blockquote dir='auto'>{_html(sentence)} <span style='{_DIM}'>{place}</span></blockquote>"
        for sentence, place in proof(list(evidence))
    )
    return f"<details><summary>{summary}</summary>{quotes}</details>"


def _html(text: str) -> str:
    return escape(text, quote=True)


def _as_markdown(brief: BaseBrief) -> str:
    return as_markdown(brief)


setattr(BaseBrief, "_repr_html_", as_html_fragment)  # noqa: B010 # the type does not declare them
setattr(BaseBrief, "_repr_markdown_", _as_markdown)  # noqa: B010
