"""What a brief of one's own is made of.

>>> from summariser.schema import BaseBrief, Field, Item, Quantity
>>> class Metric(Item):
...     '''A figure that the company reports.'''
...
...     name: str = Field(description="what is measured, in the words of the text")
...     amount: Quantity = Field(description="shortest verbatim words with number and unit")
>>> class EarningsCall(BaseBrief):
...     '''What a company said of its results.'''
...
...     metrics: list[Metric] = Field(default_factory=list, description="figures of the quarter reported on")

Then ``Summariser(schema=EarningsCall)``, or ``summariser brief --schema mymodule:EarningsCall report.pdf``. Docstrings and
descriptions are what the model is told. What a model says is held against the sentences it names:

``str``           a phrase: its names, numbers, dates, negations and most of its words must stand there
`Words`           the text's own words, letter by letter
`Mention`         likewise, with their place
`Quantity`        a number with its unit, read by code from its words
`When`            a time, resolved by code where the publication date allows
`Attribution`     whose word the text gives for it
`PartyRef`        a party of the brief's section of `Party`
``Literal``, ``bool``  a judgement of the model, from the choices given

Each may be a list, or ``| None``. Validators of your own are further checks: what they refuse is asked again with their
words. Evidence comes with `Item` and need not be declared.
"""

from pydantic import Field

from summariser_schemas import (
    Attribution,
    BaseBrief,
    Brief,
    Commitment,
    Document,
    Evidence,
    Figure,
    Item,
    Mention,
    Outcome,
    Party,
    PartyRef,
    Quantity,
    Verdict,
    When,
    Words,
)

__all__ = [
    "Attribution",
    "BaseBrief",
    "Brief",
    "Commitment",
    "Document",
    "Evidence",
    "Field",
    "Figure",
    "Item",
    "Mention",
    "Outcome",
    "Party",
    "PartyRef",
    "Quantity",
    "Verdict",
    "When",
    "Words",
]
