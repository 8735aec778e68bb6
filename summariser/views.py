"""A brief for people: JSON, Markdown, and text for a terminal.

Every item is shown with the sentences that prove it and their place in the document, in characters counted from 0.
Words that came from a document or a model are data: no control character, terminal escape, markup or HTML in them
takes effect.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from summariser.verifying import Verification
    from summariser_schemas import (
        Attribution,
        Brief,
        Commitment,
        Evidence,
        Figure,
        Item,
        Omission,
        Outcome,
        Party,
        PartyRef,
        Provenance,
        Quantity,
        Rejection,
        When,
    )

__all__ = ["as_json", "as_markdown", "as_text", "plain", "verification_as_json", "verification_as_text"]

MIN_WIDTH = 32
"""Narrower than this, columns; text is laid out for this width all the same."""

_JOINT = " · "
_REASONS_SHOWN = 5

# C0 and C1 controls, line and paragraph separators, lone surrogates: never data, and some drive a terminal.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Zero width no-break space, soft hyphen, and what reorders or hides text. Joiners and the marks that Arabic, Hebrew and
# Indic scripts need (U+200C to U+200F) stay.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")

_QUALIFIERS = {
    "about": "about ",
    "at_least": "at least ",
    "at_most": "at most ",
    "more_than": "more than ",
    "less_than": "less than ",
    "change": "change of ",
}


def plain(text: str) -> str:
    """Make one line of harmless text: white space is single spaces, control characters are gone.

    An escape becomes U+FFFD, so that a reader sees that something was there.
    """
    line = " ".join(_INVISIBLE.sub("", text).split())
    return _CONTROL.sub("\ufffd", line)


def as_json(brief: Brief, *, indent: int | None = 2) -> str:
    """Write the whole brief as JSON; ``indent`` counts spaces, and ``None`` puts it on one line."""
    try:
        return brief.model_dump_json(indent=indent)
    except ValueError:
        # A lone surrogate has no UTF-8. Its stand-in is one character too, so that every offset holds.
        return type(brief).model_validate(_without_surrogates(brief.model_dump())).model_dump_json(indent=indent)


def as_markdown(brief: Brief) -> str:
    """Write the brief as Markdown (CommonMark) that ends in a line feed."""
    blocks = [f"# {_escaped(plain(brief.headline))}"]
    blocks += [_escaped(line) for line in (_origin(brief), plain(brief.summary)) if line]
    blocks += [_quotes(_proof(brief.summary_evidence), indent="")] if brief.summary_evidence else []
    for section in _sections(brief):
        blocks.append(f"## {section.title}")
        blocks.append("\n".join(_bullet(entry, section.joint) for entry in section.entries))
    if brief.rejected:
        blocks.append(f"## {_rejected_title(brief.rejected)}")
        blocks.append("\n".join(f"- {_escaped(reason)}" for reason in _reasons(brief.rejected)))
    blocks += [_escaped(_omitted(brief.omitted))] if brief.omitted else []
    blocks += ["---", _escaped(_provenance(brief.provenance))]
    return "\n\n".join(blocks) + "\n"


def as_text(brief: Brief, *, width: int = 80, colour: bool = False) -> str:
    """Write the brief for a terminal ``width`` columns wide, ending in a line feed; ``colour`` adds ANSI styles."""
    page = _Page(max(width, MIN_WIDTH), colour=colour)
    page.put((plain(brief.headline), "bold"))
    page.put((_origin(brief), "dim"))
    page.gap()
    page.put((plain(brief.summary), ""))
    page.quote(_proof(brief.summary_evidence), indent=2)
    for section in _sections(brief):
        page.gap()
        page.put((section.title, "bold cyan"), (f"  {len(section.entries)}", "dim"))
        for entry in section.entries:
            joint = section.joint if entry.lead else ""
            page.put((entry.lead, "bold"), (joint, "dim"), (entry.body, ""), indent=2, hang=2)
            page.put((_JOINT.join(entry.notes), "green"), indent=4)
            page.quote(entry.evidence, indent=4)
    if brief.rejected:
        page.gap()
        page.put((_rejected_title(brief.rejected), "bold yellow"))
        for reason in _reasons(brief.rejected):
            page.put((reason, ""), indent=2, hang=2)
    if brief.omitted:
        page.gap()
        page.put((_omitted(brief.omitted), "yellow"), hang=2)
    page.gap()
    page.put((_provenance(brief.provenance), "dim"))
    return page.text()


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item as every view shows it: ``lead`` names it, ``body`` says it, ``notes`` qualify it, evidence proves it."""

    lead: str
    body: str
    notes: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    joint: str
    """What stands between lead and body."""
    entries: tuple[_Entry, ...]


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


