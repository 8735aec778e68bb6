"""From a model's words to a text's: evidence, names, quantities, dates and verdicts. Pure logic, no model."""

from __future__ import annotations

from summariser.grounding.dates import find_dates, resolve
from summariser.grounding.locating import Located, locate
from summariser.grounding.names import acronym_pairs, mentions, name_key, proper_names, strip_titles
from summariser.grounding.quantities import find_quantities, parse_quantity, read_quantity
from summariser.grounding.words import content_words, support

__all__ = [
    "Located",
    "acronym_pairs",
    "content_words",
    "find_dates",
    "find_quantities",
    "locate",
    "mentions",
    "name_key",
    "parse_quantity",
    "proper_names",
    "read_quantity",
    "resolve",
    "strip_titles",
    "support",
]
