"""News texts made from a seed, any number of them, and the answer that a perfect model would give about each.

Names and events are invented. The answer is read off the sentences that the generator writes, so that a server needs no
memory of what it was asked before, and no order.
"""

from __future__ import annotations

import datetime
import json
import random
import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from summariser_schemas import Document

__all__ = ["documents", "draft_of", "truthful"]

ITEMS = 16
"""Items in the brief of a document: 5 parties, 4 commitments, 3 outcomes, 4 figures."""
SHORT_ITEMS = 5
"""Items in that of a short one: 2 parties, 2 commitments, 1 figure."""

_STARTS = "Vel Kor Tar Ost Bel Mar Dan Fen Gal Hal Ist Jor Kel Lom Mor Nor Par Ral Sel Tor".split()
_MIDDLES = "ma va si ra do li no te ka ve zo mi ga pe lu".split()
_ENDS = "ra ne tis dor len vik nar mond sen gard lia ton rik fal des".split()
_FIRST = "Ana Li Tomas Ivo Mira Elin Omar Petra Lukas Nadia Jonas Irene".split()
_SITES = "shipyard refinery steelworks foundry brewery quarry cannery sawmill".split()
_WARES = "barges turbines lorries cranes engines containers tractors boilers".split()
_MONTHS = "January February March April June July August September October November".split()
_FILLERS = (
    "Residents who had waited for years welcomed the news with cautious relief.",
    "Shops near the gate had long since shut their doors, and the bus came less and less often.",
    "Analysts doubt that demand is strong enough to keep such a large plant busy through a whole winter.",
    "Critics of the plan point to the noise, the dust and the heavy traffic that it would bring back to narrow streets.",
    "Old machinery still stands in the halls, and nobody knows how much of it works.",
    "The region has lost more of its young people than any other part of the coast.",
    "Similar plans have failed elsewhere because nobody wanted to pay for roads and power lines.",
    "For many families the plant was more than a place of work.",
    "Local newspapers have followed the matter closely, and opinion in the town remains divided.",
    "Suppliers hope that old contracts will be honoured, although few of them are left.",
)
_WORDS = (100, 280)
"""Words of a document that is not short."""


def documents(number: int | None = None, *, seed: int = 0, start: int = 0, short: bool = False) -> Iterator[Document]:
    """News texts of 100 to 300 words, or short ones of about 40; without a number, for ever.

    The text with a given seed and place is always the same. A perfect brief has 16 items, that of a short text 5.
    """
    for place in count(start) if number is None else range(start, start + number):
        yield _document(place, random.Random(f"{seed} {place}"), short)


def _document(place: int, chance: random.Random, short: bool) -> Document:
    def name() -> str:
        return chance.choice(_STARTS) + chance.choice(_MIDDLES) + chance.choice(_ENDS)

    pick, between = chance.choice, chance.randint
    company, partner, town = f"{name()} Industries", f"{name()} Group", name()
    site = pick(_SITES)
    year = between(2026, 2030)
    day = f"{between(1, 28)} {pick(_MONTHS)}"
    sentences = [
        f"{company} and {partner} agreed on {day} to reopen the {town} {site}.",
        f"{company} promised to invest {between(11, 990)} million euros in the {site} by {year + 1}.",
    ]
    if not short:
        union, authority = f"{name()} Workers Union", f"{town} Planning Authority"
        sentences += [
            f"{partner} plans to hire {between(120, 980)} workers by {year + 2}.",
            f"The {union} urged {partner} to raise wages at the {site}.",
            f"{company} closed the {site} in {year - between(5, 12)} and sold {between(13, 99)} {pick(_WARES)}.",
            f"The {authority} approved the plan on {between(1, 28)} {pick(_MONTHS)}.",
            f"{pick(_FIRST)} {name()}, chief executive of {company}, said that profits rose by {between(3, 60)} percent.",
        ]
        wanted, fillers = between(*_WORDS), list(_FILLERS)
        chance.shuffle(fillers)
        words = sum(len(sentence.split()) for sentence in sentences)
        while fillers and words < wanted:
            sentences.insert(between(1, len(sentences)), fillers[-1])
            words += len(fillers.pop().split())
    head = f"{company} and {partner} to reopen {town} {site}"
    published = datetime.date(year, 1, 1) - datetime.timedelta(days=between(1, 300))
    return Document(
        id=f"{place:07}", text=f"{head}\n\n{' '.join(sentences)}\n", title=head, published=published, language="en"
    )


# The perfect answer