def _escaped(text: str) -> str:
    """Escape one line for Markdown, whether or not it comes to stand at the start of one."""
    text = re.sub(r"([\\`*_\[\]<#~$]|&(?=#?\w+;))", r"\\\1", text)
    # GitHub makes links of bare addresses.
    text = re.sub(r"(?i)\b(https?|ftp|mailto|xmpp):", r"\1\\:", text)
    text = re.sub(r"(?i)\b(www)\.", r"\1\\.", text)
    return re.sub(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+>]))", r"\1\\", text)


def _bullet(entry: _Entry, joint: str) -> str:
    lead = f"**{_escaped(entry.lead)}**{joint}" if entry.lead else ""
    notes = f" — {_escaped(_JOINT.join(entry.notes))}" if entry.notes else ""
    return f"- {lead}{_escaped(entry.body)}{notes}\n{_quotes(entry.evidence, indent='  ')}"


def _quotes(evidence: Iterable[tuple[str, str]], *, indent: str) -> str:
    return f"\n{indent}>\n".join(f"{indent}> “{_escaped(sentence)}” ({place})" for sentence, place in evidence)


def verification_as_json(verification: Verification) -> str:
    """Write what a verification found as JSON: the items by section with their verdicts, ``rejected`` and ``omitted``."""
    import json

    found = {
        **{name: [item.model_dump(mode="json") for item in items] for name, items in verification.sections.items()},
        "rejected": [rejection.model_dump(mode="json") for rejection in verification.rejected],
        "omitted": [omission.model_dump(mode="json") for omission in verification.omitted],
    }
    return json.dumps(_without_surrogates(found), indent=2, ensure_ascii=False)


def verification_as_text(verification: Verification, *, width: int = 80) -> str:
    """Write what a verification found for a terminal: what does not hold, then how many fields have which verdict."""
    page = _Page(max(width, MIN_WIDTH), colour=False)
    met = Counter(v.verdict for item in verification.items for v in item.verdicts.values())
    for item in verification.items:
        for note in _warnings(item):
            page.put((f"{item.id} {plain(_said(item))}", "bold"), (f"{_JOINT}{note}", ""), hang=2)
        if item.flagged:
            page.quote(_proof(item.evidence), indent=2)
    for item, name, verdict in verification.corrected:
        held = getattr(item, name)
        now = ", ".join(held) if isinstance(held, list) else held
        note = f"! {name} is {now} by {verdict.basis}, and not {verdict.said}"
        page.put((f"{item.id} {plain(_said(item))}", "bold"), (f"{_JOINT}{plain(note)}", ""), hang=2)
    for rejected in verification.rejected:
        page.put((f"{rejected.section}: {plain('; '.join(rejected.reasons))}", ""), hang=2)
    verdicts = ", ".join(f"{count} {name}" for name, count in met.most_common())
    page.put(
        (f"{len(verification.items)} items with {verdicts or 'no'} fields; {len(verification.rejected)} rejected", "")
    )
    page.put((_omitted(verification.omitted), "dim"), hang=2)
    return page.text()


def _said(item: Item) -> str:
    for name in ("name", "action", "what", "measures"):
        if words := getattr(item, name, None):
            return str(words)
    return ""


