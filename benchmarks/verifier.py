"""Corrupted and true quotes, and claims beside true sentences, offered to our verifier and to its peers.

    pip install langextract rapidfuzz
    python benchmarks/verifier.py

Real sentences (data/articles.jsonl, licences beside it) are corrupted in one place each, and varied in typography alone.
A verifier should accept none of the first and all of the second, with the right offsets. A corruption that by chance is still
in the text is skipped and counted. Quotes: ours is `summariser.grounding.locate`; the peers are exact ``in``,
rapidfuzz's ``partial_ratio`` from 90, langextract's aligner with its defaults, instructor's ``CitationMixin``. Claims: ours is
the strict policy of `summariser.verifying`; no peer holds a figure or a phrase against its sentence, so that exact ``in``
stands beside it. The seed is fixed. Peers that are not installed are shown as missing. Times are process times of this
machine: compare within the table.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import random
import re
import sys
import time
import unicodedata
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from summariser.grounding import dates, names, polarity
from summariser.grounding.checks import check_prose
from summariser.grounding.claims import Claim, Source
from summariser.grounding.locating import locate
from summariser.verifying import prepare, verify_claims
from summariser_schemas import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
Verifier = "Callable[[str, str], tuple[int, int] | bool]"

SWAPS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "magnitude": {
        "en": [("million", "billion"), ("billion", "million"), ("thousand", "million"), ("hundreds", "thousands")],
        "fr": [("millions", "milliards"), ("milliards", "millions"), ("million", "milliard")],
        "de": [("Millionen", "Milliarden"), ("Milliarden", "Millionen"), ("Million", "Milliarde")],
        "es": [("millones", "billones"), ("millón", "billón"), ("miles", "millones")],
        "ar": [("مليون", "مليار"), ("مليار", "مليون"), ("ألف", "مليون")],
        "zh": [("万", "亿"), ("亿", "万")],
    },
    "currency or unit": {
        "en": [
            ("$", "€"),
            ("percent", "points"),
            ("%", "‰"),
            ("euros", "dollars"),
            ("kilometers", "miles"),
            ("days", "weeks"),
            ("years", "months"),
        ],
        "fr": [("euros", "dollars"), ("%", "‰"), ("ans", "mois"), ("jours", "semaines")],
        "de": [("Euro", "Dollar"), ("Prozent", "Promille"), ("%", "‰"), ("Jahre", "Monate"), ("Tage", "Wochen")],
        "es": [("dólares", "euros"), ("%", "‰"), ("años", "meses"), ("días", "semanas")],
        "ar": [("دولار", "يورو"), ("%", "‰"), ("طن", "كيلو")],
        "zh": [("美元", "欧元"), ("元", "美元"), ("%", "‰"), ("公里", "英里")],
    },
    "direction": {
        "en": [
            ("rose", "fell"),
            ("fell", "rose"),
            ("increase", "decrease"),
            ("increased", "decreased"),
            ("higher", "lower"),
            ("growth", "decline"),
            ("reduce", "raise"),
            ("expand", "cut"),
            ("strengthen", "weaken"),
        ],
        "fr": [("hausse", "baisse"), ("baisse", "hausse"), ("augmentation", "diminution"), ("augmenter", "diminuer")],
        "de": [("stieg", "sank"), ("gestiegen", "gesunken"), ("Anstieg", "Rückgang"), ("erhöht", "gesenkt")],
        "es": [("aumento", "descenso"), ("aumentar", "reducir"), ("reducir", "aumentar"), ("subió", "bajó")],
        "ar": [("انخفاض", "ارتفاع"), ("ارتفاع", "انخفاض"), ("زيادة", "تراجع")],
        "zh": [("增加", "减少"), ("提高", "降低"), ("扩大", "缩小"), ("增长", "下降")],
    },
    "modal": {
        "en": [
            ("will", "may"),
            ("may", "will"),
            ("could", "will"),
            ("would", "might"),
            ("can", "must"),
            ("should", "will"),
        ],
        "fr": [("doit", "peut"), ("peut", "doit"), ("sera", "serait")],
        "de": [("soll", "wird"), ("wird", "könnte"), ("kann", "muss")],
        "es": [("puede", "debe"), ("podrá", "deberá"), ("será", "sería")],
        "ar": [("سوف", "ربما"), ("يمكن", "يجب")],
        "zh": [("可以", "必须"), ("应当", "可能"), ("将", "或将")],
    },
    "comparison": {
        "en": [
            ("more than", "less than"),
            ("less than", "more than"),
            ("at least", "at most"),
            ("over", "under"),
            ("most", "few"),
        ],
        "fr": [("plus de", "moins de"), ("plus", "moins"), ("au moins", "au plus")],
        "de": [("mehr als", "weniger als"), ("mehr", "weniger"), ("mindestens", "höchstens")],
        "es": [("más de", "menos de"), ("más", "menos"), ("al menos", "a lo sumo")],
        "ar": [("أكثر", "أقل"), ("أقل", "أكثر")],
        "zh": [("以上", "以下"), ("超过", "不到")],
    },
    "date": {
        "en": [
            ("Monday", "Friday"),
            ("Tuesday", "Thursday"),
            ("Wednesday", "Sunday"),
            ("January", "June"),
            ("March", "May"),
            ("June", "July"),
            ("November", "March"),
            ("October", "April"),
            ("December", "August"),
            ("today", "yesterday"),
        ],
        "fr": [("janvier", "juin"), ("mars", "mai"), ("juin", "juillet"), ("mai", "août"), ("dimanche", "lundi")],
        "de": [("Januar", "Juni"), ("März", "Mai"), ("Juni", "Juli"), ("Sonntag", "Montag"), ("Oktober", "April")],
        "es": [("enero", "junio"), ("mayo", "marzo"), ("junio", "julio"), ("octubre", "abril"), ("noviembre", "marzo")],
        "ar": [("يناير", "يونيو"), ("مارس", "مايو"), ("اليوم", "أمس")],
        "zh": [("月", "年"), ("日", "月")],
    },
}
NEGATION = {"en": "not", "fr": "jamais", "de": "nicht", "es": "no", "ar": "لا", "zh": "不"}
DOUBT = {"en": "possibly", "fr": "peut-être", "de": "möglicherweise", "es": "posiblemente", "ar": "ربما", "zh": "可能"}
NAME = {"en": "Zorblat", "fr": "Zorblat", "de": "Zorblat", "es": "Zorblat", "ar": "زوربلات", "zh": "佐布拉"}


class Sentence(NamedTuple):
    """A real sentence, with its document and its number there."""

    source: Source
    number: int
    text: str
    start: int

    @property
    def language(self) -> str:
        """ISO 639-1 code."""
        return self.source.language


def sentences() -> list[Sentence]:
    """The sentences of the data that are long enough to say something."""
    found: list[Sentence] = []
    for line in (HERE / "data" / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        source = prepare(Document(text=raw["text"], language=raw["language"]))
        least = 12 if raw["language"] == "zh" else 30
        found += [
            Sentence(source, s.number, s.text, s.start)
            for s in source.sentences
            if source.usable(s.number) and least <= len(s.text) <= 320 and "\n" not in s.text
        ]
    return found


def _swap(text: str, pairs: list[tuple[str, str]], rng: random.Random, *, han: bool) -> str | None:
    for old, new in rng.sample(pairs, len(pairs)):
        pattern = re.escape(old) if han or not old[0].isalpha() else rf"(?<!\w){re.escape(old)}(?!\w)"
        if re.search(pattern, text):
            return re.sub(pattern, new.replace("\\", ""), text, count=1)
    return None


def _inserted(text: str, word: str, rng: random.Random, *, han: bool) -> str:
    if han:
        place = rng.randrange(2, len(text) - 1)
        return text[:place] + word + text[place:]
    words = text.split(" ")
    place = rng.randrange(1, len(words))
    return " ".join([*words[:place], word, *words[place:]])


def corruptions(sentence: Sentence, other: Sentence, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Every kind that the sentence offers a place for, once: kind, corrupted text."""
    text, language = sentence.text, sentence.language
    han = language == "zh"
    digits = [m.start() for m in re.finditer(r"\d", text)]
    if digits:
        place = rng.choice(digits)
        yield "digit", text[:place] + rng.choice([d for d in "0123456789" if d != text[place]]) + text[place + 1 :]
    swaps = [m.start() for m in re.finditer(r"(?=(\d)(\d))", text) if text[m.start()] != text[m.start() + 1]]
    if swaps:
        place = rng.choice(swaps)
        yield "digits swapped", text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    for kind, pairs in SWAPS.items():
        changed = _swap(text, pairs[language], rng, han=han)
        if changed is not None:
            yield kind, changed
    yield "negation inserted", _inserted(text, NEGATION[language], rng, han=han)
    yield "doubt inserted", _inserted(text, DOUBT[language], rng, han=han)
    for turn, kind in (("not", "negation removed"), ("maybe", "doubt removed")):
        found = [cue for cue in polarity.cues(text, language=language) if cue.turn == turn and cue.start]
        if found:
            cue = rng.choice(found)
            yield kind, re.sub(r"\s+", " ", text[: cue.start] + text[cue.end :])
    named = names.proper_names(text, language=language)
    if named:
        start, end = rng.choice(named)
        yield "name or speaker", text[:start] + NAME[language] + text[end:]
    words = text.split(" ")
    if len(words) > 5:
        place = rng.randrange(1, len(words) - 2)
        yield "word dropped", " ".join(words[:place] + words[place + 1 :])
        if words[place].casefold() != words[place + 1].casefold():
            yield "words reordered", " ".join([*words[:place], words[place + 1], words[place], *words[place + 2 :]])
        half = other.text.split(" ")
        if len(half) > 5:
            yield "two sentences spliced", " ".join(words[: len(words) // 2] + half[len(half) // 2 :])


def variants(sentence: Sentence, rng: random.Random) -> Iterator[tuple[str, str]]:
    """The sentence in other typography: kind, text."""
    text, language = sentence.text, sentence.language
    spaces = [m.start() for m in re.finditer(" ", text)]
    yield "as it stands", text
    table = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "«": '"', "»": '"'})
    curly = re.sub(r"(?<=\w)'(?=\w)", "’", re.sub(r'"([^"]*)"', r"“\1”", text))
    for kind, changed in (("straight quotes", text.translate(table)), ("curly quotes", curly)):
        if changed != text:
            yield kind, changed
    if re.search(r"[–—]", text):
        yield "dashes", text.replace("–", "-").replace("—", "-")
    elif re.search(r" - |\w-\w", text):
        yield "dashes", text.replace(" - ", " – ").replace("-", "‑")
    if spaces:
        yield "no-break spaces", text.replace(" ", "\u00a0")
        yield "thin spaces", "".join(rng.choice("\u2009\u202f ") if c == " " else c for c in text)
        yield "doubled spaces", text.replace(" ", "  ")
        place = rng.choice(spaces)
        yield "line break", text[:place] + "\n" + text[place + 1 :]
        yield "zero width", text.replace(" ", " \u200b")
    long = list(re.finditer(r"[^\W\d_]{8,}", text))
    if long and language not in ("zh", "ar"):
        word = rng.choice(long)
        middle = (word.start() + word.end()) // 2
        yield "hyphenation", text[:middle] + "-\n" + text[middle:]
        yield "soft hyphen", text[:middle] + "\u00ad" + text[middle:]
    if text.upper() != text and "ß" not in text:
        yield "capitals", text.upper()
    if unicodedata.normalize("NFD", text) != text:
        yield "NFD", unicodedata.normalize("NFD", text)
    if text[-1] in ".。!?":
        yield "no final stop", text[:-1]
    wide = re.sub(r"[!-~]", lambda m: chr(ord(m[0]) + 0xFEE0), text)
    if language == "zh" and wide != text:
        yield "full width", wide
    words = text.split(" ")
    if len(words) > 16:
        yield "ellipsis", " ".join(words[:6]) + " … " + " ".join(words[-6:])


