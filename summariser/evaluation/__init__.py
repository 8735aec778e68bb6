"""Briefs against gold: how much of what an annotator found in a document a brief has, and what else it has.

Items are paired one to one, best first, inside each section. Parties pair when a name or alias of one is a name or alias
of the other, after folding. Items with a quantity pair when they share a sentence of evidence and the value, or the
bounds, are equal. All others pair when they share a sentence of evidence and the token F1 of the content words of their
phrases is at least `SAME_PHRASE`. An item that the gold marks optional earns nothing when it is found and costs nothing
when it is missed. A document without a brief counts with all of its gold missed.

Sections and fields are those of the brief's schema, so briefs of a schema that users declare are scored likewise.
"""

from __future__ import annotations

from summariser.evaluation.files import read_briefs, read_gold
from summariser.evaluation.form import Cost, Entry, Gold, Made, Quote, entries, gold_form, made_of
from summariser.evaluation.reports import Interval, Report, as_json, as_markdown, as_text, evaluate
from summariser.evaluation.scoring import SAME_PHRASE, Scored, SectionScore, Tally, score

__all__ = [
    "SAME_PHRASE",
    "Cost",
    "Entry",
    "Gold",
    "Interval",
    "Made",
    "Quote",
    "Report",
    "Scored",
    "SectionScore",
    "Tally",
    "as_json",
    "as_markdown",
    "as_text",
    "entries",
    "evaluate",
    "gold_form",
    "made_of",
    "read_briefs",
    "read_gold",
    "score",
]
