"""Are the named actors there, and are they actors?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast, get_args

from summariser.grounding import names, states
from summariser.grounding.claims import Claim, Problem
from summariser.grounding.locating import folded, normalised
from summariser.grounding.verdicts import BY_CHOICE, EXACT, Policy, worst
from summariser.sentences import is_credit
from summariser_schemas import PartyKind, Verdict, VerdictName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summariser.grounding.claims import Source
    from summariser.grounding.verdicts import Action

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
_CAPITALISED = frozenset("en fr es it pt nl de da no sv fi pl cs sk hu ro tr ru uk bg el".split())
"""Languages whose names have capitals: a single word without one names nobody."""
_ROMANCE = frozenset("fr es it pt".split())
_ROMANCE_ARTICLES = frozenset("le la les un une des el los las una unos unas il lo gli i uno o a os as um uma".split())
# Heads of names without a capital: "armée française", "gobierno de Chile".
_ROMANCE_BODIES = frozenset(
    "armée gouvernement police parlement ministère marine forces force garde conseil commission tribunal cour assemblée sénat "
    "parti syndicat union gobierno ejército policía parlamento ministerio fuerzas armada guardia consejo comisión corte "
    "asamblea senado partido sindicato governo esercito polizia ministero forze exército polícia forças ministério".split()
)
_FORMS_OF_ADDRESS = frozenset("mr mrs ms miss sir dr lord lady herr frau monsieur madame señor señora".split())
_PLACE_BEFORE = re.compile(
    r"\b(?:(?:in|at|near|outside|around|across|throughout|off)|(?:c[ao]me|comes|travel\w*|went|go|goes|going|trip|visit\w*|flight|flew|"
    r"arriv\w+|return\w*|moved?|born|based|lives?|living|located|situated)\s+(?:\w+\s+)?(?:to|from|in)|"
    r"(?:in|at|near|from|of|to)\s+(?P<town>(?-i:[A-Z])[\w'’-]+(?:\s+(?-i:[A-Z])[\w'’-]+)?),(?!\s+the\b))\s+(?:the\s+|(?:north|south|east|west)ern\s+)?$",
    re.I,
)
_LISTED_PLACE = re.compile(
    r"\bin\s+(?:(?:\w+\s+)?(?:countries|states|nations|cities|provinces|regions|places),?\s+(?:including|such as|like)\s+)?"
    r"(?:(?:the\s+)?[A-Z][\w.'’-]*(?:\s+(?:and\s+)?[A-Z][\w.'’-]*)*,\s+)*(?:and\s+|or\s+)?(?:the\s+)?$"
)
"""A list of places up to the next of them: "in Selane, Odran, and "."""
_ACTING = re.compile(
    r"\s+(?:(?:also|then|\w+ly)\s+)?(?:has|have|had|will|would|[a-z]+ed|s(?:aid|ays|ees|aw|ent|old)|m(?:et|ade)|won|lost|led|took|began)\b"
)
"""What follows a name that is the subject although a place stands before it: "In Selane, Tessa closed its docks"."""
_OFFICES = frozenset("municipality ministry department government council court commission committee".split())
_PLACE_SPAN = 240


@dataclass(frozen=True, slots=True)
class FoundParty:
    """An actor that holds, not yet merged with the others. ``sentences`` name it; affiliation is still a name."""

    name: str
    aliases: tuple[str, ...]
    kind: PartyKind
    role: str | None
    affiliation: str | None
    sentences: tuple[int, ...]
    verdicts: dict[str, Verdict] = field(default_factory=dict)


def ground_parties(source: Source, claims: Iterable[Claim], policy: Policy) -> tuple[list[FoundParty], list[Problem]]:
    """Look up every claimed party; what does not hold comes back as problems.

    Raises:
        GroundingError: something does not hold, and the policy says to fail.
    """
    found: list[FoundParty] = []
    problems: list[Problem] = []
    claims = list(claims)
    claimed = {names.name_key(names.strip_titles(str(claim.fields.get("name", "")))) for claim in claims}
    for claim in claims:
        party, wrong = _Party(source, claim, policy, claimed).ground()
        if party is not None:
            found.append(party)
        problems += wrong
    return found, problems


class _Party:
    """One claim of a party, held against the text."""

    def __init__(self, source: Source, claim: Claim, policy: Policy, claimed: set[str]) -> None:
        self.source = source
        self.claim = claim
        self.policy = policy
        self.claimed = claimed
        self.problems: list[Problem] = []
        self.verdicts: dict[str, Verdict] = {}

    def ground(self) -> tuple[FoundParty | None, list[Problem]]:
        source, claim = self.source, self.claim
        spoken = str(claim.fields.get("name", "")).strip()
        name = names.strip_titles(spoken)
        common = name.isalpha() and name.islower() and source.language in _CAPITALISED
        described = (source.language in _ROMANCE and _only_described(name)) or (
            source.language != "en" and _is_phrase(name, source.language)
        )
        unnamed = source.language == "en" and (_unnamed(name) or _only_crowned(name, source.text))
        if common or described or unnamed:
            return None, [Problem(claim, (f"{spoken!r} names no actor",), again=False)]
        places = source.places(name)
        if places and _common_word(source, name, places):
            return None, [Problem(claim, (f"{spoken!r} is a common word",), again=False)]
        if not places:
            reason = f"the name {spoken!r} is not in the text"
            action = self._act("absent", reason)
            return None, [Problem(claim, (reason,), again=action in ("ask", "flag"))]
        sentences = (
            tuple(n for n in claim.sentences if source.usable(n) and any(_inside(source, n, place) for place in places))
            or tuple(s.number for start, _ in places if (s := source.sentence_at(start)) is not None)[:1]
        )
        if source.language == "en" and claim.fields.get("kind") != "person" and _only_place(source, places):
            return None, [Problem(claim, (f"{name!r} is named only as a place",), again=False)]
        if all(is_credit(source.sentence(n).text) for n in sentences):
            return None, [Problem(claim, (f"{name!r} stands in a photo credit",), again=False)]
        self.verdicts["name"] = _as_written(source, name, places, spoken)
        role, where = self._role(name, places)
        if where:
            sentences = tuple(sorted({*sentences, where}))
        aliases = self._aliases(name)
        affiliation = self._affiliation()
        kind = self._kind(name, places)
        if kind is None:
            return None, self.problems
        return FoundParty(name, aliases, kind, role, affiliation, sentences, self.verdicts), self.problems

    def _act(self, verdict: VerdictName, reason: str, basis: str | None = None) -> Action:
        return self.policy.action(verdict, section=self.claim.section, reason=reason, basis=basis)

    def _stays(self, name: str, verdict: Verdict, reason: str = "") -> bool:
        """Whether the policy leaves a field in the brief; what it does not is a problem."""
        action = self._act(verdict.verdict, reason or name, verdict.basis)
        if action in ("keep", "flag"):
            known = [self.verdicts[name]] if name in self.verdicts else []
            marked = verdict.model_copy(update={"flagged": True}) if action == "flag" else verdict
            self.verdicts[name] = worst([*known, marked])
            return True
        said = {"name": self.claim.fields.get("name"), name: self.claim.fields.get(name)}
        partial = Claim(self.claim.section, said, self.claim.sentences, self.claim.question)
        self.problems.append(Problem(partial, (reason or f"{verdict.verdict}: {verdict.basis}",), again=False))
        return False

    def _role(self, name: str, places: list[tuple[int, int]]) -> tuple[str | None, int]:
        role = str(self.claim.fields.get("role") or "").strip()
        if not role or role.strip(". ").casefold() in _FORMS_OF_ADDRESS:
            return None, 0
        words, where = _role_of(self.source, role, places)
        if words is None:
            reason = f"the text does not give {name!r} the role {role!r}"
            return (role, 0) if self._stays("role", Verdict(verdict="absent", said=role), reason) else (None, 0)
        alike = words.casefold() == role.casefold()
        verdict = Verdict(
            verdict="exact" if words == role else "normalised" if alike else "derived",
            basis=None if alike else f"{words!r} beside the name",
            said=None if words == role else role,
        )
        return (words, where) if self._stays("role", verdict) else (None, 0)

    def _aliases(self, name: str) -> tuple[str, ...]:
        kept: list[str] = []
        for alias in cast("Iterable[Any]", self.claim.fields.get("aliases") or ()):
            bare = names.strip_titles(str(alias))
            places = self.source.places(bare)
            if not places or (self.source.language == "en" and _unnamed(bare)):
                verdict, reason = Verdict(verdict="absent", said=bare), f"the name {alias!r} is not in the text"
            elif names.name_key(bare) in self.claimed - {names.name_key(name)} and not _shares_word(bare, name):
                reason = f"{bare!r} is a party of its own"
                verdict = Verdict(verdict="contradicted", basis=reason, said=bare)
            else:
                verdict, reason = _as_written(self.source, bare, places, bare), ""
            if self._stays("aliases", verdict, reason) and places:
                kept.append(bare)
        return tuple(kept)

    def _affiliation(self) -> str | None:
        """The name of what the party acts for; whether it does is seen when all parties are known."""
        said = str(self.claim.fields.get("affiliation") or "").strip()
        if not said or self.source.places(said):
            return said or None
        self._stays("affiliation", Verdict(verdict="absent", said=said), f"the name {said!r} is not in the text")
        self.verdicts.pop("affiliation", None)
        return None

    def _kind(self, name: str, places: list[tuple[int, int]]) -> PartyKind | None:
        """The kind that the words show, else the one that the model chose."""
        chosen = self.claim.fields.get("kind")
        shown = kind_shown(self.source, name, places)
        if shown is not None:
            kind, basis = shown
            verdict = Verdict(verdict="derived", basis=basis, said=None if kind == chosen else str(chosen))
            return kind if self._stays("kind", verdict) else None
        if chosen not in _KINDS:
            self.problems.append(Problem(self.claim, (f"{chosen!r} is no kind of party",)))
            return None
        return cast("PartyKind", chosen) if self._stays("kind", BY_CHOICE) else None


_KINDS = get_args(PartyKind)
_HEADS: dict[PartyKind, frozenset[str]] = {
    "company": frozenset("co corp corporation inc incorporated ltd limited plc llc ag gmbh airlines airways".split()),
    "government_body": frozenset(
        "ministry department treasury parliament senate congress court police army navy directorate tribunal cabinet "
        "ministerium ministère ministerio gericht tribunal".split()
    ),
    "organisation": frozenset("university foundation institute federation church college association".split()),
    "intergovernmental": frozenset(),
    "country": frozenset(),
    "group": frozenset(),
    "person": frozenset(),
}
_EVERY_HEAD = frozenset().union(*_HEADS.values())
_BETWEEN_STATES = frozenset(
    "united nations|un|u n|european union|eu|nato|north atlantic treaty organization|world bank|world trade organization|wto|"
    "international monetary fund|imf|african union|opec|asean|oecd|arab league|world health organization|who|"
    "united nations security council|un security council|european commission|unesco|unicef|world food programme|wfp|"
    "united nations development programme|undp|united nations environment programme|unep|unhcr|iaea|osce|interpol|"
    "international atomic energy agency|international criminal court|icc|international court of justice|icj|g7|g8|g20|brics|"
    "organization of american states|gulf cooperation council|council of europe|united nations general assembly|"
    "international labour organization|ilo|international organization for migration|iom".split("|")
)
_PERSONS_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Herr|Frau|Monsieur|Madame|Señor|Señora|President|Senator|Judge|Justice|Professor)\.?\s+$"
)


def is_between_states(key: str) -> bool:
    """Whether a name, by its key, is that of a body of several states."""
    return key in _BETWEEN_STATES


def kind_shown(source: Source, name: str, places: list[tuple[int, int]]) -> tuple[PartyKind, str] | None:
    """The kind of actor that the name's own words or a title before it show, and by which words; None where none does."""
    key = names.name_key(name)
    if is_between_states(key):
        return "intergovernmental", f"the name {name!r}"
    if states.is_state(key):
        return "country", f"the name {name!r}"
    words = key.split()
    for kind, heads in _HEADS.items() if not _EVERY_HEAD.isdisjoint(words) else ():
        if words[-1] in heads or (len(words) > 2 and words[0] in heads and words[1] in ("of", "de", "für")):
            head = words[-1] if words[-1] in heads else words[0]
            return kind, f"{head!r} in the name"
    for start, _ in places if len(words) <= 4 else ():
        title = _PERSONS_TITLE.search(source.text[max(0, start - 14) : start])
        if title is not None:
            return "person", f"the title {title[0].strip()!r}"
    return None


