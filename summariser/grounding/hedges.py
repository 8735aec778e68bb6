"""What around a verb makes its act no fact and no promise: conditions, rumours, near misses, deals that were not made.

English only. Everything here looks at the words of one sentence; `stance` asks it about the verb that it has found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["hedged"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BOUNDARY = re.compile(r"[,;:()“”\"—–]")
_CONDITIONS = _set("if unless until once provided assuming suppose supposing wishes wish")
_ONLY_AHEAD = _set("until once")
"""Of these, those that name a fact where nothing is ahead or denied: "he served until he lost"."""
_AHEAD = _set("will would shall won't not cannot n't")
_UNPROVEN = _set(
    "evidence allegation allegations claim claims report reports rumour rumours rumor rumors fear fears suspicion "
    "suspicions accusation accusations possibility risk prospect suggestion suggestions speculation doubt doubts "
    "doubted concern concerns theory notion alleges alleged alleging feared suspects suspected speculated unlikely "
    "proof untrue false charges charged lied imagined pretended dreamed joked"
)
"""What with "that" behind it leaves open whether it is so."""
_VERBS_TOO = _set("claims reports fears doubts suspects")
"""Of these, verbs as well as nouns: "Odran claims that", where a name stands before it."""
_RELATIVE = re.compile(r"(?:is|are|was|were|has|have|had|will|would|could|may|\w+ed)$")
"""A word right behind "that" with which it is a relative clause: "the report that was issued"."""
_NEARLY = _set(
    "allegedly reportedly supposedly purportedly apparently nearly almost hardly barely virtually practically falsely"
)
_MODALS = _set("would could should might may must ought wouldn't couldn't shouldn't 'd")
_HAVE = _set("have 've")
_NOBODY = _set("no neither nobody none nor")
_CLAUSE_OPENERS = _set("that and but because while as said says say yet so")
_NOUNS = _set(
    "deal deals agreement agreements accord pact treaty memorandum contract plan plans offer offers pledge pledges promise "
    "promises commitment commitments proposal call calls demand demands request requests appeal appeals order orders intention"
)
"""Nouns with an infinitive that say what somebody agreed, planned or asked for, where it was made."""
_UNMADE = re.compile(
    r"(?:fail|reject|block|scrap|withdr[ae]w|reneg|refus|negotiat|want|seek|sought|hop(?:e|ing)|welcom|critici|oppos|thank|prais"
    r"|commend|hail|condemn|abandon|cancel|suspend|shelv|drop|delay|postpon|breach|violat|broke|break|ignor|resist|dismiss|def[iy]"
    r"|discuss|consider|debat|mull|weigh|fac(?:e|ing)|pursu|near|await|without|against|not$|never$|n't$|unable)"
)
"""Beginnings of words before such a noun that say that it was not made, or that somebody else made it."""
_GOVERNING = 6
"""Words before a noun among which its verb is looked for."""
_CAUSING = _set("help allow enable let require force")
"""Verbs behind which another acts than who agreed, promised or asked."""
_EXPECTING = _set("expect expects expected")
_ASKING = _set("ask asks asked asking")
_SCHEDULED = _set("due set scheduled supposed expected meant planned planning intended hoped slated aimed wanted")
_WAS = _set("was were had")
_CONTRASTS = _set("but yet however")
_CHARGING = _set(
    "accused accuses accuse accusing charged charging counts count charges charge guilty suspected suspicion suspicions "
    "convicted acquitted allegations accusations accusation blamed blames blaming cleared crimes crime offences offenses"
)
_COUNTS = _set("counts count charges charge crimes offences offenses allegations accusations")
"""Of these, what is followed by nouns: "counts of fraud and aggravated theft"."""
_OF_CRIMES = _set(
    "aggravated attempted armed organised organized assisted unlicensed unauthorised unauthorized continued"
)
_CHARGED_BY = _set("of with for")
_FINITE = _set("is are was were has have had will would did does")
_NOT = _set("not isn't wasn't never")
_PRONOUNS = _set("he she it they")
_TALES = _set("claims allegations reports rumours rumors fears charges suspicions accusations")
_OPEN = _set("may might could")
_SHOWING = _set("shown showed proved proven demonstrated")
_GOVERN = _set(
    "decide say agree announce conclude find rule order vote promise pledge declare confirm show mean claim propose"
)
_BEFORE_ANOTHER = _set("after when before once soon long")
"""With a perfect behind them, and something ahead before them, they name what is not yet so: "will pay after it has voted"."""
_PERFECT = _set("has have")
_MEANING = _set("intend intends plan plans wants want agreed hopes hope promised pledged vowed")
_SUSPECT = (
    _CONDITIONS | _BEFORE_ANOTHER | _SHOWING | _OPEN | _UNPROVEN | _TALES | _NEARLY | _MODALS | _NOBODY | _CHARGING
) | {"true", "all", "had"}
"""Words without which a sentence has nothing that hedges, beside what the word that decides says itself."""
_NEAR = 3
_MODAL_REACH = 5


def hedged(
    sentence: str, matches: Sequence[re.Match[str]], words: Sequence[str], verb: tuple[int, int], cue: int | None
) -> bool:
    """Whether a sentence leaves open, or denies of everybody, what one of its verbs tells.

    ``words`` are the sentence's words in lower case, ``matches`` where they stand, ``verb`` the indices of the verb's first
    auxiliary and of itself, ``cue`` that of the word that decides how the act is put, where one does.
    """
    first, place = verb
    if sentence.rstrip("\"'”’) ").endswith("?"):
        return True
    if not _SUSPECT.isdisjoint(words):
        low = _clause(sentence, matches, place)
        if (
            _conditional(words, low, first)
            or _not_yet(words, low, first)
            or _of_another(words, low, first)
            or _unproven(matches, words, low, first)
            or not _NEARLY.isdisjoint(words[max(low, place - _NEAR) : place])
            or list(words[max(0, first - 2) : first]) == ["all", "but"]
            or _counterfactual(words, low, place)
            or _by_nobody(words, low, place)
            or _accused(words, first, place)
        ):
            return True
    if cue is None:
        return False
    if words[cue] in _NOUNS and _unmade(words, _clause(sentence, matches, min(place, cue)), cue):
        return True
    return _of_others(words, place, cue) or _abandoned(words, place, cue)


def _clause(sentence: str, matches: Sequence[re.Match[str]], place: int) -> int:
    """Index of the first word behind the last punctuation before a word."""
    while place and not _BOUNDARY.search(sentence, matches[place - 1].end(), matches[place].start()):
        place -= 1
    return place


def _conditional(words: Sequence[str], low: int, first: int) -> bool:
    """Whether a condition opens the clause: "if Odran closed it"; not the adverb of "once closed"."""
    return any(
        words[i] in _CONDITIONS
        and i + 1 < first
        and not (words[i] in _ONLY_AHEAD and not any(w in _AHEAD or w.endswith("n't") for w in words[:i]))
        for i in range(low, first)
    )


def _not_yet(words: Sequence[str], low: int, first: int) -> bool:
    """Whether the verb only says when something else comes: "will pay after Odran has voted", "once it has voted, it intends"."""
    if words[first] not in _PERFECT:
        return False
    if words[low] in _BEFORE_ANOTHER | _ONLY_AHEAD and not low:
        return not (_AHEAD | _MEANING).isdisjoint(words[first:])
    ahead = _AHEAD | _MEANING
    return any(words[i] in _BEFORE_ANOTHER and not ahead.isdisjoint(words[:i]) for i in range(low, first))


def _of_another(words: Sequence[str], low: int, first: int) -> bool:
    """Whether a verb that governs the clause is open, "may decide that it will close", or tells a habit, "has shown it will"."""
    near = range(max(low, first - _MODAL_REACH), first - 1)
    if words[first] in _AHEAD and any(words[i] in _SHOWING and words[i + 1] in _PRONOUNS | {"that"} for i in near):
        return True
    return any(
        words[i] in _OPEN and not _GOVERN.isdisjoint(words[i + 1 : min(i + 4, first)]) for i in range(low, first)
    )


def _abandoned(words: Sequence[str], place: int, cue: int) -> bool:
    """Whether it was to be and was not: "was due to close it, but did not"."""
    was = not _WAS.isdisjoint(words[max(0, cue - 2) : cue])
    return was and words[cue] in _SCHEDULED and not _CONTRASTS.isdisjoint(words[place + 1 :])


def _accused(words: Sequence[str], first: int, place: int) -> bool:
    """Whether the act is one of those that somebody is accused of: "accused of closing docks and burning ships"."""
    for i in range(place - 2, -1, -1):
        if words[i] in _CHARGING and not _CHARGED_BY.isdisjoint(words[i + 1 : min(i + _NEAR + 2, place)]):
            listed = words[place].endswith("ing") or (words[i] in _COUNTS and words[place] in _OF_CRIMES)
            return listed and first == place and _FINITE.isdisjoint(words[i + 2 : place])
    return False


def _unproven(matches: Sequence[re.Match[str]], words: Sequence[str], low: int, first: int) -> bool:
    """Whether the clause hangs on a rumour or a fear: "there is no evidence that Odran closed it"."""
    if first > 1 and words[first - 1] in _PRONOUNS and words[first - 2] in _TALES:
        return True  # "over claims he closed it"
    for i in range(
        max(low, 1), first - 1
    ):  # right behind "that" a verb belongs to the noun: "the report that was issued"
        opens = words[i] == "that" and not _RELATIVE.match(words[i + 1])
        untrue = words[i - 1] == "true" and not _NOT.isdisjoint(words[max(0, i - _NEAR) : i])
        if opens and (words[i - 1] in _UNPROVEN or untrue):
            named = i > 1 and matches[i - 2][0][0].isupper()
            return not (named and words[i - 1] in _VERBS_TOO)
    return False


def _counterfactual(words: Sequence[str], low: int, place: int) -> bool:
    """Whether it would have come about and did not: "would have closed it", "had Odran closed it,"."""
    for i in range(max(low, place - _MODAL_REACH), place):
        if words[i] in _MODALS and not _HAVE.isdisjoint(words[i + 1 : place]):
            return True
    return words[low] == "had" and low + 1 < place


def _by_nobody(words: Sequence[str], low: int, place: int) -> bool:
    """Whether the subject denies it: "neither Odran nor Norvia signed", "no minister signed"."""
    return any(
        words[i] in _NOBODY and words[i + 1] != "longer" and (i == low or words[i - 1] in _CLAUSE_OPENERS)
        for i in range(low, place)
    )


def _unmade(words: Sequence[str], low: int, cue: int) -> bool:
    """Whether what the noun that decides names was not made: "failed to reach a deal to", "called for a deal to"."""
    return any(map(_UNMADE.match, words[max(low, cue - _GOVERNING) : cue])) or (
        words[cue - 1 : cue] in (["a"], ["an"]) and "for" in words[max(low, cue - 3) : cue]
    )


def _of_others(words: Sequence[str], place: int, cue: int) -> bool:
    """Whether others are to act than who decides, or nobody is bound: "asked Odran for leave to", "agreed to allow Odran to"."""
    between = words[cue + 1 : place]
    if not _CAUSING.isdisjoint(between[:-1]):
        return True
    if words[cue] not in _EXPECTING and words[cue] not in _ASKING:
        return False
    to = between.index("to") if "to" in between else 0
    if words[cue] in _EXPECTING:
        return to > 0
    return between[:1] != ["for"] and "for" in between[:to]