_NAME = r"[A-Z]\w+ (?:Industries|Group|Workers Union|Planning Authority)"
_SAID = {
    words: re.compile(pattern)
    for words, pattern in {
        " agreed on ": rf"(?P<a>{_NAME}) and (?P<b>{_NAME}) agreed on [\w ]+? to (?P<agreed>.+)\.",
        " promised to ": rf"(?P<a>{_NAME}) promised to (?P<pledged>invest (?P<sum>\d+ million euros) .+) (?P<due>by \d+)\.",
        " plans to ": rf"(?P<a>{_NAME}) plans to (?P<planned>hire (?P<hired>\d+ workers)) (?P<due>by \d+)\.",
        " urged ": rf"The (?P<u>{_NAME}) urged (?P<a>{_NAME}) to (?P<sought>.+)\.",
        " closed ": rf"(?P<a>{_NAME}) (?P<closed>closed .+) (?P<when>in \d+) and (?P<sold>sold (?P<wares>\d+ \w+))\.",
        " approved ": rf"The (?P<g>{_NAME}) (?P<approved>approved .+) (?P<when>on \d+ \w+)\.",
        " rose by ": rf"(?P<p>\w+ \w+), chief executive of (?P<a>{_NAME}), said that profits rose by (?P<rate>\d+ percent)\.",
    }.items()
}
"""Which words a sentence has decides at once which pattern it can fit."""
_NUMBERED = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)


def draft_of(sentences: Iterable[tuple[int, str]]) -> dict[str, Any]:
    """What a perfect model answers about the numbered sentences of one of these texts, asked for all at once."""
    parties: dict[str, dict[str, Any]] = {}
    commitments: list[dict[str, Any]] = []
    outcomes: list[dict[str, Any]] = []
    figures: list[dict[str, Any]] = []
    headline, summary = "", list[dict[str, Any]]()

    def party(name: str, kind: str, number: int, role: str | None = None, affiliation: str | None = None) -> None:
        told: dict[str, Any] = {"name": name, "aliases": [], "kind": kind, "role": role, "affiliation": affiliation}
        parties.setdefault(name, {"evidence": [number], **told})

    def commitment(number: int, by: list[str], action: str, status: str, due: str | None = None, **more: Any) -> None:
        told = {
            "by": by,
            "to": [],
            "action": action,
            "status": status,
            "due": due,
            "condition": None,
            "attribution": None,
        }
        commitments.append({"evidence": [number], **told, **more})

    def outcome(number: int, by: str, what: str, when: str | None) -> None:
        outcomes.append({"evidence": [number], "by": [by], "what": what, "when": when, "attribution": None})

    def figure(number: int, quantity: str, measures: str, **more: Any) -> None:
        told = {"quantity": quantity, "measures": measures, "as_of": None, "attribution": None}
        figures.append({"evidence": [number], **told, **more})

    for number, text in sentences:
        said = next((pattern.fullmatch(text) for words, pattern in _SAID.items() if words in text), None)
        if said is None:
            headline = headline or text
            continue
        part = said.groupdict()
        by = part.get("a", "")
        if "agreed" in part:
            party(by, "company", number)
            party(part["b"], "company", number)
            commitment(number, [by, part["b"]], part["agreed"], "agreed")
            summary.append({"text": text, "evidence": [number]})
        elif "pledged" in part:
            commitment(number, [by], part["pledged"], "pledged", part["due"])
            figure(number, part["sum"], f"sum that {by} promised to invest")
            summary.append({"text": text, "evidence": [number]})
        elif "planned" in part:
            commitment(number, [by], part["planned"], "planned", part["due"])
            figure(number, part["hired"], f"workers that {by} plans to hire")
        elif "sought" in part:
            party(part["u"], "organisation", number)
            commitment(number, [by], part["sought"], "sought", to=[part["u"]])
        elif "closed" in part:
            outcome(number, by, part["closed"], part["when"])
            outcome(number, by, part["sold"], None)
            figure(number, part["wares"], f"{part['wares'].split()[1]} that {by} sold")
        elif "approved" in part:
            party(part["g"], "government_body", number)
            outcome(number, part["g"], part["approved"], part["when"])
        else:
            party(part["p"], "person", number, "chief executive", by)
            figure(number, part["rate"], f"rise of profits of {by}", attribution=part["p"])
    return {
        "headline": headline,
        "summary": summary or [{"text": headline, "evidence": [1]}],
        "parties": list(parties.values()),
        "commitments": commitments,
        "outcomes": outcomes,
        "figures": figures,
    }


def truthful(body: dict[str, Any]) -> str:
    """The perfect answer to a request about one of these texts as a whole, whoever wrote the prompt.

    The numbered sentences are read from the last message that has any; of a text that is not from here it knows only the
    first sentence.
    """
    for message in reversed(body.get("messages", [])):
        content = message.get("content")
        if message.get("role") == "user" and isinstance(content, str) and (found := _NUMBERED.findall(content)):
            draft = draft_of((int(number), text) for number, text in found)
            return json.dumps(draft, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(draft_of([(1, "nothing")]))
