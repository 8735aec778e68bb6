"""What every view says of a brief, in words: its sections, entries, dates, amounts and where it came from.

All of it is `plain`: one line of text without anything that a terminal or a browser acts on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from summariser import drafting
from summariser_schemas import Attribution, Commitment, Figure, Outcome, Party, PartyRef, Quantity, When
from summariser_schemas.fields import asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from summariser_schemas import BaseBrief, Evidence, Item, Omission, Provenance, Rejection, Span
    from summariser_schemas.fields import Asked

__all__ = [
    "JOINT",
    "Entry",
    "Section",
    "amount",
    "counted",
    "dates",
    "heading",
    "listed",
    "omitted_line",
    "origin",
    "party_names",
    "place_of",
    "plain",
    "proof",
    "provenance_line",
    "reading",
    "reasons",
    "rejected_title",
    "said_by",
    "sections",
    "source_of",
    "unread",
    "unread_line",
    "warnings",
    "without_surrogates",
]

JOINT = " · "
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


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as every view shows it: ``lead`` names it, ``body`` says it, ``notes`` qualify it, evidence proves it."""

    item: Item
    lead: str
    body: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    """The flagged fields, with what the text has instead."""

    @property
    def remarks(self) -> str:
        """Notes and warnings as one line."""
        return JOINT.join((*self.notes, *self.warnings))


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of one section of a brief; ``name`` is the field that holds them."""

    name: str
    title: str
    joint: str
    """What stands between lead and body."""
    entries: tuple[Entry, ...]


def counted(number: int, noun: str) -> str:
    """So many of something, whose plural takes an s: ``1 item``, ``1,200 items``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def said_by(item: Item) -> str:
    """The words that an item is about."""
    prose = next((f.name for f in asked(type(item)) if f.core is str and f.required and not f.many), None)
    return "" if prose is None else str(getattr(item, prose))


def warnings(item: Item) -> Iterator[str]:
    """Yield the flagged fields of an item, with what the text has instead."""
    for name, verdict in item.verdicts.items():
        if verdict.flagged:
            by = f" by “{verdict.basis}”" if verdict.basis and verdict.verdict == "contradicted" else ""
            said = f" (said: “{verdict.said}”)" if verdict.said else ""
            yield plain(f"! {name} is {verdict.verdict}{by}{said}")


def unread(brief: BaseBrief) -> int:
    """How many sentences of the document were not read."""
    return sum(part.last - part.first + 1 for part in brief.coverage if part.status == "unread")


def unread_line(brief: BaseBrief) -> str:
    """One paragraph on the sentences that were not read, and why; empty when there are none."""
    made, runs = brief.provenance, dict[str, list[tuple[int, int]]]()
    for part in brief.coverage:
        if part.status == "unread":
            # The provenance says which model it was, and where.
            why = (part.why or "").removeprefix(f"{made.model} at {made.endpoint}: ").removeprefix(f"{made.model}: ")
            alike = runs.setdefault(plain(why), [])
            adjoining = alike.pop()[0] if alike and alike[-1][1] + 1 == part.first else part.first
            alike.append((adjoining, part.last))
    told = [
        ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in places)
        + (f" ({why})" if why else "")
        for why, places in runs.items()
    ]
    return f"Not read, {counted(unread(brief), 'sentence')} of the document: {'; '.join(told)}" if told else ""


_OMITTED_SHOWN = 12


def omitted_line(omitted: Sequence[Omission]) -> str:
    """One paragraph on what no item covers; empty when there is nothing."""
    if not omitted:
        return ""
    shown = ", ".join(f"“{plain(o.text)}”" for o in omitted[:_OMITTED_SHOWN])
    rest = f" and {len(omitted) - _OMITTED_SHOWN} more" if len(omitted) > _OMITTED_SHOWN else ""
    return f"In the text and covered by no item: {shown}{rest}"


def sections(brief: BaseBrief) -> Iterator[Section]:
    """Yield the sections that have anything in them."""
    names = party_names(brief)
    for section in drafting.sections(type(brief)):
        joint, entry = next((_WAYS[way] for way in _WAYS if issubclass(section.item, way)), (": ", _of_any_kind))
        entries = tuple(entry(item, names) for item in getattr(brief, section.name))
        if entries:
            yield Section(section.name, section.name.replace("_", " ").capitalize(), joint, entries)