def peers() -> dict[str, Callable[[str, str], tuple[int, int] | bool] | None]:
    """Verifiers by name; None for one that is not installed. Each says where a quote is, or whether it accepts it."""

    def ours(text: str, quote: str) -> tuple[int, int] | bool:
        found = locate(text, quote)
        return (found.start, found.end) if found else False

    def exact(text: str, quote: str) -> tuple[int, int] | bool:
        place = text.find(quote)
        return (place, place + len(quote)) if place >= 0 else False

    found: dict[str, Any] = {
        "summariser": ours,
        "exact `in`": exact,
        "rapidfuzz": None,
        "langextract": None,
        "instructor": None,
    }
    if importlib.util.find_spec("rapidfuzz"):
        from rapidfuzz import fuzz  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore

        def ratio(text: str, quote: str) -> tuple[int, int] | bool:
            hit = fuzz.partial_ratio_alignment(quote, text, score_cutoff=90)
            return (hit.dest_start, hit.dest_end) if hit is not None and hit.score >= 90 else False

        found["rapidfuzz"] = ratio
    if importlib.util.find_spec("langextract"):
        data: Any = importlib.import_module("langextract").data
        resolver: Any = importlib.import_module("langextract.resolver")

        def aligned(text: str, quote: str) -> tuple[int, int] | bool:
            asked = [[data.Extraction(extraction_class="quote", extraction_text=quote)]]
            ((hit,),) = resolver.WordAligner().align_extractions(asked, text)
            interval = hit.char_interval
            return (interval.start_pos, interval.end_pos) if interval and interval.start_pos is not None else False

        found["langextract"] = aligned
    if importlib.util.find_spec("instructor") and importlib.util.find_spec("regex"):
        from instructor.v2.dsl.citation import CitationMixin  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore

        def cited(text: str, quote: str) -> tuple[int, int] | bool:
            spans = list(CitationMixin(substring_quotes=[quote]).get_spans(text))
            return spans[0] if spans else False

        found["instructor"] = cited
    return found


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+|[%‰$€]", unicodedata.normalize("NFKC", text).casefold()))


