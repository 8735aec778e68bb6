"""Findings from all over a document to one brief: one party for all its names, no item twice, stable ids. No model."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from summariser.grounding import names
from summariser.grounding.claims import Roster
from summariser.grounding.items import Draft
from summariser.grounding.verdicts import worst
from summariser.grounding.words import content_words
from summariser_schemas import Mention, Party, PartyRef, Quantity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from summariser.grounding.claims import Source
    from summariser.grounding.parties import FoundParty
    from summariser_schemas import PartyKind

__all__ = ["is_capital", "merge_items", "merge_parties", "similarity"]

SAME_ACT = 0.7
"""Token F1 from which two phrases on one sentence name the same act."""

_LEGAL_FORMS = frozenset(
    "corp corporation inc incorporated ltd limited co company plc llc lp ag gmbh se sa nv bv spa oyj ab asa kk".split()
)
_STATE = re.compile(
    r"^(?:.*\b)?(?:republic|kingdom|state|federation|union|government|commonwealth) of (?:the )?(?P<land>.+)$", re.I
)
# Capitals that stand for their states. Only where the text names the state as well is the capital taken for it.
_CAPITALS = {
    "washington": "united states",
    "beijing": "china",
    "moscow": "russia",
    "london": "united kingdom",
    "paris": "france",
    "berlin": "germany",
    "rome": "italy",
    "madrid": "spain",
    "tokyo": "japan",
    "seoul": "south korea",
    "pyongyang": "north korea",
    "new delhi": "india",
    "delhi": "india",
    "islamabad": "pakistan",
    "tehran": "iran",
    "baghdad": "iraq",
    "ankara": "turkey",
    "kyiv": "ukraine",
    "kiev": "ukraine",
    "warsaw": "poland",
    "brussels": "european union",
    "ottawa": "canada",
    "canberra": "australia",
    "brasilia": "brazil",
    "riyadh": "saudi arabia",
    "cairo": "egypt",
    "jakarta": "indonesia",
    "manila": "philippines",
    "hanoi": "vietnam",
    "taipei": "taiwan",
    "havana": "cuba",
    "caracas": "venezuela",
    "pretoria": "south africa",
    "nairobi": "kenya",
}
_AFFILIATION_GAP = 7
"""Words that may stand between a name and that of the party it acts for: "US Secretary of State for Trade Li Dan"."""
_LEAST_STEM = 4
"""Letters that a state's name and its adjective share at least: "China", "Chinese"."""
_ACTS = re.compile(r"[;:]|\b(?:and|or|with|that|said|says|told|met|will|would|after|before|while|to)\b")
"""What stands between two names that belong to different clauses, or side by side."""
_STATE_KINDS = {"country", "government_body"}


def merge_parties(source: Source, found: Sequence[FoundParty]) -> list[Party]:
    """One party for all forms of its name, in the order of the text, with every place where it is mentioned."""
    pairs = {names.name_key(short): names.name_key(long) for long, short in names.acronym_pairs(source.text)}
    groups: list[list[FoundParty]] = []
    # The fullest names first, so that a short form meets the name it is short for.
    for party in sorted(found, key=lambda p: (-len(p.name.split()), -len(p.name), p.sentences)):
        exact = [g for g in groups if any(names.name_key(o.name) == names.name_key(party.name) for o in g)]
        home = exact or [g for g in groups if any(_same(party, other, pairs) for other in g)]
        if len(home) == 1:
            home[0].append(party)
        else:
            # A short form that fits several parties stands for none of them.
            groups.append([party])
    parties = _apart([_party(source, group) for group in groups])
    parties.sort(key=lambda p: (p.mentions[0].start, p.name))
    parties = _with_ids(parties)
    affiliations = {names.name_key(f.name): f.affiliation for f in found if f.affiliation}
    return [_affiliated(source, party, affiliations, Roster(parties)) for party in parties]


def _apart(parties: list[Party]) -> list[Party]:
    """Give each place to one party: "Tessa" within "Tessa Holdings" is no mention of Tessa."""
    taken = [(m.start, m.end) for party in parties for m in party.mentions]
    kept: list[Party] = []
    for party in parties:
        own = [
            m
            for m in party.mentions
            if not any(a <= m.start and m.end <= b and b - a > m.end - m.start for a, b in taken)
        ]
        if own:
            kept.append(party.model_copy(update={"mentions": own}))
    return kept