def _as_written(source: Source, name: str, places: list[tuple[int, int]], said: str) -> Verdict:
    verbatim = name in [source.text[a:b] for a, b in places]
    if verbatim and said == name:
        return EXACT
    return Verdict(verdict="exact" if verbatim else "normalised", said=None if said == name else said)


def _shares_word(one: str, other: str) -> bool:
    ours, theirs = set(names.name_key(one).split()), set(names.name_key(other).split())
    return bool(ours & theirs)


def _inside(source: Source, number: int, place: tuple[int, int]) -> bool:
    sentence = source.sentence(number)
    return sentence.start <= place[0] and place[1] <= sentence.end


_PREFIXED = re.compile(r"(?:then|pro|anti|non|ex|mid|post|pre)-")
_NAME_WORDS = re.compile(r"[^\W\d_][\w'’.-]*")
_NO_LETTER = re.compile(r"[\W_]")


def _unnamed(name: str) -> bool:
    """Whether a phrase describes somebody without naming anybody: no capital, or none at its head."""
    if _PREFIXED.match(name):
        return True  # "then-U.S. Secretary"
    words = _NAME_WORDS.findall(name)
    if (
        len(_NO_LETTER.sub("", name)) < _SHORTEST
        or not words
        or not any(word != word.lower() or not word[0].islower() for word in words)
    ):
        return True
    head = words[-1].casefold()
    low = {word.casefold() for word in words}
    if low <= _OF_OFFICES and not low.isdisjoint(_OFFICE_HEADS):
        return True
    if " ".join(words).casefold() in _MEASURES or (len(words) > 1 and head in _DAYS):
        return True
    return head in _NEVER_NAMES or (words[-1].islower() and head not in _BODIES)