def party_names(brief: BaseBrief) -> dict[str, str]:
    """The names of a brief's parties by their ids."""
    return {item.id: plain(item.name) for item in brief.items if isinstance(item, Party)}


def _party(party: Party, names: dict[str, str]) -> Entry:
    told = [
        party.kind.replace("_", " "),
        party.role,
        f"for {listed([party.affiliation], names)}" if party.affiliation else None,
        f"also {', '.join(party.aliases)}" if party.aliases else None,
    ]
    return _entry(party, party.name, JOINT.join(part for part in told if part), [])


def _commitment(commitment: Commitment, names: dict[str, str]) -> Entry:
    preposition = "asked by" if commitment.status == "sought" else "to"
    notes = [
        commitment.status,
        f"{preposition} {listed(commitment.to, names)}" if commitment.to else None,
        _when("due", commitment.due),
        f"condition: {commitment.condition}" if commitment.condition else None,
        _source(commitment.attribution, names),
    ]
    return _entry(commitment, listed(commitment.by, names), commitment.action, notes)


def _outcome(outcome: Outcome, names: dict[str, str]) -> Entry:
    notes = [_when("when", outcome.when), _source(outcome.attribution, names)]
    return _entry(outcome, listed(outcome.by, names), outcome.what, notes)


def _figure(figure: Figure, names: dict[str, str]) -> Entry:
    notes = [reading(figure.quantity), _when("as of", figure.as_of), _source(figure.attribution, names)]
    return _entry(figure, figure.quantity.text, figure.measures, notes)


def _of_any_kind(item: Item, names: dict[str, str]) -> Entry:
    """An item of a class that nothing more is known of: its number or its actors first, then its phrase, then the rest."""
    said = [field for field in asked(type(item)) if getattr(item, field.name) not in (None, [], "")]
    body = next((field for field in said if field.core is str and field.required and not field.many), None)
    lead = next((field for field in said if field.core is Quantity and field.required), None)
    lead = lead or next((field for field in said if field.core is PartyRef and field.many), None)
    notes = [_note(field, getattr(item, field.name), names) for field in said if field not in (lead, body)]
    told = [_in_words(getattr(item, field.name), names) if field else "" for field in (lead, body)]
    if lead is not None and lead.core is Quantity:
        notes.insert(0, reading(getattr(item, lead.name)))
    return _entry(item, told[0], told[1], notes)


def _note(field: Asked, value: Any, names: dict[str, str]) -> str | None:
    label = field.name.replace("_", " ")
    if isinstance(value, When):
        return _when(label, value)
    if isinstance(value, bool):
        return label if value else f"not {label}"
    return f"{label}: {_in_words(value, names)}"


def _in_words(value: Any, names: dict[str, str]) -> str:
    if isinstance(value, list):
        if all(isinstance(one, PartyRef) for one in value):
            return listed(value, names)
        return ", ".join(_in_words(one, names) for one in value)
    if isinstance(value, PartyRef):
        return listed([value], names)
    if isinstance(value, Attribution):
        return source_of(value, names)
    return str(getattr(value, "text", value))


_WAYS: dict[type[Item], tuple[str, Callable[[Any, dict[str, str]], Entry]]] = {
    Party: (JOINT, _party),
    Commitment: (" → ", _commitment),
    Outcome: (": ", _outcome),
    Figure: (": ", _figure),
}
"""How an item is shown: what stands between lead and body, and what makes its entry."""


def _entry(item: Item, lead: str, body: str, notes: Iterable[str | None]) -> Entry:
    told = tuple(plain(note) for note in notes if note)
    return Entry(item, plain(lead), plain(body), told, tuple(warnings(item)))


def proof(evidence: Sequence[Evidence]) -> tuple[tuple[str, str], ...]:
    """Each sentence with its place in the document."""
    return tuple((plain(item.text), place_of(item)) for item in evidence)


def place_of(span: Span) -> str:
    """Where it stands: characters of the text, and the page where the document has pages."""
    page: int | None = getattr(span, "page", None)
    return ("" if page is None else f"page {page}, ") + f"{span.start}–{span.end}"