def _warnings(item: Item) -> Iterator[str]:
    """Yield the flagged fields of an item, with what the text has instead."""
    for name, verdict in item.verdicts.items():
        if verdict.flagged:
            by = f" by “{verdict.basis}”" if verdict.basis and verdict.verdict == "contradicted" else ""
            said = f" (said: “{verdict.said}”)" if verdict.said else ""
            yield plain(f"! {name} is {verdict.verdict}{by}{said}")


_OMITTED_SHOWN = 12


def _omitted(omitted: Sequence[Omission]) -> str:
    """One paragraph on what no item covers; empty when there is nothing."""
    if not omitted:
        return ""
    shown = ", ".join(f"“{plain(o.text)}”" for o in omitted[:_OMITTED_SHOWN])
    rest = f" and {len(omitted) - _OMITTED_SHOWN} more" if len(omitted) > _OMITTED_SHOWN else ""
    return f"In the text and covered by no item: {shown}{rest}"


def _sections(brief: Brief) -> Iterator[_Section]:
    """Yield the sections that have anything in them."""
    names = {party.id: plain(party.name) for party in brief.parties}
    for title, joint, entries in (
        ("Parties", _JOINT, [_party(item, names) for item in brief.parties]),
        ("Commitments", " → ", [_commitment(item, names) for item in brief.commitments]),
        ("Outcomes", ": ", [_outcome(item, names) for item in brief.outcomes]),
        ("Figures", ": ", [_figure(item, names) for item in brief.figures]),
    ):
        if entries:
            yield _Section(title, joint, tuple(entries))


def _party(party: Party, names: dict[str, str]) -> _Entry:
    told = [
        party.kind.replace("_", " "),
        party.role,
        f"for {_listed([party.affiliation], names)}" if party.affiliation else None,
        f"also {', '.join(party.aliases)}" if party.aliases else None,
    ]
    return _entry(party.name, _JOINT.join(part for part in told if part), _warnings(party), party.evidence)


def _commitment(commitment: Commitment, names: dict[str, str]) -> _Entry:
    preposition = "asked by" if commitment.status == "sought" else "to"
    notes = [
        commitment.status,
        f"{preposition} {_listed(commitment.to, names)}" if commitment.to else None,
        _when("due", commitment.due),
        f"condition: {commitment.condition}" if commitment.condition else None,
        _source(commitment.attribution, names),
        *_warnings(commitment),
    ]
    return _entry(_listed(commitment.by, names), commitment.action, notes, commitment.evidence)


def _outcome(outcome: Outcome, names: dict[str, str]) -> _Entry:
    notes = [_when("when", outcome.when), _source(outcome.attribution, names), *_warnings(outcome)]
    return _entry(_listed(outcome.by, names), outcome.what, notes, outcome.evidence)


def _figure(figure: Figure, names: dict[str, str]) -> _Entry:
    notes = [
        _reading(figure.quantity),
        _when("as of", figure.as_of),
        _source(figure.attribution, names),
        *_warnings(figure),
    ]
    return _entry(figure.quantity.text, figure.measures, notes, figure.evidence)


def _entry(lead: str, body: str, notes: Iterable[str | None], evidence: Sequence[Evidence]) -> _Entry:
    told = tuple(plain(note) for note in notes if note)
    return _Entry(plain(lead), plain(body), told, _proof(evidence))


def _proof(evidence: Sequence[Evidence]) -> tuple[tuple[str, str], ...]:
    return tuple((plain(item.text), _place(item)) for item in evidence)


def _place(evidence: Evidence) -> str:
    page = "" if evidence.page is None else f"page {evidence.page}, "
    return f"{page}{evidence.start}–{evidence.end}"


def _listed(refs: Sequence[PartyRef], names: dict[str, str]) -> str:
    found = [names.get(ref, "unknown party") for ref in refs]
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def _source(attribution: Attribution | None, names: dict[str, str]) -> str | None:
    if attribution is None:
        return None
    name = names.get(attribution.party) if attribution.party else None
    known = name is None or name.casefold() in plain(attribution.text).casefold()
    return f"according to {attribution.text}" + ("" if known else f" ({name})")