_OFFICE_HEADS = frozenset(
    "queen majesty highness excellency holiness secretary minister chancellor president premier ambassador governor mayor "
    "chairman chairwoman spokesman spokeswoman spokesperson".split()
)
_OF_OFFICES = _OFFICE_HEADS | frozenset(
    "his her your their the royal foreign home prime deputy vice general of state defence defense interior press permanent "
    "acting first lord high king emperor".split()
)
"""Words of an office or of a form of address, which names nobody: "Foreign Secretary", "His Majesty"."""
_MEASURES = frozenset("gdp gnp cpi ppi vat ipo ceo cfo coo ai iq dna hiv aids covid covid-19 lng co2 gps usb".split())
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
"""What named days end in: "Black Friday"."""


def _only_crowned(name: str, text: str) -> bool:
    """Whether "King" is a title that stands alone, and nobody's surname in the text."""
    if name.casefold() not in {"king", "prince", "princess", "emperor"}:
        return False
    return re.search(rf"\b(?!Majesty|Highness|The|His|Her|Their)[A-Z]\w+ {name}\b", text) is None


def _only_described(name: str) -> bool:
    """Whether a phrase of a Romance language names nobody: no capital but that of an article, and no body at its head."""
    words = name.replace("’", "'").removeprefix("l'").removeprefix("L'").split()
    while words and words[0].casefold() in _ROMANCE_ARTICLES:
        words = words[1:]
    return not words or (all(word == word.casefold() for word in words) and words[0] not in _ROMANCE_BODIES)