class Tally:
    """Accepted out of offered, offsets right out of accepted, and seconds, by key."""

    def __init__(self) -> None:
        self.accepted: dict[Any, int] = defaultdict(int)
        self.offered: dict[Any, int] = defaultdict(int)
        self.right: dict[Any, int] = defaultdict(int)
        self.seconds: dict[Any, list[float]] = defaultdict(list)

    def add(self, key: Any, *, accepted: bool, right: bool = False, seconds: float = 0.0) -> None:
        """Count one."""
        self.offered[key] += 1
        self.accepted[key] += accepted
        self.right[key] += right
        self.seconds[key].append(seconds)

    def share(self, key: Any) -> str:
        """Per cent accepted."""
        return f"{100 * self.accepted[key] / self.offered[key]:.1f}" if self.offered[key] else "–"


def quotes(found: list[Sentence], rng: random.Random) -> tuple[Tally, Tally, int]:
    """Offer corrupted and true quotes to every verifier: false accepts, true accepts, skipped corruptions."""
    false, true, skipped = Tally(), Tally(), 0
    verifiers = {name: verify for name, verify in peers().items() if verify is not None}
    for place, sentence in enumerate(found):
        text = sentence.source.text
        plain = _plain(text)
        offered = [(kind, quote, False) for kind, quote in corruptions(sentence, found[place - 7], rng)]
        offered += [(kind, quote, True) for kind, quote in variants(sentence, rng)]
        for kind, quote, is_true in offered:
            if not is_true and _plain(quote) in plain:
                skipped += 1
                continue
            for name, verify in verifiers.items():
                before = time.process_time()
                hit = verify(text, quote)
                spent = time.process_time() - before
                end = sentence.start + len(sentence.text)
                right = isinstance(hit, tuple) and abs(hit[0] - sentence.start) <= 1 and abs(hit[1] - end) <= 1
                tally = true if is_true else false
                for key in ((name, kind), (name, "all"), (name, f"language {sentence.language}")):
                    tally.add(key, accepted=bool(hit), right=right, seconds=spent)
    return false, true, skipped


