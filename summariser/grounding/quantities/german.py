"""German: its words for numbers, units and bounds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from summariser.grounding.quantities import continental
from summariser.grounding.quantities.lexicon import BILLION, MILLION, THOUSAND, TRILLION, Lexicon, bounds, phrases
from summariser.grounding.quantities.units import forms

if TYPE_CHECKING:
    from summariser.grounding.quantities.tokens import Tokens

__all__ = ["LEXICON"]

# German plurals follow no rule that would tell "Stellen" from "Soldaten": the common ones by name, endings that are safe.
_PLURALS = forms(
    {
        "Mensch": "menschen",
        "Person": "personen",
        "Sitz": "sitze sitzen",
        "Stimme": "stimmen",
        "Kind": "kinder kindern",
        "Land": "länder ländern",
        "Fall": "fälle fällen",
        "Soldat": "soldaten",
        "Polizist": "polizisten",
        "Demonstrant": "demonstranten",
        "Patient": "patienten",
        "Student": "studenten",
        "Tourist": "touristen",
        "Journalist": "journalisten",
        "Flüchtling": "flüchtlinge flüchtlingen",
        "Haushalt": "haushalte haushalten",
        "Stelle": "stellen",
        "Schule": "schulen",
        "Frau": "frauen",
        "Mann": "männer männern",
        "Opfer": "opfern",
        "Staat": "staaten",
        "Stadt": "städte städten",
        "Gemeinde": "gemeinden",
        "Firma": "firmen",
        "Haus": "häuser häusern",
        "Gebäude": "gebäuden",
        "Auto": "autos",
        "Zug": "züge zügen",
        "Schiff": "schiffe schiffen",
        "Boot": "boote booten",
        "Flugzeug": "flugzeuge flugzeugen",
        "Flug": "flüge flügen",
        "Panzer": "panzern",
        "Rakete": "raketen",
        "Drohne": "drohnen",
        "Arbeitsplatz": "arbeitsplätze arbeitsplätzen",
        "Betrieb": "betriebe betrieben",
        "Bürger": "bürgern",
        "Einwohner": "einwohnern",
        "Mitarbeiter": "mitarbeitern",
        "Teilnehmer": "teilnehmern",
        "Kunde": "kunden",
        "Gast": "gäste gästen",
        "Mitglied": "mitglieder mitgliedern",
        "Tier": "tiere tieren",
        "Baum": "bäume bäumen",
        "Tor": "tore toren",
        "Punkt": "punkten",
        "Anlage": "anlagen",
        "Aktie": "aktien",
        "Projekt": "projekte projekten",
        "Vertrag": "verträge verträgen",
        "Monat": "monate monaten",
    }
)
_SAFE_PLURALS = ("ungen", "heiten", "keiten", "schaften", "ionen", "täten", "innen")
_STOPS = frozenset(
    """der die das den dem des ein eine einen einem einer eines und oder in im an am auf bei mit von vom zu zum zur nach seit
    für gegen über unter aus durch um ist sind war waren wird werden wurde wurden hat haben hatte hatten als wie dass sich
    nicht auch noch nur er sie es wir ihr seiner ihrer seine ihre dieser jener pro je""".split()
)


def _noun(tokens: Tokens, place: int, value: Decimal) -> tuple[str, int] | None:  # noqa: ARG001 -- a noun reader
    """The first word with a capital, behind adjectives."""
    for at in range(place, place + 3):
        token = tokens.at(at)
        if token.kind != "word" or token.low in tokens.lexicon.stops or tokens.masked(at):
            return None
        if token.text[0].isupper():
            return _singular(token.text), at + 1
    return None


def _singular(word: str) -> str:
    low = word.casefold()
    if low in _PLURALS:
        return _PLURALS[low]
    if low.endswith("innen"):
        return word[:-3]
    return word[:-2] if low.endswith(_SAFE_PLURALS) else word


LEXICON = Lexicon(
    language="de",
    decimal_mark=",",
    scales={
        "hundert": Decimal(100),
        "tausend": THOUSAND,
        "tsd": THOUSAND,
        **dict.fromkeys(("million", "millionen", "mio", "mill"), MILLION),
        **dict.fromkeys(("milliarde", "milliarden", "mrd"), BILLION),
        **dict.fromkeys(("billion", "billionen", "bio"), TRILLION),
        "dutzend": Decimal(12),
    },
    ratios={
        **dict.fromkeys(("%", "prozent", "v.h."), "%"),
        **forms(
            {
                "percentage point": "prozentpunkt prozentpunkte prozentpunkten",
                "basis point": "basispunkt basispunkte basispunkten",
            }
        ),
    },
    currencies=forms(
        {
            "EUR": "euro euros",
            "USD": "dollar us-dollar",
            "GBP": "pfund britische_pfund",
            "CHF": "franken schweizer_franken",
            "JPY": "yen",
            "CNY": "yuan",
            "RUB": "rubel",
            "PLN": "zloty",
            "CZK": "tschechische_kronen",
            "SEK": "schwedische_kronen",
            "NOK": "norwegische_kronen",
            "DKK": "dänische_kronen",
            "TRY": "lira",
        }
    ),
    measures=forms(
        {
            "kilometre": "kilometer kilometern",
            "metre": "meter metern",
            "centimetre": "zentimeter zentimetern",
            "millimetre": "millimeter millimetern",
            "square kilometre": "quadratkilometer quadratkilometern",
            "square metre": "quadratmeter quadratmetern",
            "cubic metre": "kubikmeter kubikmetern",
            "hectare": "hektar",
            "litre": "liter litern",
            "barrel": "barrel fass",
            "kilogram": "kilogramm kilo",
            "gram": "gramm",
            "tonne": "tonne tonnen",
            "second": "sekunde sekunden",
            "minute": "minute minuten",
            "hour": "stunde stunden",
            "night": "nacht nächte nächten",
            "day": "tag tage tagen",
            "week": "woche wochen",
            "month": "monat monate monaten",
            "quarter": "quartal quartale",
            "year": "jahr jahre jahren",
            "decade": "jahrzehnt jahrzehnte jahrzehnten",
            "century": "jahrhunderte jahrhunderten",
            "degree": "grad",
            "degree Celsius": "grad_celsius",
            "point": "punkt punkte punkten zähler zählern",
            "cent": "cent",
            "time": "mal",
            "kilowatt": "kilowatt",
            "megawatt": "megawatt",
            "gigawatt": "gigawatt",
            "kilowatt hour": "kilowattstunde kilowattstunden",
            "megawatt hour": "megawattstunde megawattstunden",
            "terawatt hour": "terawattstunden",
        }
    ),
    before=bounds(
        more_than="mehr als|über|gut|nicht weniger als",
        less_than="weniger als|unter|knapp unter",
        about="rund|etwa|ungefähr|circa|ca|ca .|fast|knapp|nahezu|beinahe|annähernd|schätzungsweise|an die",
        at_least="mindestens|wenigstens|zumindest",
        at_most="höchstens|maximal|bis zu",
    ),
    after=bounds(at_least="oder mehr", at_most="oder weniger"),
    to=frozenset({"bis"}),
    both="und",
    between=frozenset({"zwischen"}),
    stops=_STOPS,
    words=continental.number,
    fraction=continental.Fractions(
        numerators={"ein": 1, "einem": 1, "zwei": 2, "drei": 3, "vier": 4},
        denominators={
            "drittel": 3,
            "dritteln": 3,
            "viertel": 4,
            "fünftel": 5,
            "sechstel": 6,
            "achtel": 8,
            "zehntel": 10,
        },
        halves=frozenset({"hälfte"}),
        of=frozenset(("der", "des", "aller", "von", "seiner", "ihrer")),
        halving=frozenset(("halbe", "halben", "halbes")),
        whole={
            "anderthalb": Decimal("1.5"),
            "eineinhalb": Decimal("1.5"),
            "zweieinhalb": Decimal("2.5"),
            "dreieinhalb": Decimal("3.5"),
            "viereinhalb": Decimal("4.5"),
        },
    ),
    noun=_noun,
    since=frozenset({"von"}),
    minus=frozenset({"minus"}),
    per=phrases("pro|je|/"),
    each=phrases("im|am|in der|die|den|das|jede|jedes|jeden|in jeder"),
    rates={
        **dict.fromkeys(("jährlich", "jährliche", "jährlichen"), "year"),
        **dict.fromkeys(("monatlich", "monatliche", "monatlichen"), "month"),
        "wöchentlich": "week",
        "täglich": "day",
        "stündlich": "hour",
    },
    abbreviated=frozenset(("mrd", "mio", "tsd", "bio", "mill")),
    labels=frozenset(
        """artikel paragraf paragraph seite kapitel nummer nr flug linie zimmer absatz abs art resolution platz gleis agenda
        formel""".split()
    ),
    ordinal_after=frozenset("das der die den dem des am zum im vom beim".split()),
    articles=frozenset(("ein", "eine", "einer", "einem", "einen")),
    changing=frozenset(
        """stieg stiegen gestiegen steigt steigen sank sanken gesunken sinkt sinken fiel fielen gefallen fällt verlor verloren
        verliert gewann gewonnen gewinnt wuchs gewachsen wächst erhöhte erhöht senkte gesenkt senkt kletterte legte legten
        plus minus zuwachs rückgang anstieg""".split()
    ),
    by=frozenset(("um", "von")),
    always_by=frozenset({"um"}),
)