_OWNERS = frozenset(
    """su sus mi mis tu tus nuestro nuestra nuestros nuestras son sa ses mon ma mes notre nos votre vos leur leurs suo sua suoi
    sue mio mia nostro nostra seu seus sua suas meu minha nosso nossa mein meine sein seine ihr ihre unser
    unsere euer eure""".split()
)


def _is_phrase(name: str, language: str) -> bool:
    """Whether a small model took a piece of a sentence for a name, in a language other than English: it begins with an owner
    ("Nuestro amor por Selane"), lists several, or in German begins or ends without a capital.
    """
    words = name.split()
    if not words:
        return False
    german = language == "de" and (words[0][0].islower() or words[-1][0].islower())
    return german or words[0].casefold() in _OWNERS or ", " in name or "; " in name


def _common_word(source: Source, name: str, places: list[tuple[int, int]]) -> bool:
    """Whether a single word has its capital only from the beginning of a sentence."""
    if len(name.split()) > 1 or not name[:1].isupper() or name.isupper():
        return False
    opening = [s.start for start, _ in places if (s := source.sentence_at(start)) is not None]
    return [start for start, _ in places] == opening and names.is_worded(source.text, name.lower())


def _only_place(source: Source, places: list[tuple[int, int]]) -> bool:
    first, _, rest = source.text[slice(*places[0])].partition(" ") if places else ("", "", "")
    if first.casefold() in _OFFICES and rest.startswith(("of ", "for ")):
        return False  # "requests from the Municipality of Selane"
    return all(
        _as_place(source.text[max(0, start - _PLACE_SPAN) : start])
        and not (source.text[:start].endswith(", ") and _ACTING.match(source.text, end))
        for start, end in places
    )