def _figure(sentence: Sentence, said: Any) -> bool:
    whole = re.sub(r"\W+(?:and|or|et|und|y)?$", "", sentence.text)  # of a list's entry, without what leads to the next
    claim = Claim("figures", {"quantity": said, "measures": whole}, (sentence.number,))
    return bool(verify_claims(sentence.source, [claim]).drafts)


def claims(found: list[Sentence], rng: random.Random) -> tuple[Tally, Tally, Tally]:
    """Wrong figures and phrases beside true sentences: ours, exact ``in`` on the figure's words, and the true ones."""
    ours, exact, true = Tally(), Tally(), Tally()
    for sentence in found:
        language = sentence.language
        han = language == "zh"
        for quantity in sentence.source.quantities_of(sentence.number):
            words = quantity.text
            true.add("figures", accepted=_figure(sentence, words))
            wrong: list[tuple[str, Any]] = []
            digits = [m.start() for m in re.finditer(r"\d", words)]
            if digits:
                place = rng.choice(digits)
                digit = rng.choice([d for d in "0123456789" if d != words[place]])
                wrong.append(("figure: digit", words[:place] + digit + words[place + 1 :]))
            for kind in ("magnitude", "currency or unit", "comparison"):
                changed = _swap(words, SWAPS[kind][language], rng, han=han)
                if changed is not None:
                    wrong.append((f"figure: {kind}", changed))
            number = re.search(r"\d[\d.,]*\d|\d", words)
            if number is not None and quantity.scale > 1 and number[0] != words:
                wrong.append(("figure: scale dropped", number[0]))
            if quantity.value is not None:
                wrong.append(("figure: value", {"text": words, "value": str(quantity.value * 10 + 1)}))
            for kind, said in wrong:
                if isinstance(said, str) and kind != "figure: scale dropped" and said in sentence.text:
                    continue  # another number of the sentence
                ours.add(kind, accepted=_figure(sentence, said))
                text = said["text"] if isinstance(said, dict) else said
                exact.add(kind, accepted=text in sentence.text)
        true.add("phrases", accepted=not check_prose(sentence.source, sentence.text, (sentence.number,)))
        other = found[0]
        for kind, phrase in corruptions(sentence, other, rng):
            if kind in ("modal", "word dropped", "words reordered", "two sentences spliced", "comparison"):
                continue  # the rest of the prose is free
            if kind == "date" and not dates.find_dates(phrase, language=language):
                continue
            accepted = not check_prose(sentence.source, phrase, (sentence.number,))
            for key in (f"phrase: {kind}", "phrase: all", f"language {language}"):
                ours.add(key, accepted=accepted)
    return ours, exact, true