def _same(party: FoundParty, other: FoundParty, pairs: dict[str, str]) -> bool:
    ours = {names.name_key(n) for n in (party.name, *party.aliases)}
    theirs = {names.name_key(n) for n in (other.name, *other.aliases)}
    if ours & theirs:
        return True
    short, long = names.name_key(party.name), names.name_key(other.name)
    if pairs.get(short) == long or pairs.get(long) == short:
        return True
    if "person" in (party.kind, other.kind):
        parts, own = long.split(), short.split()
        if party.kind == other.kind and len(own) > 1:
            return parts[-len(own) :] == own  # the longer one carries a title
        return len(own) == 1 and len(parts) > 1 and short in parts and other.kind == "person"
    if _initials(other.name) == party.name.replace(".", "").replace(" ", ""):
        return True
    if other.name.startswith(f"{party.name},"):
        return True
    rest = long.removeprefix(short)
    if rest != long and rest.split() and all(w in _LEGAL_FORMS for w in rest.split()):
        return True
    if _land(long) == _land(short):
        return True
    capital = _CAPITALS.get(short)
    if capital is None or party.kind not in _STATE_KINDS or other.kind not in _STATE_KINDS:
        return False
    return capital == _land(long)


def is_capital(name: str, state: str) -> bool:
    """Whether a name is that of the capital that stands for a state: "Beijing" for "People's Republic of China"."""
    return _CAPITALS.get(names.name_key(name)) == _land(names.name_key(state))


def _land(key: str) -> str:
    """The short name of a state: "government of the people's republic of china" is "china"."""
    while (match := _STATE.match(key)) is not None:
        key = match["land"]
    return key.removesuffix(" of america")


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.findall(r"[^\W\d_]\w*", name) if word[0].isupper())


def _party(source: Source, group: Sequence[FoundParty]) -> Party:
    full = [p.name for p in group if not (p.kind == "person" and any(_carries_title(p.name, o.name) for o in group))]
    name = max(full, key=lambda n: (names.name_key(n) not in _CAPITALS, len(n)))
    forms = dict.fromkeys(form for p in group for form in (p.name, *p.aliases))
    places = sorted({place for form in forms for place in source.places(form)})
    outer = [p for p in places if not any(o != p and o[0] <= p[0] and p[1] <= o[1] for o in places)]
    kinds: list[PartyKind] = [p.kind for p in sorted(group, key=lambda p: p.sentences)]
    role = next((p for p in sorted(group, key=lambda p: (-len(p.name), p.sentences)) if p.role), None)
    named = next(p for p in group if p.name == name)
    verdicts = {**named.verdicts, "kind": _kind_verdict(group, kinds)}
    if role is not None:
        verdicts["role"] = role.verdicts["role"]
    if len(forms) > 1:
        verdicts["aliases"] = worst([v for p in group for f, v in p.verdicts.items() if f in ("name", "aliases")])
    first = min(s for p in group if p.name == name for s in p.sentences)
    proof = {first} | ({_role_sentence(source, role.role, role.sentences)} if role is not None and role.role else set())
    key = names.name_key(name)
    return Party(
        id="",
        evidence=source.evidence(proof),
        name=name,
        aliases=sorted({f for f in forms if names.name_key(f) != key}, key=lambda f: source.text.find(f)),
        kind=max(kinds, key=kinds.count),
        verdicts={name: verdicts[name] for name in Party.model_fields if name in verdicts},
        role=role.role if role else None,
        mentions=[Mention(start=a, end=b, text=source.text[a:b]) for a, b in outer],
    )


def _kind_verdict(group: Sequence[FoundParty], kinds: Sequence[PartyKind]) -> Verdict:
    chosen = max(kinds, key=kinds.count)
    return next(p.verdicts["kind"] for p in group if p.kind == chosen)


def _carries_title(name: str, other: str) -> bool:
    return len(other.split()) > 1 and name != other and name.endswith(f" {other}")


def _role_sentence(source: Source, role: str, sentences: Sequence[int]) -> int:
    return next((n for n in sentences if role in source.sentence(n).text), sentences[0])


def _with_ids(parties: Sequence[Party]) -> list[Party]:
    taken: set[str] = set()
    named: list[Party] = []
    for party in parties:
        slug = re.sub(r"[\W_]+", "-", names.name_key(party.name)).strip("-") or "party"
        unique = next(c for n in range(1, len(parties) + 2) if (c := slug if n == 1 else f"{slug}-{n}") not in taken)
        taken.add(unique)
        named.append(party.model_copy(update={"id": unique}))
    return named