_LEADS = (*"in at near outside around across throughout off to from including as like".split(), ",")
"""What the words before a place end in, but for `_LINKS`."""
_LINKS = frozenset("the and or northern southern eastern western".split())


def _as_place(before: str) -> bool:
    """Whether a name behind these words is where something is: "in Selane", "of Selane,"; not one more in a list of states."""
    lead = next((word for word in reversed(before.lower().rsplit(maxsplit=4)) if word not in _LINKS), "")
    if not lead.endswith(_LEADS):
        return False
    if _LISTED_PLACE.search(before):
        return True
    found = _PLACE_BEFORE.search(before)
    return found is not None and not (found["town"] and states.is_state(names.name_key(found["town"])))


def _role_of(source: Source, role: str, places: list[tuple[int, int]]) -> tuple[str | None, int]:
    """The role's words in the text, beside one of the names, and the sentence they stand in.

    Models like to complete a role: "top diplomat of Odran", where the text has "Odran's top diplomat".
    """
    for words in dict.fromkeys((role, role.partition(" of ")[0])):
        found, where = _beside(source, words, places)
        if found is not None:
            return found, where
    return None, 0


def _beside(source: Source, role: str, places: list[tuple[int, int]]) -> tuple[str | None, int]:
    numbers = dict.fromkeys(s.number for start, _ in places if (s := source.sentence_at(start)) is not None)
    for sentence in map(source.sentence, numbers):
        here = [p for p in places if sentence.start <= p[0] < sentence.end]
        if not source.usable(sentence.number):
            continue
        wanted = folded(role).strip(" ,;:.")
        for first, last in normalised(sentence.text).occurrences(wanted) if wanted else ():
            left, right = sentence.start + first, sentence.start + last
            for start, end in here:
                before = right <= start
                gap = source.text[right:start] if before else source.text[end:left]
                if (before or end <= left) and _belongs(gap, before=before):
                    lesser = _LESSER.search(source.text[sentence.start : left])
                    left = left if lesser is None else sentence.start + lesser.start(1)
                    return source.text[left:right], sentence.number
    return None, 0


_LESSER = re.compile(
    r"(?<!\w)((?:former|ex|deputy|vice|acting|assistant|late|outgoing|interim|then)[\s-]+)$", re.IGNORECASE
)
"""What stands before an office that is held no more, or is another: "former minister", "vice president"."""
# "chief executive of Tessa AG, Li Dan"; "Li Dan, who has been chairman"; not "President Odo met Li Dan", nor
# "Li Dan's chairman".
_OFFICE_BEFORE = re.compile(
    r"\s*,?\s*(?:(?:of|for|at|in|to|de|du|des|del|von|der|für|the)\s+(?:(?:the|of|for|de|la|le)\s+|[^\W\d_a-z][\w.&-]*\s*)*)?,?\s*"
)
_OFFICE_AFTER = re.compile(
    r"\s*[,(–—]|\s+(?:is|was|as|became|has been|had been|appointed|named|elected|serves|est|était|ist|war|es|fue|era)\b"
)
_OTHERS = re.compile(r"\b(?:and|or|et|und|y|ou|oder)\b|['’]s\b|&")


def _belongs(gap: str, *, before: bool) -> bool:
    """Whether a role and a name with this between them belong together."""
    if len(gap.split()) > _ROLE_GAP or _OTHERS.search(gap):
        return False
    if before:
        return _OFFICE_BEFORE.fullmatch(gap) is not None
    return not gap.strip() or (_OFFICE_AFTER.match(gap) is not None and not names.proper_names(gap))
