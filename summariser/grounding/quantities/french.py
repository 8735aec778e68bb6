"""French: its words for numbers, units and bounds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from summariser.grounding.quantities import continental
from summariser.grounding.quantities.lexicon import BILLION, MILLION, THOUSAND, TRILLION, Lexicon, bounds, phrases
from summariser.grounding.quantities.units import forms

if TYPE_CHECKING:
    from summariser.grounding.quantities.tokens import Tokens

__all__ = ["LEXICON"]

_ABOUT_SO_MANY = {
    "dizaine": 10,
    "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30,
    "quarantaine": 40,
    "cinquantaine": 50,
    "soixantaine": 60,
    "centaine": 100,
    "millier": 1000,
}
_STOPS = frozenset(
    """le la les un une des de du d d' l l' et ou à au aux en dans par pour sur avec sans que qu' qui dont est sont ont a été sera
    seront était étaient contre selon depuis après avant mais ne n' pas plus ce cette ces son sa ses leur leurs il elle ils
    elles on se s s' y chaque lors soit environ""".split()
)
_SAME = frozenset(
    """mois pays fois bras corps cas succès procès repas temps choix voix prix avis colis poids bus os tas puits tapis abus
    accès excès décès progrès congrès""".split()
)


def _noun(tokens: Tokens, place: int, value: Decimal) -> tuple[str, int] | None:  # noqa: ARG001 -- a noun reader
    """The word that follows, since adjectives come behind; "de" in between belongs to a scale."""
    lexicon = tokens.lexicon
    scaled = tokens.at(place - 1).low
    if tokens.at(place).low in lexicon.links and (scaled in lexicon.scales or scaled in lexicon.vague):
        place += 1
    if tokens.at(place).low in _BEFORE_NOUN and tokens.at(place + 1).kind == "word":
        place += 1
    token = tokens.at(place)
    if token.kind != "word" or len(token.text) < 3 or token.low in lexicon.stops or tokens.masked(place):
        return None
    return _singular(token.text), place + 1


def _singular(word: str) -> str:
    low = word.casefold()
    if low in _SAME or low.endswith(("ss", "us")):
        return word
    if low in ("travaux", "vitraux", "coraux", "émaux"):
        return word[:-3] + "ail"
    if low.endswith(("eaux", "eux", "oux")):
        return word[:-1]
    if low.endswith("aux"):
        return word[:-3] + "al"
    return word[:-1] if low.endswith("s") else word


_BEFORE_NOUN = frozenset(
    "autres nouveaux nouvelles jeunes petits petites grands grandes anciens anciennes premiers".split()
)