def cost(found: list[Sentence]) -> tuple[int, float]:
    """Milliseconds of process time to verify a brief of 20 items about one document, the median of 30; with the items."""
    by_source: dict[int, list[Sentence]] = defaultdict(list)
    for sentence in found:
        if sentence.language == "en":
            by_source[id(sentence.source)].append(sentence)
    document = max(by_source.values(), key=lambda all_: sum(len(s.source.quantities_of(s.number)) for s in all_))
    source = document[0].source
    made: list[Claim] = []
    for sentence in document:
        for quantity in source.quantities_of(sentence.number)[:1]:
            made.append(
                Claim("figures", {"quantity": quantity.text, "measures": sentence.text[:80]}, (sentence.number,))
            )
        made.append(Claim("outcomes", {"what": sentence.text.rstrip(".")}, (sentence.number,)))
        for start, end in names.proper_names(sentence.text)[:1]:
            made.append(
                Claim("parties", {"name": sentence.text[start:end], "kind": "organisation"}, (sentence.number,))
            )
    made = made[:20]
    times: list[float] = []
    for _ in range(30):
        fresh = Source(source.document, source.sentences, source.language, source.orders)
        before = time.process_time()
        verify_claims(fresh, made)
        times.append(time.process_time() - before)
    return len(made), 1000 * median(times)