def listed(refs: Sequence[PartyRef], names: dict[str, str]) -> str:
    """Names in words: "A, B and C"."""
    found = [names.get(ref, "unknown party") for ref in refs]
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def _source(attribution: Attribution | None, names: dict[str, str]) -> str | None:
    return f"according to {source_of(attribution, names)}" if attribution else None


def source_of(attribution: Attribution, names: dict[str, str]) -> str:
    """Whose word it is, with the party's name where the words do not hold it."""
    name = names.get(attribution.party) if attribution.party else None
    known = name is None or name.casefold() in plain(attribution.text).casefold()
    return plain(attribution.text) + ("" if known else f" ({name})")


def _when(what: str, when: When | None) -> str | None:
    if when is None:
        return None
    resolved = dates(when)
    return f"{what}: {when.text}" + (f" ({resolved})" if resolved and resolved not in when.text else "")


def dates(when: When) -> str | None:
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


def reading(quantity: Quantity) -> str | None:
    """What code read from the words: number, unit and how it is meant; nothing where the words are just that."""
    if quantity.low is not None and quantity.high is not None:
        number = f"{amount(quantity.low)} to {amount(quantity.high)}"
    elif quantity.value is not None:
        number = amount(quantity.value)
    else:
        return None
    meant = _QUALIFIERS.get(quantity.qualifier, "") + number
    if quantity.unit is None:
        return None if meant == quantity.text else f"= {meant}"
    # "USD" and "%" follow a number; a counted noun is in the singular and would not read well there.
    follows = quantity.unit == "%" or re.fullmatch("[A-Z]{3}", quantity.unit)
    return f"= {meant} {quantity.unit}" if follows else f"= {meant}, unit: {quantity.unit}"


def amount(value: Decimal) -> str:
    """A decimal with separators, in scientific notation only where it is astronomically large or small."""
    # A decimal may hold an exponent of a million, which must not become a million digits.
    return f"{value:,f}" if -15 <= value.adjusted() <= 30 else str(value)


def heading(brief: BaseBrief) -> str:
    """The headline; where a brief has none, the document's title or id."""
    info = brief.document
    return plain(brief.headline) or plain(info.title or "") or plain(info.id)


def origin(brief: BaseBrief) -> str:
    """Title, source, date and language in one line."""
    info = brief.document
    published = info.published
    when = published.isoformat(" ", "minutes") if isinstance(published, datetime) else published and str(published)
    title = info.title if info.title and plain(info.title) != heading(brief) else None
    return JOINT.join(plain(part) for part in (title, info.source or info.id, when, info.language) if part)


def rejected_title(rejected: Sequence[Rejection]) -> str:
    """A heading for what was rejected."""
    return f"Left out because it did not hold in the text: {len(rejected)}"


def reasons(rejected: Sequence[Rejection]) -> Iterator[str]:
    """Yield the commonest reasons, each with its section and how often it was met."""
    met = Counter((plain(item.section), plain(reason)) for item in rejected for reason in item.reasons)
    for (section, reason), times in met.most_common(_REASONS_SHOWN):
        yield f"{section}: {reason}" + (f" ({times} times)" if times > 1 else "")
    if len(met) > _REASONS_SHOWN:
        yield f"and {len(met) - _REASONS_SHOWN} more reasons, all of them in the JSON form"


def provenance_line(made: Provenance) -> str:
    """Model, tokens, cost, requests and time in one line."""
    answered = f" (answered by {made.answered_by})" if made.answered_by and made.answered_by not in made.model else ""
    cost = "cost unknown" if made.cost_usd is None else f"${made.cost_usd:.4f}" if made.cost_usd else "free"
    asked = counted(made.requests, "request")
    return plain(JOINT.join((made.model + answered, _tokens(made), cost, asked, f"{made.seconds:.1f} s")))


def _tokens(made: Provenance) -> str:
    if made.input_tokens is None and made.output_tokens is None:
        return "tokens unknown"
    told = ["?" if count is None else f"{count:,}" for count in (made.input_tokens, made.output_tokens)]
    cached = f" ({made.cached_tokens:,} cached)" if made.cached_tokens else ""
    return f"{told[0]} tokens in{cached}, {told[1]} out"


def without_surrogates(value: Any) -> Any:
    """The same value with U+FFFD for every lone surrogate, which no encoding can write; every offset still holds."""
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    return [without_surrogates(item) for item in value] if isinstance(value, list) else value
