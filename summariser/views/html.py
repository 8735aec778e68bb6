"""The report: briefs, their texts and failures as one HTML file that needs no server and fetches nothing.

Nothing of a brief or a text is ever part of the page's markup or code. All of it is JSON, compressed and written in
base64 into blocks that no browser executes; the page's own script, the one thing that its content security policy lets
run, shows it as text. What the list of documents shows is read first, then what is searched, filtered, sorted and counted;
what one document holds beyond that lies in blocks of `_BLOCK` documents, read when one of them is looked at.

It knows no kind of brief by name. What a field is to it follows from its type (`_Roles`): every quantity is a row of the table
of figures, every item that is not about a number stands in the timeline, and both belong to parties.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, get_args, get_origin

from summariser import drafting
from summariser.grounding.names import name_key
from summariser.sentences import split
from summariser.views.wording import (
    dates,
    heading,
    origin,
    party_names,
    place_of,
    plain,
    provenance_line,
    sections,
    source_of,
    unread,
    unread_line,
    without_surrogates,
)
from summariser_schemas import (
    Attribution,
    Evidence,
    Mention,
    Party,
    PartyKind,
    PartyRef,
    Quantity,
    Span,
    VerdictName,
    When,
)
from summariser_schemas.fields import asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from summariser.views.results import Failure
    from summariser.views.wording import Entry
    from summariser_schemas import BaseBrief, DocumentInfo, Item, Rejection

__all__ = ["as_html", "html_parts"]

_BLOCK = 32
_DOCUMENT_STATES = ("verified", "flagged", "failed")
_DATA = "application/gzip;base64"
T = TypeVar("T")


def as_html(
    briefs: Iterable[BaseBrief],
    *,
    text_of: Callable[[DocumentInfo], str | None] = lambda _: None,
    failures: Iterable[Failure] = (),
    title: str = "Briefs",
) -> str:
    """Write briefs as one self-contained HTML page.

    ``text_of`` gives the text of a document, where it is to be had; without it the evidence is shown alone.
    """
    return "".join(html_parts(briefs, text_of=text_of, failures=failures, title=title))


def html_parts(
    briefs: Iterable[BaseBrief],
    *,
    text_of: Callable[[DocumentInfo], str | None] = lambda _: None,
    failures: Iterable[Failure] = (),
    title: str = "Briefs",
) -> Iterator[str]:
    """Yield the page of `as_html` piece by piece; every brief is read before the first piece comes."""
    index = _Index()
    blocks: list[str] = []
    block: list[dict[str, Any]] = []

    def add(details: dict[str, Any]) -> None:
        block.append(details)
        if len(block) == _BLOCK:
            close()

    def close() -> None:
        if block:
            blocks.append(_packed(block))
            block.clear()

    for brief in briefs:
        text = text_of(brief.document)
        index.add_brief(brief)
        add(_brief_details(brief, text))
    for failure in failures:
        index.add_failure(failure)
        add(_failure_details(failure))
    close()
    style, script = _asset("report.css"), _asset("report.js")
    parts = {
        "title": _html(plain(title)),
        "policy": f"default-src 'none'; script-src '{_csp(script)}'; style-src '{_csp(style)}'; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        "style": style,
        "script": script,
        "index": "\n".join(
            f'<script type="{_DATA}" id="{name}">{_packed(data)}</script>'
            for name, data in (("index", index.listed(_BLOCK)), ("items", index.searched()))
        ),
    }
    head, tail = _asset("report.html").split("{{blocks}}")
    yield re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], head)
    for number, data in enumerate(blocks):
        yield f'<script type="{_DATA}" id="block-{number}">{data}</script>\n'
    yield tail


@dataclass(frozen=True, slots=True)
class _Roles:
    """What the fields of a class of items are to a report.

    ``status`` is the first field of choices, one that every item has before others, and ``choices`` what it can say. ``when``,
    ``by`` and ``source`` are the first time, the first parties and the first attribution; ``numbers`` all quantities, ``about``
    the one that the item is about, where it is about one; ``words`` the strings beside the phrase that says what it is.
    """

    status: str | None
    choices: tuple[str, ...]
    when: str | None
    by: str | None
    source: str | None
    numbers: tuple[str, ...]
    about: str | None
    words: tuple[str, ...]


@lru_cache(maxsize=256)
def _roles(item: type[Item]) -> _Roles:
    fields = asked(item)

    def first(core: Any) -> str | None:
        return next((field.name for field in fields if field.core is core), None)

    chosen = [f for f in fields if not f.many and (f.core is bool or get_origin(f.core) is Literal)]
    status = next(iter(sorted(chosen, key=lambda field: not field.required)), None)
    prose = next((f.name for f in fields if f.core is str and f.required and not f.many), None)
    values = () if status is None else (True, False) if status.core is bool else get_args(status.core)
    return _Roles(
        status=None if status is None else status.name,
        choices=() if status is None else tuple(_choice(status.name, value) for value in values),
        when=first(When),
        by=first(PartyRef),
        source=first(Attribution),
        numbers=tuple(field.name for field in fields if field.core is Quantity),
        about=next((f.name for f in fields if f.core is Quantity and f.required and not f.many), None),
        words=tuple(f.name for f in fields if f.core is str and f.name != prose),
    )


def _choice(field: str, value: str | bool) -> str:
    if isinstance(value, bool):
        return f"{'' if value else 'not '}{field.replace('_', ' ')}"
    return value


class _Index:
    """What is searched, filtered, sorted and counted, in columns: one value a document, a party, an item or a number."""

    def __init__(self) -> None:
        self._documents: dict[str, list[Any]] = {name: [] for name in (*_LISTED, *_SEARCHED)}
        self._items: dict[str, list[Any]] = {name: [] for name in _ITEM_COLUMNS}
        self._numbers: dict[str, list[Any]] = {name: [] for name in _NUMBER_COLUMNS}
        self._parties = _Parties()
        self._sections: dict[str, bool] = {}
        """Names, and whether the items are about numbers."""
        self._statuses = _Codes[tuple[str, str]]()
        self._units = _Codes[str]()
        self._models = _Codes[str]()
        self._sources = _Codes[str]()

    def add_brief(self, brief: BaseBrief) -> None:
        number = len(self._documents["id"])
        names = party_names(brief)
        groups = {item.id: self._parties.number(item) for item in brief.items if isinstance(item, Party)}
        named = sorted(
            (mention.start, mention.end, groups[item.id])
            for item in brief.items
            if isinstance(item, Party)
            for mention in item.mentions
        )
        self._meet(type(brief))
        places = {name: place for place, name in enumerate(self._sections)}
        counts = [0] * len(places)
        found = mask = 0
        for section in sections(brief):
            for entry in section.entries:
                mask |= (verdicts := _verdicts(entry.item))
                if section.name in places:
                    counts[places[section.name]] += 1
                    row = self._row(section.name, entry, names, _Named(groups, named))
                    row |= {"document": number, "entry": found, "section": places[section.name], "verdicts": verdicts}
                    for name in _ITEM_COLUMNS:
                        self._items[name].append(row.get(name))
                found += 1
        info, made = brief.document, brief.provenance
        self._document(
            id=plain(info.id),
            title="" if plain(info.title or "") == heading(brief) else plain(info.title or ""),
            headline=heading(brief),
            summary=plain(brief.summary),
            source=self._sources.of(plain(info.source or "")),
            published="" if info.published is None else info.published.isoformat(),
            language=plain(info.language or ""),
            state=_DOCUMENT_STATES.index(brief.status),
            model=self._models.of(plain(made.model)),
            cost=None if made.cost_usd is None else _float(made.cost_usd),
            tokens=None if made.input_tokens is None else made.input_tokens + (made.output_tokens or 0),
            counts=counts,
            rejected=len(brief.rejected),
            omitted=len(brief.omitted),
            unread=unread(brief),
            parties=set(groups.values()),
            verdicts=mask,
        )

    def add_failure(self, failure: Failure) -> None:
        self._document(
            id=plain(failure.id),
            title="",
            headline=plain(failure.title or "") or plain(failure.id),
            summary="",
            message=plain(f"{failure.error}: {failure.message}"),
            source=self._sources.of(plain(failure.source or "")),
            published=plain(failure.published or ""),
            language=plain(failure.language or ""),
            state=_DOCUMENT_STATES.index("failed"),
            model=-1,
            counts=[],
            rejected=0,
            omitted=0,
            unread=0,
            parties=(),
            verdicts=0,
        )

    def listed(self, block: int) -> dict[str, Any]:
        """What the list of documents shows, and what filters offer."""
        return {
            "block": block,
            "states": _DOCUMENT_STATES,
            "sections": list(self._sections.items()),
            "statuses": [[list(self._sections).index(name), said] for name, said in self._statuses.values],
            "kinds": get_args(PartyKind),
            "verdicts": get_args(VerdictName),
            "units": self._units.values,
            "models": self._models.values,
            "sources": self._sources.values,
            "documents": {name: self._documents[name] for name in _LISTED},
        }

    def searched(self) -> dict[str, Any]:
        """Parties, items and numbers, and what is searched and filtered of documents."""
        merged = self._parties.merged()
        for column in (self._documents["parties"], self._items["by"]):
            column[:] = [sorted({merged[number] for number in numbers}) for numbers in column]
        return {
            "parties": self._parties.as_json(merged),
            "documents": _flat({name: self._documents[name] for name in _SEARCHED}, "parties"),
            "items": _flat(self._items, "by"),
            "numbers": self._numbers,
        }

    def _meet(self, kind: type[BaseBrief]) -> None:
        """The sections of a kind of brief, parties aside, and what can be chosen among in them."""
        for section in drafting.sections(kind):
            if section.name not in self._sections and section.item is not Party:
                self._sections[section.name] = section.number is not None
                for said in _roles(section.item).choices or ("",):
                    self._statuses.of((section.name, said))

    def _document(self, **values: Any) -> None:
        for name, column in self._documents.items():
            column.append(values.get(name))

    def _row(self, section: str, entry: Entry, names: dict[str, str], named: _Named) -> dict[str, Any]:
        item, roles = entry.item, _roles(type(entry.item))
        source: Attribution | None = _first(item, roles.source)
        when: When | None = _first(item, roles.when)
        status = getattr(item, roles.status) if roles.status else None
        said = "" if roles.status is None or status is None else _choice(roles.status, status)
        row: dict[str, Any] = {
            "lead": entry.lead,
            "body": entry.body,
            "more": "\n".join(plain(text) for name in roles.words for text in _each(item, name)) or None,
            "source": plain(source_of(source, names)) if source else "",
            "by": named.of(_each(item, roles.by))
            if roles.by
            else named.within(item.evidence) | named.of([source.party] if source else []),
            "status": -1 if roles.status and status is None else self._statuses.of((section, said)),
        }
        if when is not None:
            first, last = when.start or when.end, when.end or when.start
            row |= {"when": plain(when.text), "from": _day(first), "to": _day(last), "dated": dates(when)}
        for name in roles.numbers:
            label = None if name == roles.about else name.replace("_", " ")
            for quantity in _each(item, name):
                self._number(len(self._items["entry"]), quantity, label, entry.lead)
        return row

    def _number(self, item: int, quantity: Quantity, label: str | None, lead: str) -> None:
        value = quantity.value if quantity.value is not None else quantity.low
        told = {
            "item": item,
            "words": None if label is None and plain(quantity.text) == lead else plain(quantity.text),
            "label": label,
            "value": None if value is None else _float(value),
            "unit": self._units.of(plain(quantity.unit or "")),
        }
        for name in _NUMBER_COLUMNS:
            self._numbers[name].append(told[name])


_LISTED = (
    "id", "title", "headline", "message", "source", "published", "language", "state", "model", "cost", "tokens", "counts",
    "rejected", "omitted", "unread",
)  # fmt: skip
_SEARCHED = ("summary", "parties", "verdicts")
_ITEM_COLUMNS = (
    "document", "entry", "section", "lead", "body", "more", "source", "by", "status", "when", "from", "to", "dated", "verdicts",
)  # fmt: skip
_NUMBER_COLUMNS = ("item", "words", "label", "value", "unit")


def _each(item: Item, name: str) -> list[Any]:
    """What a field holds, one or many or nothing."""
    value: Any = getattr(item, name)
    return list(value) if isinstance(value, list) else [] if value in (None, "") else [value]


def _first(item: Item, name: str | None) -> Any:
    return next(iter(_each(item, name)), None) if name else None


def _day(day: date | None) -> int | None:
    """Days since 1970."""
    return None if day is None else day.toordinal() - date(1970, 1, 1).toordinal()


class _Named:
    """Which parties are meant, by their ids or because they are named in a sentence."""

    def __init__(self, groups: dict[str, int], mentions: list[tuple[int, int, int]]) -> None:
        self._groups, self._mentions = groups, mentions

    def of(self, refs: Iterable[str | None]) -> set[int]:
        return {self._groups[ref] for ref in refs if ref in self._groups}

    def within(self, evidence: Iterable[Span]) -> set[int]:
        found: set[int] = set()
        for span in evidence:
            first, last = (bisect_left(self._mentions, (at,)) for at in (span.start, span.end))
            found.update(group for _, end, group in self._mentions[first:last] if end <= span.end)
        return found


class _Codes(Generic[T]):
    """Numbers values in the order in which they are first met."""

    def __init__(self) -> None:
        self._numbers: dict[T, int] = {}

    def of(self, value: T) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    @property
    def values(self) -> list[T]:
        return list(self._numbers)


class _Parties:
    """The parties of all documents.

    Those are one whose names are the same but for case, "the" and titles. So are those of one kind, persons aside, where
    a document says that the name of one is an alias of the other ("U.S." of "United States"), and none says it of a third.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._names: list[str] = []
        self._kinds: list[int] = []
        self._aliases: list[dict[str, None]] = []
        self._met: Counter[int] = Counter()

    def number(self, party: Party) -> int:
        name = plain(party.name)
        key = (name_key(name) or name, party.kind)
        if key not in self._numbers:
            self._numbers[key] = len(self._names)
            self._names.append(name)
            self._kinds.append(get_args(PartyKind).index(party.kind))
            self._aliases.append({})
        number = self._numbers[key]
        self._aliases[number] |= dict.fromkeys(plain(alias) for alias in (party.name, *party.aliases))
        self._met[number] += 1
        return number

    def merged(self) -> list[int]:
        """For each party the number of the one it is the same as: itself, or the one met in more documents."""
        called: dict[tuple[str, str], set[int]] = {}
        for (_, kind), number in self._numbers.items():
            for alias in self._aliases[number] if kind != "person" else ():
                called.setdefault((name_key(alias), kind), set()).add(number)
        same = list(range(len(self._names)))

        def root(number: int) -> int:
            while same[number] != number:
                number = same[number]
            return number

        for key, number in self._numbers.items():
            others = called.get(key, set()) - {number}
            if len(others) == 1:
                one, other = root(number), root(others.pop())
                most, least = sorted((one, other), key=lambda n: (-self._met[n], n))
                same[least] = most
        return [root(number) for number in range(len(same))]

    def as_json(self, merged: list[int]) -> dict[str, list[Any]]:
        aliases = [dict(forms) for forms in self._aliases]
        for number, into in enumerate(merged):
            aliases[into] |= self._aliases[number]
        return {"name": self._names, "kind": self._kinds, "aliases": [list(forms) for forms in aliases]}


