"""Are the named actors there, and are they actors?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from summariser.grounding import names
from summariser.grounding.claims import Claim, Problem
from summariser.grounding.locate import locate
from summariser.sentences import is_credit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summariser.grounding.claims import Source
    from summariser_schemas import PartyKind

__all__ = ["FoundParty", "ground_parties"]

_SHORTEST = 2
"""Letters of the shortest name."""
_ROLE_GAP = 4
"""Words that may stand between a name and its role: "Li Dan, who has been chairman"."""

# Heads that a name may end in without a capital: "the Odran government".
_BODIES = frozenset(
    "administration government ministry police army navy parliament court council commission committee party union group "
    "agency department board bank company authority office embassy forces coalition alliance federation association club "
    "team university campaign movement".split()
)
# Heads that name nobody even with a capital: at the start of a sentence, or as a title.
_NEVER_NAMES = frozenset(
    "official officials source sources spokesman spokeswoman spokesperson people protesters protester critics "
    "analysts experts residents witnesses victims workers refugees migrants voters lawmakers police reporters "
    "journalists president minister chairman they he she it we you i who others both".split()
)
_FORMS_OF_ADDRESS = frozenset("mr mrs ms miss sir dr lord lady herr frau monsieur madame señor señora".split())
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|near|outside|around|across|throughout|off)\s+(?:the\s+|(?:north|south|east|west)ern\s+)?$", re.I
)


@dataclass(frozen=True, slots=True)
class FoundParty:
    """An actor that holds, not yet merged with the others. ``sentences`` name it; affiliation is still a name."""

    name: str
    aliases: tuple[str, ...]
    kind: PartyKind
    role: str | None
    affiliation: str | None
    sentences: tuple[int, ...]


def ground_parties(source: Source, claims: Iterable[Claim]) -> tuple[list[FoundParty], list[Problem]]:
    """Look up every claimed party; what does not hold comes back as problems."""
    found: list[FoundParty] = []
    problems: list[Problem] = []
    for claim in claims:
        party, wrong = _ground(source, claim)
        if party is not None:
            found.append(party)
        problems += wrong
    return found, problems


def _ground(source: Source, claim: Claim) -> tuple[FoundParty | None, list[Problem]]:
    spoken = str(claim.fields.get("name", "")).strip()
    name = names.strip_titles(spoken)
    if source.language == "en" and _unnamed(name):
        return None, [Problem(claim, (f"{spoken!r} names no actor",), again=False)]
    places = source.places(name)
    if places and _common_word(source, name, places):
        return None, [Problem(claim, (f"{spoken!r} is a common word",), again=False)]
    if not places:
        return None, [Problem(claim, (f"the name {spoken!r} is not in the text",))]
    sentences = (
        tuple(n for n in claim.sentences if source.usable(n) and any(_inside(source, n, place) for place in places))
        or tuple(s.number for s in source.sentences if any(_inside(source, s.number, place) for place in places))[:1]
    )
    if source.language == "en" and claim.fields.get("kind") != "person" and _only_place(source, places):
        return None, [Problem(claim, (f"{name!r} is named only as a place",), again=False)]
    if all(is_credit(source.sentence(n).text) for n in sentences):
        return None, [Problem(claim, (f"{name!r} stands in a photo credit",), again=False)]
    problems: list[Problem] = []
    party = FoundParty(name, (), claim.fields["kind"], None, None, sentences)
    role = claim.fields.get("role")
    if role and str(role).strip(". ").casefold() not in _FORMS_OF_ADDRESS:
        words, where = _role(source, str(role), places)
        if words is None:
            problems.append(_field(claim, "role", f"the text does not give {name!r} the role {role!r}"))
        else:
            party = replace(party, role=words, sentences=tuple(sorted({*party.sentences, where})))
    aliases: list[str] = []
    for alias in claim.fields.get("aliases") or ():
        bare = names.strip_titles(str(alias))
        if source.places(bare) and not (source.language == "en" and _unnamed(bare)):
            aliases.append(bare)
        else:
            problems.append(_field(claim, "aliases", f"the name {alias!r} is not in the text"))
    affiliation = claim.fields.get("affiliation")
    if affiliation and not source.places(str(affiliation)):
        problems.append(_field(claim, "affiliation", f"the name {affiliation!r} is not in the text"))
        affiliation = None
    return replace(party, aliases=tuple(aliases), affiliation=affiliation), problems


def _field(claim: Claim, field: str, reason: str) -> Problem:
    said = {"name": claim.fields.get("name"), field: claim.fields.get(field)}
    return Problem(Claim(claim.section, said, claim.sentences, claim.question), (reason,), again=False)


def _inside(source: Source, number: int, place: tuple[int, int]) -> bool:
    sentence = source.sentence(number)
    return sentence.start <= place[0] and place[1] <= sentence.end


def _unnamed(name: str) -> bool:
    """Whether a phrase describes somebody without naming anybody: no capital, or none at its head."""
    words = re.findall(r"[^\W\d_][\w'’.-]*", name)
    if (
        len(re.sub(r"[\W_]", "", name)) < _SHORTEST
        or not words
        or not any(word[0].isupper() or not word[0].islower() for word in words)
    ):
        return True
    head = words[-1].casefold()
    return head in _NEVER_NAMES or (words[-1].islower() and head not in _BODIES)


def _common_word(source: Source, name: str, places: list[tuple[int, int]]) -> bool:
    """Whether a single word has its capital only from the beginning of a sentence."""
    starts = {s.start for s in source.sentences}
    if len(name.split()) > 1 or not name[:1].isupper() or name.isupper():
        return False
    return all(start in starts for start, _ in places) and bool(
        re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", source.text)
    )


def _only_place(source: Source, places: list[tuple[int, int]]) -> bool:
    return all(_PLACE_BEFORE.search(source.text[max(0, start - 20) : start]) for start, _ in places)


def _role(source: Source, role: str, places: list[tuple[int, int]]) -> tuple[str | None, int]:
    """The role's words in the text, beside one of the names, and the sentence they stand in.

    Models like to complete a role: "top diplomat of Odran", where the text has "Odran's top diplomat".
    """
    for words in dict.fromkeys((role, role.partition(" of ")[0])):
        found, where = _beside(source, words, places)
        if found is not None:
            return found, where
    return None, 0


def _beside(source: Source, role: str, places: list[tuple[int, int]]) -> tuple[str | None, int]:
    for sentence in source.sentences:
        here = [p for p in places if sentence.start <= p[0] < sentence.end]
        if not here or not source.usable(sentence.number):
            continue
        spot = locate(source.text, role, within=(sentence.start, sentence.end))
        if spot is None or not sentence.start <= spot.start < sentence.end:
            continue
        for start, end in here:
            gap = source.text[spot.end : start] if spot.end <= start else source.text[end : spot.start]
            if (spot.end <= start or end <= spot.start) and len(gap.split()) <= _ROLE_GAP:
                return source.text[spot.start : spot.end], sentence.number
    return None, 0
