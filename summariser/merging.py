"""Findings from all over a document to one brief: one party for all its names, no item twice, stable ids. No model."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from summariser.grounding import names, stance, states
from summariser.grounding.claims import Roster
from summariser.grounding.items import Draft
from summariser.grounding.verdicts import worst
from summariser.grounding.words import content_words
from summariser_schemas import Attribution, Mention, Party, PartyRef, Quantity, Verdict, When

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from summariser.grounding.claims import Source
    from summariser.grounding.parties import FoundParty
    from summariser_schemas import Commitment, Outcome, PartyKind

__all__ = ["Lead", "fulfilments", "is_capital", "is_short_for", "merge_items", "merge_parties", "similarity"]

SAME_ACT = 0.7
"""Token F1 from which two phrases on one sentence name the same act."""
_CARRIED_OUT = 0.6
"""Token F1 from which what was done is what was to be done."""

_LEGAL_FORMS = frozenset(
    "corp corporation inc incorporated ltd limited co company plc llc lp ag gmbh se sa nv bv spa oyj ab asa kk".split()
)
_HEADS_ALONE = frozenset(
    "department ministry commission committee agency company bank council board court bureau".split()
)
"""What a text calls a body for short, with a capital: "the Department"."""
_AFFILIATION_GAP = 7
"""Words that may stand between a name and that of the party it acts for: "US Secretary of State for Trade Li Dan"."""
_LEAST_STEM = 4
"""Letters that a state's name and its adjective share at least: "China", "Chinese"."""
_ENDING = re.compile(r"[a-z]*")
_ACTS = re.compile(r"[;:]|\b(?:and|or|with|that|said|says|told|met|will|would|after|before|while|to)\b")
"""What stands between two names that belong to different clauses, or side by side."""
_LANDS = {"country", "government_body", "intergovernmental"}


def merge_parties(source: Source, found: Sequence[FoundParty]) -> list[Party]:
    """One party for all forms of its name, in the order of the text, with every place where it is mentioned."""
    pairs = {names.name_key(short): names.name_key(long) for long, short in names.acronym_pairs(source.text)}
    groups: list[list[FoundParty]] = []
    homes: dict[str, set[int]] = {}
    # The fullest names first, so that a short form meets the name it is short for.
    for party in sorted(found, key=lambda p: (-len(p.name.split()), -len(p.name), p.sentences)):
        key = names.name_key(party.name)
        handles = _handles(party, pairs)
        near = sorted({place for handle in handles for place in homes.get(handle, ())})
        exact = [n for n in near if any(names.name_key(o.name) == key for o in groups[n])]
        home = exact or [n for n in near if any(_same(party, other, pairs) for other in groups[n])]
        if len(home) > 1:
            # The one named before it: whoever writes "Tessa" has told which.
            named = [p for n in home for other in groups[n] for p in source.places(other.name)]
            own = [p for p in source.places(party.name) if not any(a <= p[0] and p[1] <= b for a, b in named)]
            home = [n for n in home if own and min(source.places(o.name)[0] for o in groups[n]) < own[0]]
        if len(home) == 1:
            place = home[0]
            groups[place].append(party)
        else:
            # A short form that fits several parties stands for none of them.
            place = len(groups)
            groups.append([party])
        for handle in handles:
            homes.setdefault(handle, set()).add(place)
    merged = _apart([_merged(source, group) for group in groups])
    merged.sort(key=lambda m: (m.places[0][0], m.name))
    parties = [_party(source, one, ref) for one, ref in zip(merged, _ids(merged), strict=True)]
    affiliations = {names.name_key(f.name): f.affiliation for f in found if f.affiliation}
    if not affiliations:
        return parties
    roster = Roster(parties)
    return [_affiliated(source, party, affiliations, roster) for party in parties]


class _Merged(NamedTuple):
    """The findings of one party, the name it goes by, all its names, and where they stand."""

    group: list[FoundParty]
    name: str
    forms: list[str]
    places: list[tuple[int, int]]


def _merged(source: Source, group: list[FoundParty]) -> _Merged:
    full = [p.name for p in group if not (p.kind == "person" and any(_carries_title(p.name, o.name) for o in group))]
    forms = list(dict.fromkeys(form for p in group for form in (p.name, *p.aliases)))
    places = _outermost(place for form in forms for place in source.places(form))
    return _Merged(group, max(full, key=lambda n: (_rank(n), len(n))), forms, places)