def _flat(columns: dict[str, list[Any]], name: str) -> dict[str, list[Any]]:
    """The same columns, one of them, of lists, as one list of all and one of how many belong to each row."""
    lists = columns[name]
    return {**columns, name: [value for values in lists for value in values], f"{name}_counts": [len(v) for v in lists]}


def _verdicts(item: Item) -> int:
    """A bit for every verdict that a field of the item got."""
    order = get_args(VerdictName)
    return sum(1 << order.index(verdict) for verdict in {v.verdict for v in item.verdicts.values()})


def _float(value: Decimal) -> float | None:
    """For sorting and drawing only; the words and the exact reading stand beside it."""
    try:
        return float(f"{float(value):.12g}")
    except OverflowError:
        return None


def _brief_details(brief: BaseBrief, text: str | None) -> dict[str, Any]:
    """What is shown of one brief when it is looked at."""
    place = _utf16(text)

    def spans(found: Iterable[Span]) -> list[list[Any]]:
        """Start and end as JavaScript counts them; where there is no text, or it has others there: start, words and place."""
        return [
            [place(s.start), place(s.end), *([None, f"page {s.page}"] if isinstance(s, Evidence) and s.page else [])]
            if text is not None and text[s.start : s.end] == s.text
            else [None, s.start, plain(s.text), place_of(s)]
            for s in found
        ]

    shown = [
        {
            "name": section.name,
            "title": section.title,
            "joint": section.joint,
            "entries": [
                {
                    "lead": entry.lead,
                    "body": entry.body,
                    "notes": entry.notes,
                    "evidence": spans(entry.item.evidence),
                    "marks": spans(_marks(entry.item)) if text is not None else [],
                    "verdicts": [
                        [name, v.verdict, plain(v.basis or ""), plain(v.said or ""), v.flagged]
                        for name, v in entry.item.verdicts.items()
                    ],
                }
                for entry in section.entries
            ],
        }
        for section in sections(brief)
    ]
    return {
        "text": None if text is None else without_surrogates(text),
        "origin": origin(brief),
        "url": _web_address(brief.document.url),
        "told": plain(brief.summary),
        "summary": spans(brief.summary_evidence),
        "unread": unread_line(brief),
        "sections": shown,
        "rejected": _rejections(brief, text, place),
        "omitted": [[o.kind, plain(o.text), *spans([o])] for o in brief.omitted],
        "made": provenance_line(brief.provenance),
    }