def _affiliated(source: Source, party: Party, claimed: dict[str, str], roster: Roster) -> Party:
    """Keep an affiliation that is a party of the brief and stands in a sentence with this one."""
    said = next((a for form in (party.name, *party.aliases) if (a := claimed.get(names.name_key(form)))), None)
    target = roster.find(said) if said else None
    if target is None or target.id == party.id:
        return party
    if party.kind != "person" and (own := _in_name(party.name, target)) is not None:
        return _acting_for(party, target, f"{own!r} in the name", said)
    for sentence in source.sentences:
        for start, end in roster.mentions(party, sentence.start, sentence.end):
            adjective = _adjective(source.text[max(sentence.start, start - 80) : start], target)
            ends = [(start - len(adjective), start)] if adjective else []
            for left, right in (*roster.mentions(target, sentence.start, sentence.end), *ends):
                between = source.text[right:start] if right <= start else source.text[end:left]
                if len(between.split()) <= _AFFILIATION_GAP and not _ACTS.search(between):
                    return _acting_for(party, target, repr(source.text[min(left, start) : max(right, end)]), said)
    return party


def _acting_for(party: Party, target: Party, basis: str, said: str | None) -> Party:
    same = said is None or names.name_key(said) in {names.name_key(f) for f in (target.name, *target.aliases)}
    verdict = Verdict(verdict="derived", basis=basis, said=None if same else said)
    verdicts = {**party.verdicts, "affiliation": verdict}
    order = {name: verdicts[name] for name in Party.model_fields if name in verdicts}
    return party.model_copy(update={"affiliation": PartyRef(target.id), "verdicts": order})


def _in_name(name: str, target: Party) -> str | None:
    """The part of a body's name that is its state's or its owner's: "Kenya Police", "Malaysian navy"."""
    first = name.split()[0]
    for form in (target.name, *target.aliases):
        stem = form[: max(_LEAST_STEM, len(form) - 1)]
        land = len(form) > _LEAST_STEM and " " not in form and re.fullmatch(rf"{re.escape(stem)}[a-z]*", first)
        if names.name_key(first) == names.name_key(form) or land:
            return first
    return None


def _adjective(before: str, target: Party) -> str | None:
    """The title before a name from an adjective of the party's on: "Chinese President " for China."""
    for form in (target.name, *target.aliases):
        stem = form[: max(_LEAST_STEM, len(form) - 1)]
        match = re.search(rf"\b{re.escape(stem)}[a-z]*\s+(?:[\w'’-]+\s+){{1,5}}$", before)
        if match is not None and len(form) > _LEAST_STEM and " " not in form:
            return match[0]
    return None


def similarity(one: str, other: str, *, language: str | None = None) -> float:
    """Token F1 of the content words of two phrases."""
    left, right = (Counter(content_words(phrase, language=language)) for phrase in (one, other))
    both = sum((left & right).values())
    return 2 * both / (left.total() + right.total()) if both else 0.0


def merge_items(drafts: Iterable[Draft], prose: dict[str, str]) -> list[Draft]:
    """Drop what is said twice: the same number from the same span, the same act on the same sentence.

    ``prose`` names each section's free-text field. The fuller of two is kept, with the evidence of both.
    """
    kept = list(drafts)
    while True:
        before, kept = kept, _merged(kept, prose)
        # The evidence of two may meet a third.
        if len(kept) == len(before):
            return sorted(kept, key=lambda d: min(d.sentences))


def _merged(drafts: Iterable[Draft], prose: dict[str, str]) -> list[Draft]:
    kept: list[Draft] = []
    for draft in drafts:
        for index, other in enumerate(kept):
            if _twice(draft, other, prose):
                kept[index] = _fuller(draft, other)
                break
        else:
            kept.append(draft)
    return kept


def _twice(draft: Draft, other: Draft, prose: dict[str, str]) -> bool:
    if draft.section != other.section:
        return False
    ours, theirs = _quantity(draft.fields), _quantity(other.fields)
    if ours is not None and theirs is not None:
        return (ours.start, ours.end) == (theirs.start, theirs.end)
    name = prose[draft.section]
    one, two = str(draft.fields.get(name, "")), str(other.fields.get(name, ""))
    if not set(draft.sentences) & set(other.sentences):
        return False
    words, others = set(content_words(one)), set(content_words(two))
    return similarity(one, two) >= SAME_ACT or (bool(words) and (words <= others or others <= words))


def _quantity(fields: dict[str, Any]) -> Quantity | None:
    return next((value for value in fields.values() if isinstance(value, Quantity)), None)


def _fuller(one: Draft, other: Draft) -> Draft:
    def size(draft: Draft) -> tuple[int, int]:
        return len(draft.fields), sum(len(v) for v in draft.fields.values() if isinstance(v, str))

    best, rest = (one, other) if size(one) > size(other) else (other, one)
    return Draft(
        best.section,
        {**rest.fields, **best.fields},
        tuple(sorted({*one.sentences, *other.sentences})),
        {**rest.verdicts, **best.verdicts},
    )