def _apart(merged: list[_Merged]) -> list[_Merged]:
    """Give each place to one party: "Tessa" within "Tessa Holdings" is no mention of Tessa."""
    taken = set(_outermost(place for one in merged for place in one.places))
    apart = [one._replace(places=[place for place in one.places if place in taken]) for one in merged]
    return [one for one in apart if one.places]


def _outermost(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places that lie in no other, in the order of the text."""
    outer: list[tuple[int, int]] = []
    for start, end in sorted(set(places), key=lambda place: (place[0], -place[1])):
        if not outer or end > outer[-1][1]:
            outer.append((start, end))
    return outer


def _handles(party: FoundParty, pairs: dict[str, str]) -> set[str]:
    """What parties that could be the same have in common: a word of the name, its initials, its state."""
    handles = {_letters(_initials(party.name)), _letters(party.name)}
    for name in (party.name, *party.aliases):
        key = names.name_key(name)
        land = states.land(key)
        handles |= {key, land, pairs.get(key, key), states.capital_of(key) or key, *key.split()}
    return {handle for handle in handles if handle}


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
    if len(_letters(party.name)) > 1 and _letters(_initials(other.name)) == _letters(party.name):
        return True
    if other.name.startswith(f"{party.name},"):
        return True
    rest = long.removeprefix(f"{short} ").split() if long.startswith(f"{short} ") else []
    if rest and (set(rest) <= _LEGAL_FORMS or ("and" in rest and rest[-1] in _LEGAL_FORMS)):
        return True
    if " " in short and long.endswith(f" {short}"):
        owner = long.removesuffix(f" {short}")
        if states.is_state(owner) or states.is_adjective(owner):
            return True  # "US State Department", "State Department"
    if (_MINISTRY.search(short) or _MINISTRY.search(long)) and _ministry(short) == _ministry(long):
        return True  # "State Department", "Department of State"
    if f" {short} of " in f" {long} " and " " in short and states.is_adjective(long.split()[0]):
        return True  # "Italian Supreme Court of Cassation", "Supreme Court"
    if short in _HEADS_ALONE and short in long.split():
        return True  # "the Department"
    if {states.land(long), states.land(short)} == {"korea", "south korea"}:
        return True
    if states.land(long) == states.land(short) and {party.kind, other.kind} <= _LANDS:
        return True
    if not {party.kind, other.kind} <= _LANDS:
        return False
    return states.capital_of(short) == states.land(long) or states.capital_of(long) == states.land(short)


_MINISTRY = re.compile(r"(?:^|.* )(?P<field>[a-z]+) (?P<head>department|ministry)$")


def _ministry(key: str) -> str:
    """A ministry's key as "department of state", whichever way it is written."""
    key = " ".join(word for word in key.split() if word != "the")
    written = _MINISTRY.match(key)
    return f"{written['head']} of {written['field']}" if written else key


def is_short_for(short: str, long: str) -> bool:
    """Whether a name is another without its legal form, its end, its acronym or its head: "Tessa" for "Tessa AG"."""
    one, two = names.name_key(short), names.name_key(long)
    rest = two.removeprefix(one).split() if two.startswith(one) else []
    if sum(map(str.isupper, short)) > 1 and names.abbreviates(short, long.split()):
        return True
    return all(word in _LEGAL_FORMS for word in rest) or two.endswith(f" {one}") or one in _HEADS_ALONE


def is_capital(name: str, state: str) -> bool:
    """Whether a name is that of the capital that stands for a state: "Beijing" for "People's Republic of China"."""
    return states.capital_of(names.name_key(name)) == states.land(names.name_key(state))


_NAME_WORD = re.compile(r"[^\W\d_]\w*")


def _letters(name: str) -> str:
    return name.replace(".", "").replace(" ", "")


def _initials(name: str) -> str:
    return "".join(word[0] for word in _NAME_WORD.findall(name) if word[0].isupper())


def _party(source: Source, merged: _Merged, ref: str) -> Party:
    group, name, forms, places = merged
    kinds: list[PartyKind] = [p.kind for p in sorted(group, key=lambda p: p.sentences)]
    kind = max(kinds, key=kinds.count)
    role = min((p for p in group if p.role), key=lambda p: (-len(p.name), p.sentences), default=None)
    verdicts = {
        **next(p.verdicts for p in group if p.name == name),
        "kind": next(p.verdicts["kind"] for p in group if p.kind == kind),
    }
    if role is not None:
        verdicts["role"] = role.verdicts["role"]
    if len(forms) > 1:
        verdicts["aliases"] = worst([v for p in group for f, v in p.verdicts.items() if f in ("name", "aliases")])
    first = min(s for p in group if p.name == name for s in p.sentences)
    proof = {first} | ({_role_sentence(source, role.role, role.sentences)} if role is not None and role.role else set())
    key = names.name_key(name)
    return Party(
        id=ref,
        evidence=source.evidence(proof),
        name=name,
        aliases=sorted({f for f in forms if names.name_key(f) != key}, key=lambda f: (source.text.find(f), f)),
        kind=kind,
        verdicts={name: verdicts[name] for name in _FIELDS if name in verdicts},
        role=role.role if role else None,
        mentions=[Mention(start=a, end=b, text=source.text[a:b]) for a, b in places],
    )


_FIELDS = tuple(Party.model_fields)


def _rank(name: str) -> int:
    """The name of a state before that of its government, and both before its capital."""
    key = names.name_key(name)
    return 0 if states.capital_of(key) else 1 if key.endswith(" government") else 2


def _carries_title(name: str, other: str) -> bool:
    return len(other.split()) > 1 and name != other and name.endswith(f" {other}")


def _role_sentence(source: Source, role: str, sentences: Sequence[int]) -> int:
    return next((n for n in sentences if role in source.sentence(n).text), sentences[0])


def _ids(merged: Sequence[_Merged]) -> list[str]:
    ids: list[str] = []
    for one in merged:
        slug = names.name_key(one.name).replace(" ", "-") or "party"
        forms = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(merged) + 2))
        ids.append(next(form for form in forms if form not in ids))
    return ids


