"""Parties of our briefs against human annotation: the salient named actors of eight news articles of the GUM corpus.

    python benchmarks/parties.py PARTIES.jsonl ARTICLES.jsonl --record DIR      # or --replay DIR

PARTIES is the annotation (entities with all their mentions, and of each how many of five summaries name it), ARTICLES the texts,
joined on ``id``. Every answer is kept in DIR, and what DIR has is not asked again. Writes benchmarks/parties.md.

A named person or organisation is salient when at least one of five summaries names it. A place is no party unless it acts;
which of the salient ones do was read off the texts by hand (`ACTING`). GUM marks whole noun phrases ("veteran politician
Raymond Wong of the Proletariat Political Institute"), a brief bare names: a brief's party pairs with an annotated one when
any of its names is one of the other's named mentions, or the name inside one (`bare`), or its Wikipedia title, folded as
`summariser.evaluation` folds names. What has a Wikipedia title is named, also where GUM's noun phrase has a common noun for
its head ("actor Jason Beghe").
Counted twice: with the named persons, organisations and places that are not salient counting neither way, which is the
figure to look at, since a brief lists every actor and not five summaries' worth; and with each of them counting as wrong.

The annotation is GUM's (https://gucorpling.org/gum/), CC BY 4.0; the texts are Wikinews', CC BY 2.5.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from summariser import Summariser
from summariser.errors import SummariserError
from summariser.evaluation import Gold, Made, Report, entries, evaluate, made_of
from summariser.settings import EMBEDDED_MODEL
from summariser_schemas import Document

BAR = 0.70
LEAST_SALIENCE = 1

ACTING = {("wikinews-asylum", "Indonesia"), ("wikinews-asylum", "United_States"), ("wikinews-taxes", "Livorno")}
"""Salient places that act in their article: one turns boats away, one criticises that, one (as a city) gives its reasons."""


def bare(phrase: str) -> str:
    """The name inside a noun phrase: without a possessor, without what follows of, from or a comma, from its capitals on."""
    head = re.split(r",| of | from ", phrase)[0]
    head = re.split(r"['’]s ", head)[-1]
    words = head.split()
    small = [at for at, word in enumerate(words) if not word[:1].isupper()]
    return " ".join(words[small[-1] + 1 :] if small else words) or phrase


def annotated(told: dict[str, Any], article: dict[str, Any]) -> Gold:
    """An article with its annotated entities as parties; those that are not wanted are optional."""
    parties: list[dict[str, Any]] = []
    for entity in told["parties"]:
        if not entity["named"] and not entity["identity"]:
            continue
        mentions = entity["mentions"]
        names = [mention["text"] for mention in mentions if mention["named"]] or [mentions[0]["text"]]
        forms = [form for name in names for form in (name, bare(name))]
        if entity["identity"]:
            forms.append(re.sub(r"\s*\(.*\)$", "", unquote(entity["identity"]).replace("_", " ")))
        acts = entity["type"] != "place" or (told["id"], entity["identity"]) in ACTING
        wanted = acts and entity["salience"] >= LEAST_SALIENCE
        parties.append({"name": names[0], "aliases": list(dict.fromkeys(forms)), "optional": not wanted})
    document = Document(
        id=told["id"], text=article["text"], title=article["title"], published=article["published"], language="en"
    )
    return Gold(told["id"], document, entries({"parties": parties}))


def strictly(gold: Gold) -> Gold:
    """The same with nothing optional: what is not wanted is not there."""
    return replace(gold, sections={name: tuple(e for e in es if not e.optional) for name, es in gold.sections.items()})


def briefs(golds: list[Gold], model: str, folder: Path, *, recording: bool) -> list[Made]:
    """The parties of a brief of each article, and nothing else of it."""
    made: list[Made] = []
    with Summariser(f"local/{model}", recordings=folder, mode="record" if recording else "replay") as summariser:
        for gold in golds:
            try:
                one = made_of(summariser.summarise(gold.document))
            except SummariserError as error:
                one = Made(gold.id, None, error=str(error))
            print(f"{gold.id}: {one.cost.seconds or 0:.0f} s {one.error or ''}", file=sys.stderr, flush=True)
            if one.sections is not None:
                one = replace(one, sections={s: es if s == "parties" else () for s, es in one.sections.items()})
            made.append(one)
    return made


def page(lenient: Report, strict: Report, model: str) -> str:
    """The table, article by article."""
    rows = [
        "| article | salient | found | of the brief's parties, not annotated | F1 | F1, salient only |",
        "|" + "---|" * 6,
    ]
    for one, other in zip(lenient.documents, strict.documents, strict=True):
        score, hard = one.sections["parties"].tally, other.sections["parties"].tally
        failed = f" failed: {one.error}" if one.error else ""
        cells = (score.wanted, score.right, score.given - score.right, f"{score.f1 or 0:.2f}", f"{hard.f1 or 0:.2f}")
        rows.append(f"| {one.id}{failed} | {' | '.join(map(str, cells))} |")
    score, hard = lenient.sections["parties"], strict.sections["parties"]
    low, high = lenient.intervals["parties.f1"]
    rows.append(
        f"| **all** | {score.wanted} | {score.right} | {score.given - score.right} "
        f"| **{score.f1 or 0:.2f}** ({low:.2f}–{high:.2f}) | {hard.f1 or 0:.2f} |"
    )
    missed = "; ".join(
        f"{d.id}: {', '.join(e.fields['name'] for e in d.sections['parties'].omitted)}"
        for d in lenient.documents
        if d.sections["parties"].omitted
    )
    strangers = "; ".join(
        f"{d.id}: {', '.join(e.fields['name'] for e in d.sections['parties'].made_up)}"
        for d in lenient.documents
        if d.sections["parties"].made_up
    )
    about = (
        f"`python benchmarks/parties.py PARTIES.jsonl ARTICLES.jsonl --record DIR`: {model}; named persons and "
        f"organisations that at least {LEAST_SALIENCE} of five summaries names, and the salient places that act, in the GUM "
        f"corpus' annotation of {len(lenient.documents)} Wikinews articles (CC BY 4.0). F1: other annotated names count "
        f"neither way; in the last column they count as wrong. Precision {score.precision or 0:.2f}, recall "
        f"{score.recall or 0:.2f}; the bar is {BAR:.2f}. How names pair stands at the top of the program."
    )
    notes = [f"Missed: {missed or 'none'}.", "", f"In no annotation: {strangers or 'none'}."]
    return "\n".join(["# Parties against human annotation", "", about, "", *rows, "", *notes, ""])


def main() -> None:
    """Measure and write the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("parties", type=Path)
    options.add_argument("articles", type=Path)
    where = options.add_mutually_exclusive_group(required=True)
    where.add_argument("--record", type=Path, metavar="DIR")
    where.add_argument("--replay", type=Path, metavar="DIR")
    options.add_argument("--model", default=EMBEDDED_MODEL, help="an embedded model")
    options.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".md"))
    given = options.parse_args()
    articles = {a["id"]: a for a in map(json.loads, given.articles.read_text(encoding="utf-8").splitlines())}
    golds = [annotated(a, articles[a["id"]]) for a in map(json.loads, given.parties.read_text("utf-8").splitlines())]
    made = briefs(golds, given.model, given.record or given.replay, recording=given.record is not None)
    text = page(evaluate("", golds, made), evaluate("", [strictly(g) for g in golds], made), given.model)
    given.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