def _web_address(url: str | None) -> str | None:
    """An address that may be made a link of; any other scheme could be code."""
    return url if url and re.fullmatch(r"https?://[\x21-\x7e]+", url) else None


def _rejections(brief: BaseBrief, text: str | None, place: Callable[[int], int]) -> list[dict[str, Any]]:
    numbers = {number for rejection in brief.rejected for number in rejection.sentences}
    sentences = split(text, language=brief.document.language) if text is not None and numbers else []

    def cited(rejection: Rejection) -> list[list[int]]:
        chosen = (sentences[n - 1] for n in rejection.sentences if 1 <= n <= len(sentences))
        return [[place(s.start), place(s.end)] for s in chosen]

    return [
        {
            "section": plain(rejection.section),
            "said": [[plain(str(name)), _said(value)] for name, value in rejection.said.items()],
            "reasons": [plain(reason) for reason in rejection.reasons],
            "sentences": rejection.sentences,
            "evidence": cited(rejection),
        }
        for rejection in brief.rejected
    ]


def _said(value: Any) -> str:
    return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))


def _marks(item: Item) -> Iterable[Span]:
    """The words within the evidence that an item is about: its numbers, a party's name."""
    if isinstance(item, Party):
        return item.mentions
    found = (
        value for field in asked(type(item)) if field.core in (Quantity, Mention) for value in _each(item, field.name)
    )
    return [Span(start=value.start, end=value.end, text=value.text) for value in found]


def _failure_details(failure: Failure) -> dict[str, Any]:
    told = [failure.title, failure.source, failure.published, failure.language]
    return {
        "text": None if failure.text is None else without_surrogates(failure.text),
        "origin": " · ".join(plain(part) for part in told if part),
        "failure": [plain(failure.error), plain(failure.message), failure.attempts],
    }


def _utf16(text: str | None) -> Callable[[int], int]:
    """Turn a place counted in code points into one counted in UTF-16 units, as JavaScript counts."""
    astral = (
        [at for at, character in enumerate(text or "") if character > "\uffff"] if text and max(text) > "\uffff" else []
    )
    return (lambda at: at + bisect_left(astral, at)) if astral else (lambda at: at)


def _packed(value: Any) -> str:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return base64.b64encode(gzip.compress(data, compresslevel=6, mtime=0)).decode("ascii")


@lru_cache(maxsize=4)
def _asset(name: str) -> str:
    return (files("summariser.views") / "report" / name).read_text(encoding="utf-8")


def _csp(code: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"


def _html(text: str) -> str:
    from html import escape

    return escape(text)