def _affiliated(source: Source, party: Party, claimed: dict[str, str], roster: Roster) -> Party:
    """Keep an affiliation that is a party of the brief and stands in a sentence with this one."""
    said = next((a for form in (party.name, *party.aliases) if (a := claimed.get(names.name_key(form)))), None)
    target = roster.find(said) if said else None
    if target is None and said and (state := states.state_of_adjective(names.name_key(said.split()[0]))) is not None:
        target = roster.find(state)  # "the Odranian military", where that is no party itself
    if target is None or target.id == party.id:
        return party
    if party.kind != "person" and (own := _in_name(party.name, target)) is not None:
        return _acting_for(party, target, f"{own!r} in the name", said)
    for start, end in ((m.start, m.end) for m in party.mentions):
        sentence = source.sentence_at(start)
        if sentence is not None:
            adjective = _adjective(source.text[max(sentence.start, start - 80) : start], target)
            ends = [(start - len(adjective), start)] if adjective and not _does(adjective) else []
            for left, right in (*roster.mentions(target, sentence.start, sentence.end), *ends):
                between = source.text[right:start] if right <= start else source.text[end:left]
                if len(between.split()) <= _AFFILIATION_GAP and not _ACTS.search(between) and not _does(between):
                    return _acting_for(party, target, repr(source.text[min(left, start) : max(right, end)]), said)
    return party


def _does(between: str) -> bool:
    """Whether one of two parties does something to the other: "Odran arrested Li Dan"; being, leading and serving join them."""
    return not _HOLDING_OFFICE.issuperset(stance.verbs_of(between.split()))


_HOLDING_OFFICE = frozenset(
    "is are was were be been has had served serving lead leads led leading head heads headed heading chair chairs chaired "
    "appointed elected named became become representing represented based run running did ordered acting outgoing ousted "
    "deposed exiled retired".split()
)


def _acting_for(party: Party, target: Party, basis: str, said: str | None) -> Party:
    same = said is None or names.name_key(said) in {names.name_key(f) for f in (target.name, *target.aliases)}
    verdict = Verdict(verdict="derived", basis=basis, said=None if same else said)
    verdicts = {**party.verdicts, "affiliation": verdict}
    order = {name: verdicts[name] for name in _FIELDS if name in verdicts}
    return party.model_copy(update={"affiliation": PartyRef(target.id), "verdicts": order})