def absent() -> float:
    """Milliseconds for a quote of 60 tokens that is absent from a text of 20,000."""
    rng = random.Random(3)
    vocabulary = ["".join(rng.choice("abcdefghijklmnop") for _ in range(rng.randrange(2, 9))) for _ in range(4000)]
    text = " ".join(rng.choice(vocabulary) for _ in range(20_000))
    quote = " ".join([*text.split(" ")[500:559], "zzzz"])
    locate(text, quote)
    times: list[float] = []
    for _ in range(20):
        before = time.process_time()
        locate(text, quote)
        times.append(time.process_time() - before)
    return 1000 * median(times)


def main() -> None:
    """Run everything and write the tables."""
    rng = random.Random(20)
    found = sentences()
    known = peers()
    columns = list(known)
    false, true, skipped = quotes(found, rng)
    offered = {kind: n for (name, kind), n in false.offered.items() if name == "summariser"}
    varied = {kind: n for (name, kind), n in true.offered.items() if name == "summariser"}
    lines = ["# The verifier, beside its peers", ""]
    lines += [
        f"`python benchmarks/verifier.py`: {len(found)} real sentences in six languages ([data](data/LICENCES.md)), "
        f"{offered['all']:,} corruptions of {len([k for k in offered if k != 'all' and not k.startswith('language')])} kinds "
        f"({skipped} more were still in their text and were skipped), {varied['all']:,} true variants. How each is made stands "
        "at the top of the program.",
        "",
        "## Corrupted quotes accepted, per cent (should be 0)",
        "",
    ]

    def table(tally: Tally, kinds: list[str], counts: dict[str, int]) -> list[str]:
        rows = [f"| kind | quotes | {' | '.join(columns)} |", "|---|---|" + "---|" * len(columns)]
        for kind in kinds:
            cells = [tally.share((name, kind)) if known[name] else "not installed" for name in columns]
            rows.append(f"| {kind} | {counts[kind]:,} | {' | '.join(cells)} |")
        return rows

    def order(counts: dict[str, int]) -> list[str]:
        plain = sorted(k for k in counts if k != "all" and not k.startswith("language"))
        return [*plain, *sorted(k for k in counts if k.startswith("language")), "all"]

    lines += table(false, order(offered), offered)
    lines += ["", "## True quotes accepted, per cent (should be 100)", "", *table(true, order(varied), varied), ""]
    right = [f"{100 * true.right[(n, 'all')] / true.offered[(n, 'all')]:.1f}" if known[n] else "–" for n in columns]
    lines.append(f"| of these with the right offsets | {varied['all']:,} | {' | '.join(right)} |")
    lines[-2:] = [lines[-1]]
    spent = [
        f"{1000 * median(false.seconds[(n, 'all')] + true.seconds[(n, 'all')]):.3f}" if known[n] else "–"
        for n in columns
    ]
    lines.append(f"| milliseconds a quote, median |  | {' | '.join(spent)} |")
    ours, exact, held = claims(found, rng)
    lines += ["", "## Wrong claims beside true sentences accepted, per cent (should be 0)", ""]
    lines += ["| kind | claims | summariser | exact `in` |", "|---|---|---|---|"]
    for kind in order({**ours.offered, "all": 0})[:-1]:
        lines.append(f"| {kind} | {ours.offered[kind]:,} | {ours.share(kind)} | {exact.share(kind)} |")
    lines += [
        "",
        "True claims accepted: "
        + ", ".join(f"{k} {held.share(k)} % of {held.offered[k]:,}" for k in held.offered)
        + ".",
    ]
    items, milliseconds = cost(found)
    lines += [
        "",
        f"Cost: {milliseconds:.1f} ms for a brief of {items} items (limit 5), "
        f"{absent():.2f} ms for a quote of 60 tokens that is absent from a text of 20,000 (limit 5).",
        "",
    ]
    (HERE / "verifier.md").write_text("\n".join(lines), encoding="utf-8")
    sys.stdout.write("\n".join(lines))


if __name__ == "__main__":
    main()
