"""Briefs and verifications for a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from summariser.views.wording import (
    JOINT,
    counted,
    heading,
    omitted_line,
    origin,
    plain,
    proof,
    provenance_line,
    reasons,
    rejected_title,
    said_by,
    sections,
    unread_line,
    warnings,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summariser.verifying import Verification
    from summariser_schemas import BaseBrief

__all__ = ["MIN_WIDTH", "as_text", "verification_as_text"]

MIN_WIDTH = 32
"""Narrower than this, columns; text is laid out for this width all the same."""


def as_text(brief: BaseBrief, *, width: int = 80, colour: bool = False) -> str:
    """Write the brief for a terminal ``width`` columns wide, ending in a line feed; ``colour`` adds ANSI styles."""
    page = _Page(max(width, MIN_WIDTH), colour=colour)
    page.put((heading(brief), "bold"))
    page.put((origin(brief), "dim"))
    page.gap()
    page.put((plain(brief.summary), ""))
    page.quote(proof(brief.summary_evidence), indent=2)
    if line := unread_line(brief):
        page.gap()
        page.put((line, "bold yellow"), hang=2)
    for section in sections(brief):
        page.gap()
        page.put((section.title, "bold cyan"), (f"  {len(section.entries)}", "dim"))
        for entry in section.entries:
            joint = section.joint if entry.lead else ""
            page.put((entry.lead, "bold"), (joint, "dim"), (entry.body, ""), indent=2, hang=2)
            page.put((entry.remarks, "green"), indent=4)
            page.quote(proof(entry.item.evidence), indent=4)
    if brief.rejected:
        page.gap()
        page.put((rejected_title(brief.rejected), "bold yellow"))
        for reason in reasons(brief.rejected):
            page.put((reason, ""), indent=2, hang=2)
    if brief.omitted:
        page.gap()
        page.put((omitted_line(brief.omitted), "yellow"), hang=2)
    page.gap()
    page.put((provenance_line(brief.provenance), "dim"))
    return page.text()


class _Page:
    """Lines of a terminal, wrapped by the width of their characters on it: two columns for a Chinese one."""

    def __init__(self, width: int, *, colour: bool) -> None:
        from io import StringIO

        from rich.console import Console

        self._out = StringIO()
        # The console must not look at the environment: the caller has decided on width and colour.
        self._console = Console(
            file=self._out,
            width=width,
            force_terminal=colour,
            color_system="standard" if colour else None,
            legacy_windows=False,
            force_jupyter=False,
            _environ={},
        )

    def put(self, *parts: tuple[str, str], indent: int = 0, hang: int = 0) -> None:
        """Write ``(text, style)`` parts as one paragraph, later lines ``hang`` columns further in; nothing if empty."""
        from rich.text import Text

        paragraph = Text.assemble(*(part for part in parts if part[0]))
        if not paragraph.plain.strip():
            return
        for number, line in enumerate(paragraph.wrap(self._console, self._console.width - indent - hang)):
            line.rstrip()
            left = Text(" " * (indent + hang if number else indent))
            self._console.print(left + line, soft_wrap=True)

    def quote(self, evidence: Iterable[tuple[str, str]], *, indent: int) -> None:
        for sentence, place in evidence:
            self.put((f"“{sentence}”", "dim"), (f" {place}", "dim cyan"), indent=indent, hang=1)

    def gap(self) -> None:
        self._out.write("\n")

    def text(self) -> str:
        return self._out.getvalue()


def verification_as_text(verification: Verification, *, width: int = 80) -> str:
    """Write what a verification found for a terminal: what does not hold, then how many fields have which verdict."""
    page = _Page(max(width, MIN_WIDTH), colour=False)
    met = Counter(v.verdict for item in verification.items for v in item.verdicts.values())
    if verification.of_another_text:
        page.put(("! the brief names the digest of another text, not of this one", "bold"), hang=2)
    for item in verification.items:
        for note in warnings(item):
            page.put((f"{item.id} {plain(said_by(item))}", "bold"), (f"{JOINT}{note}", ""), hang=2)
        if item.flagged:
            page.quote(proof(item.evidence), indent=2)
    for item, name, verdict in verification.corrected:
        held = getattr(item, name)
        now = ", ".join(held) if isinstance(held, list) else held
        note = f"! {name} is {now} by {verdict.basis}, and not {verdict.said}"
        page.put((f"{item.id} {plain(said_by(item))}", "bold"), (f"{JOINT}{plain(note)}", ""), hang=2)
    for rejected in verification.rejected:
        page.put((f"{rejected.section}: {plain('; '.join(rejected.reasons))}", ""), hang=2)
    verdicts = ", ".join(f"{count} {name}" for name, count in met.most_common())
    corrected = f", {len(verification.corrected)} corrected" if verification.corrected else ""
    page.put(
        (
            f"{counted(len(verification.items), 'item')} with {verdicts or 'no'} fields; "
            f"{len(verification.rejected)} rejected{corrected}",
            "",
        )
    )
    page.put((omitted_line(verification.omitted), "dim"), hang=2)
    return page.text()