def _in_name(name: str, target: Party) -> str | None:
    """The part of a body's name that is its state's or its owner's: "Kenya Police", "Malaysian navy"."""
    first = name.split()[0]
    for form in (target.name, *target.aliases):
        stem = form[: max(_LEAST_STEM, len(form) - 1)]
        one_word = len(form) > _LEAST_STEM and " " not in form
        land = one_word and first.startswith(stem) and _ENDING.fullmatch(first, len(stem))
        if names.name_key(first) == names.name_key(form) or land or _same_state(first, form):
            return first
    return None


def _same_state(one: str, other: str) -> bool:
    """Whether two names are of one state: "U.S.", "United States"."""
    key = names.name_key(one)
    return states.is_state(key) and states.land(key) == states.land(names.name_key(other))


def _adjective(before: str, target: Party) -> str | None:
    """The title before a name from an adjective of the party's on: "Chinese President " for China."""
    for form in (target.name, *target.aliases):
        stem = form[: max(_LEAST_STEM, len(form) - 1)]
        if len(form) <= _LEAST_STEM or " " in form or stem not in before:
            continue
        match = re.search(rf"\b{re.escape(stem)}[a-z]*\s+(?:[\w'’-]+\s+){{1,5}}$", before)
        if match is not None:
            return match[0]
    return None


def similarity(one: str, other: str, *, language: str | None = None) -> float:
    """Token F1 of the content words of two phrases."""
    left, right = content_words(one, language=language), content_words(other, language=language)
    if set(left).isdisjoint(right):
        return 0.0
    both = (Counter(left) & Counter(right)).total()
    return 2 * both / (len(left) + len(right))


class Lead(NamedTuple):
    """The fields by which two items of a section are known as the same: the phrase, and the number where they have one."""

    prose: str
    number: str | None


def merge_items(drafts: Iterable[Draft], leads: Mapping[str, Lead]) -> list[Draft]:
    """Drop what is said twice: the same number from the same span, the same act on the same sentence or told again.

    The fuller of two is kept, with the evidence of both. The result does
    not depend on the order in which the drafts come.
    """
    ordered = sorted(drafts, key=lambda d: _order(d, leads))
    kept: dict[int, Draft] = {}
    homes: dict[object, set[int]] = {}
    rare = _Rarity(ordered, leads)
    for number, draft in enumerate(ordered):
        # The evidence of two may meet a third.
        while True:
            handles = list(rare.handles(draft))
            near = sorted({n for handle in handles for n in homes.get(handle, ()) if n in kept})
            twin = next((n for n in near if _twice(draft, kept[n], leads)), None)
            if twin is None:
                break
            draft = _fuller(draft, kept.pop(twin))
        kept[number] = draft
        for handle in handles:
            homes.setdefault(handle, set()).add(number)
    if len(kept) == len(ordered):
        return ordered
    return sorted(kept.values(), key=lambda d: _order(d, leads))


def _order(draft: Draft, leads: Mapping[str, Lead]) -> tuple[Any, ...]:
    quantity = _quantity(draft, leads)
    return (
        min(draft.sentences),
        draft.section,
        quantity.start if quantity else 0,
        str(draft.fields[leads[draft.section].prose]),
    )