def _when(what: str, when: When | None) -> str | None:
    if when is None:
        return None
    resolved = _dates(when)
    return f"{what}: {when.text}" + (f" ({resolved})" if resolved and resolved not in when.text else "")


def _dates(when: When) -> str | None:
    """The resolved time in ISO form, as exactly as it is known."""
    first, last = when.start, when.end
    if first is None or last is None:
        return f"from {first}" if first else f"until {last}" if last else None
    if when.precision == "year":
        return f"{first.year:04}"
    if when.precision == "quarter":
        return f"{first.year:04} Q{(first.month + 2) // 3}"
    if when.precision == "month":
        return f"{first.year:04}-{first.month:02}"
    return str(first) if first == last else f"{first} to {last}"


def _reading(quantity: Quantity) -> str | None:
    """What code read from the words: number, unit and how it is meant; nothing where the words are just that."""
    if quantity.low is not None and quantity.high is not None:
        number = f"{_number(quantity.low)} to {_number(quantity.high)}"
    elif quantity.value is not None:
        number = _number(quantity.value)
    else:
        return None
    meant = _QUALIFIERS.get(quantity.qualifier, "") + number
    if quantity.unit is None:
        return None if meant == quantity.text else f"= {meant}"
    # "USD" and "%" follow a number; a counted noun is in the singular and would not read well there.
    follows = quantity.unit == "%" or re.fullmatch("[A-Z]{3}", quantity.unit)
    return f"= {meant} {quantity.unit}" if follows else f"= {meant}, unit: {quantity.unit}"


def _number(value: Decimal) -> str:
    # A decimal may hold an exponent of a million, which must not become a million digits.
    return f"{value:,f}" if -15 <= value.adjusted() <= 30 else str(value)


def _origin(brief: Brief) -> str:
    info = brief.document
    published = info.published
    when = published.isoformat(" ", "minutes") if isinstance(published, datetime) else published and str(published)
    title = info.title if info.title and plain(info.title) != plain(brief.headline) else None
    return _JOINT.join(plain(part) for part in (title, info.source or info.id, when, info.language) if part)


def _rejected_title(rejected: Sequence[Rejection]) -> str:
    return f"Left out because it did not hold in the text: {len(rejected)}"


def _reasons(rejected: Sequence[Rejection]) -> Iterator[str]:
    """Yield the commonest reasons, each with its section and how often it was met."""
    met = Counter((plain(item.section), plain(reason)) for item in rejected for reason in item.reasons)
    for (section, reason), times in met.most_common(_REASONS_SHOWN):
        yield f"{section}: {reason}" + (f" ({times} times)" if times > 1 else "")
    if len(met) > _REASONS_SHOWN:
        yield f"and {len(met) - _REASONS_SHOWN} more reasons, all of them in the JSON form"


def _provenance(made: Provenance) -> str:
    answered = f" (answered by {made.answered_by})" if made.answered_by and made.answered_by not in made.model else ""
    cost = "cost unknown" if made.cost_usd is None else f"${made.cost_usd:.4f}" if made.cost_usd else "free"
    asked = f"{made.requests:,} request{'' if made.requests == 1 else 's'}"
    return plain(_JOINT.join((made.model + answered, _tokens(made), cost, asked, f"{made.seconds:.1f} s")))


def _tokens(made: Provenance) -> str:
    if made.input_tokens is None and made.output_tokens is None:
        return "tokens unknown"
    told = ["?" if count is None else f"{count:,}" for count in (made.input_tokens, made.output_tokens)]
    cached = f" ({made.cached_tokens:,} cached)" if made.cached_tokens else ""
    return f"{told[0]} tokens in{cached}, {told[1]} out"


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return [_without_surrogates(item) for item in value] if isinstance(value, list) else value