LEXICON = Lexicon(
    language="fr",
    decimal_mark=",",
    scales={
        "mille": THOUSAND,
        "milliers": THOUSAND,
        **dict.fromkeys(("million", "millions", "mio"), MILLION),
        **dict.fromkeys(("milliard", "milliards", "md", "mds", "mrd", "mrds"), BILLION),
        **dict.fromkeys(("billion", "billions"), TRILLION),
        **{word: Decimal(n) for word, n in _ABOUT_SO_MANY.items()},
        **dict.fromkeys(("douzaine", "douzaines"), Decimal(12)),
        "dizaines": Decimal(10),
        "centaines": Decimal(100),
    },
    vague=frozenset(_ABOUT_SO_MANY),
    ratios={
        **dict.fromkeys(("%", "pour cent", "pourcent"), "%"),
        **forms(
            {
                "percentage point": "points_de_pourcentage point_de_pourcentage points_de_% point_de_%",
                "basis point": "points_de_base point_de_base",
            }
        ),
    },
    currencies=forms(
        {
            "EUR": "euro euros",
            "USD": "dollar dollars dollars_américains",
            "CAD": "dollars_canadiens",
            "GBP": "livres_sterling livre_sterling",
            "CHF": "francs_suisses franc_suisse",
            "XOF": "francs_cfa",
            "JPY": "yens yen",
            "CNY": "yuans yuan",
            "RUB": "roubles rouble",
            "INR": "roupies",
            "DZD": "dinars_algériens",
            "MAD": "dirhams",
            "TND": "dinars_tunisiens",
        }
    ),
    measures=forms(
        {
            "kilometre": "kilomètre kilomètres",
            "metre": "mètre mètres",
            "centimetre": "centimètre centimètres",
            "millimetre": "millimètre millimètres",
            "square kilometre": "kilomètres_carrés kilomètre_carré",
            "square metre": "mètres_carrés mètre_carré",
            "cubic metre": "mètres_cubes mètre_cube",
            "hectare": "hectare hectares",
            "litre": "litre litres",
            "barrel": "baril barils",
            "kilogram": "kilogramme kilogrammes kilo kilos",
            "gram": "gramme grammes",
            "tonne": "tonne tonnes",
            "second": "seconde secondes",
            "minute": "minute minutes",
            "hour": "heure heures",
            "night": "nuit nuits",
            "day": "jour jours",
            "week": "semaine semaines",
            "month": "mois",
            "quarter": "trimestres",
            "year": "an ans année années",
            "decade": "décennie décennies",
            "century": "siècles",
            "degree": "degré degrés",
            "degree Celsius": "degrés_celsius",
            "point": "point points",
            "cent": "centime centimes",
            "time": "fois",
            "megawatt": "mégawatt mégawatts",
            "gigawatt": "gigawatt gigawatts",
            "kilowatt hour": "kilowattheure kilowattheures kilowatt-heure",
        }
    ),
    before=bounds(
        more_than="plus de|plus d'|au-delà de|au - delà de|pas moins de",
        less_than="moins de|moins d'",
        about="environ|près de|près d'|autour de|quelque|quelques|presque|à peu près|aux alentours de|aux alentours d'|quasiment",
        at_least="au moins",
        at_most="au plus|au maximum|jusqu'à|jusqu ' à|un maximum de",
    ),
    after=bounds(about="environ", at_least="ou plus|au moins|minimum", at_most="ou moins|au maximum|maximum"),
    to=frozenset({"à"}),
    both="et",
    between=frozenset({"entre"}),
    stops=_STOPS,
    words=continental.number,
    fraction=continental.Fractions(
        numerators={"un": 1, "deux": 2, "trois": 3, "quatre": 4},
        denominators={
            "tiers": 3,
            "quart": 4,
            "quarts": 4,
            "cinquième": 5,
            "cinquièmes": 5,
            "dixième": 10,
            "dixièmes": 10,
        },
        halves=frozenset({"moitié"}),
        of=frozenset(("de", "des", "du", "d'")),
        halving=frozenset({"demi"}),
        whole={},
    ),
    noun=_noun,
    since=frozenset({"de"}),
    minus=frozenset({"moins"}),
    per=phrases("par|pour|/"),
    each=phrases("le|la|l'|chaque|à la|à l'"),
    rates={
        **dict.fromkeys(("annuels", "annuelles", "annuel"), "year"),
        **dict.fromkeys(("mensuels", "mensuelles"), "month"),
        **dict.fromkeys(("hebdomadaires",), "week"),
        **dict.fromkeys(("quotidiens", "quotidiennes"), "day"),
    },
    and_half=phrases("et demi|et demie"),
    links=frozenset({"de", "d'"}),
    abbreviated=frozenset({"md", "mds", "mio"}),
    labels=frozenset(
        "article articles page pages chapitre vol numéro n no ligne loi résolution alinéa paragraphe boulevard".split()
    ),
    articles=frozenset({"un", "une"}),
    hundreds=frozenset({"milliers", "centaines", "dizaines"}),
    changing=frozenset(
        """augmenté augmente augmentent augmenter augmentation hausse baisse baissé baissent baisser diminué diminue diminuent
        progressé progresse progression reculé recule recul chuté chute grimpé grimpe bondi bondit perdu perd perdent gagné gagne
        gagnent cédé cède réduit réduire réduction relevé relève abaissé abaisse croissance crû""".split()
    ),
    by=frozenset({"de", "d'"}),
)