class _Rarity:
    """What drafts that say the same must share: a sentence, or one of their rarer words.

    Two phrases that are alike share more than half of the words of either (`SAME_ACT`), hence one of the rarer half and a
    word more: looking only there keeps the work in proportion to the number of drafts.
    """

    def __init__(self, drafts: Sequence[Draft], leads: Mapping[str, Lead]) -> None:
        self.leads = leads
        self.count = Counter(word for draft in drafts for word in set(self._words(draft)))

    def _words(self, draft: Draft) -> list[str]:
        return content_words(str(draft.fields.get(self.leads[draft.section].prose, "")))

    def handles(self, draft: Draft) -> Iterator[object]:
        if _quantity(draft, self.leads) is None:
            words = sorted(set(self._words(draft)), key=lambda word: (self.count[word], word))
            for word in words[: len(words) // 2 + 1]:
                yield draft.section, word
        for sentence in draft.sentences:
            yield draft.section, sentence


def _twice(draft: Draft, other: Draft, leads: Mapping[str, Lead]) -> bool:
    if draft.section != other.section:
        return False
    ours, theirs = _quantity(draft, leads), _quantity(other, leads)
    if ours is not None and theirs is not None:
        return (ours.start, ours.end) == (theirs.start, theirs.end)
    name = leads[draft.section].prose
    one, two = str(draft.fields.get(name, "")), str(other.fields.get(name, ""))
    close = similarity(one, two) >= SAME_ACT
    if not set(draft.sentences) & set(other.sentences):
        return close and _agree(draft, other, name)
    # "Li Dan left the board" and "left the board in May", both by Li Dan.
    acting = set(
        content_words(" ".join(map(str, (*draft.fields.get("by", ()), *other.fields.get("by", ())))).replace("-", " "))
    )
    words, others = set(content_words(one)) - acting, set(content_words(two)) - acting
    return close or (bool(words) and (words <= others or others <= words))


_LEAST_WORDS = 3
"""Content words from which a phrase says enough to be known again elsewhere in a text."""
_DIGITS = re.compile(r"\d[\d.,]*")


def _agree(draft: Draft, other: Draft, prose: str) -> bool:
    """Whether two drafts on different sentences, in like words, can be one act: nothing that both say differs."""
    one, two = str(draft.fields.get(prose, "")), str(other.fields.get(prose, ""))
    if min(len(set(content_words(one))), len(set(content_words(two)))) < _LEAST_WORDS:
        return False
    if set(_DIGITS.findall(one)) != set(_DIGITS.findall(two)):
        return False
    return all(_fits(value, other.fields.get(n)) for n, value in draft.fields.items() if n != prose)


def _fits(one: Any, other: Any) -> bool:
    """Whether two values of a field can be of one act: one is missing, they overlap, or they are equal."""
    if one in (None, []) or other in (None, []):
        return True
    if isinstance(one, list) and isinstance(other, list):
        return bool(set(cast("list[str]", one)) & set(cast("list[str]", other)))
    if isinstance(one, Attribution):
        return True  # the same act may be told by several
    if isinstance(one, When) and isinstance(other, When):
        if None in (one.start, one.end, other.start, other.end):
            return one.text.casefold() == other.text.casefold()
        return _days(one)[0] <= _days(other)[1] and _days(other)[0] <= _days(one)[1]
    return bool(one == other)


def _quantity(draft: Draft, leads: Mapping[str, Lead]) -> Quantity | None:
    number = leads[draft.section].number
    return None if number is None else draft.fields.get(number)


def _days(when: When) -> tuple[date, date]:
    return cast("date", when.start), cast("date", when.end)


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


def fulfilments(outcomes: Sequence[Outcome], commitments: Sequence[Commitment]) -> list[Outcome]:
    """The outcomes, each with the commitment that it carries out: like words, no other actor, number or time, no "not"."""
    with_word: dict[str, list[int]] = {}
    words = [set(content_words(c.action)) for c in commitments]
    count = Counter(word for own in words for word in own)
    for place, own in enumerate(words):
        for word in sorted(own, key=lambda w: (count[w], w))[: len(own) // 2 + 1]:
            with_word.setdefault(word, []).append(place)
    linked: list[Outcome] = []
    for outcome in outcomes:
        near = {place for word in content_words(outcome.what) for place in with_word.get(word, ())}
        close = [(similarity(outcome.what, commitments[place].action), -place) for place in near]
        best = max(
            (c for c in close if c[0] >= _CARRIED_OUT and _carries_out(outcome, commitments[-c[1]])), default=None
        )
        linked.append(outcome if best is None else outcome.model_copy(update={"fulfils": commitments[-best[1]].id}))
    return linked


_NOT = re.compile(r"\b(?:not?|never)\b|n['’]t\b", re.IGNORECASE)


def _carries_out(outcome: Outcome, commitment: Commitment) -> bool:
    one, two = outcome.what, commitment.action
    if bool(_NOT.search(one)) != bool(_NOT.search(two)) or set(_DIGITS.findall(one)) != set(_DIGITS.findall(two)):
        return False
    if not _fits(outcome.by, commitment.by) or (
        not outcome.by and commitment.by and len(content_words(two)) < _LEAST_WORDS
    ):
        return False
    when, due = outcome.when, commitment.due
    return when is None or due is None or when.start is None or due.end is None or when.start <= due.end
