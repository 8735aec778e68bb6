"""Spanish, of Spain and of America: its words for numbers, units and bounds."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from summariser.grounding.quantities import continental
from summariser.grounding.quantities.lexicon import MILLION, THOUSAND, TRILLION, Lexicon, bounds, phrases
from summariser.grounding.quantities.units import forms

if TYPE_CHECKING:
    from summariser.grounding.quantities.tokens import Tokens

__all__ = ["LEXICON"]

_STOPS = frozenset(
    """el la los las un una unos unas y o u de del al a en con por para sin sobre entre que quien es son era eran fue fueron
    ha han había será serán como más menos su sus se lo no ya muy este esta estos estas contra según desde hasta cada""".split()
)
_IRREGULAR = {"jóvenes": "joven", "crímenes": "crimen", "órdenes": "orden", "países": "país", "exámenes": "examen"}
_BEFORE_NOUN = frozenset("nuevos nuevas otros otras jóvenes grandes primeros primeras".split())


def _noun(tokens: Tokens, place: int, value: Decimal) -> tuple[str, int] | None:  # noqa: ARG001 -- a noun reader
    """The word that follows, since adjectives come behind; "de" in between belongs to a scale."""
    lexicon = tokens.lexicon
    if tokens.at(place).low in lexicon.links and tokens.at(place - 1).low in lexicon.scales:
        place += 1
    if (
        tokens.at(place).low in _BEFORE_NOUN
        and tokens.at(place + 1).kind == "word"
        and tokens.at(place + 1).low not in _STOPS
    ):
        place += 1
    token = tokens.at(place)
    if token.kind != "word" or len(token.text) < 3 or token.low in lexicon.stops or tokens.masked(place):
        return None
    return _singular(token.text), place + 1


def _singular(word: str) -> str:
    low = word.casefold()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if low.endswith("iones"):
        return word[:-4] + "ón"
    if low.endswith("ces"):
        return word[:-3] + "z"
    if low.endswith("íses"):
        return word[:-2]
    # "Hogares", "ciudades", "árboles" lose both letters; "padres", "calles", "agentes" only the last.
    if re.search(r"[aeiouáéíóú][dlnrj]es$", low):
        return word[:-2]
    return word[:-1] if low.endswith("s") and not low.endswith(("ss", "is", "us")) else word


LEXICON = Lexicon(
    language="es",
    decimal_mark=",",
    comma_groups=True,
    scales={
        "mil": THOUSAND,
        **dict.fromkeys(("millón", "millones", "millon", "mdd", "mdp"), MILLION),
        "millardos": THOUSAND * MILLION,
        **dict.fromkeys(("billón", "billones"), TRILLION),
        **dict.fromkeys(("docena", "docenas"), Decimal(12)),
        "decena": Decimal(10),
        "centenar": Decimal(100),
        "millar": THOUSAND,
    },
    vague=frozenset(("decena", "centenar", "millar")),
    ratios={
        **dict.fromkeys(("%", "por ciento", "por cien"), "%"),
        **forms(
            {
                "percentage point": "puntos_porcentuales punto_porcentual",
                "basis point": "puntos_básicos punto_básico puntos_base",
            }
        ),
    },
    currencies=forms(
        {
            "EUR": "euro euros",
            "USD": "dólar dólares dolares dólares_estadounidenses",
            "GBP": "libras_esterlinas libra_esterlina",
            "JPY": "yenes",
            "CNY": "yuanes",
            "RUB": "rublos",
            "CHF": "francos_suizos",
            "MXN": "pesos_mexicanos peso_mexicano",
            "COP": "pesos_colombianos",
            "ARS": "pesos_argentinos",
            "CLP": "pesos_chilenos",
            "PEN": "soles",
            "BRL": "reales_brasileños",
        }
    ),
    measures=forms(
        {
            "kilometre": "kilómetro kilómetros",
            "metre": "metro metros",
            "centimetre": "centímetro centímetros",
            "millimetre": "milímetro milímetros",
            "square kilometre": "kilómetros_cuadrados kilómetro_cuadrado",
            "square metre": "metros_cuadrados metro_cuadrado",
            "cubic metre": "metros_cúbicos metro_cúbico",
            "hectare": "hectárea hectáreas",
            "litre": "litro litros",
            "barrel": "barril barriles",
            "kilogram": "kilogramo kilogramos kilo kilos",
            "gram": "gramo gramos",
            "tonne": "tonelada toneladas",
            "second": "segundo segundos",
            "minute": "minuto minutos",
            "hour": "hora horas",
            "night": "noche noches",
            "day": "día días",
            "week": "semana semanas",
            "month": "mes meses",
            "quarter": "trimestres",
            "year": "año años",
            "decade": "década décadas",
            "century": "siglos",
            "degree": "grado grados",
            "degree Celsius": "grados_celsius grados_centígrados",
            "point": "punto puntos",
            "cent": "céntimo céntimos centavo centavos",
            "time": "vez veces",
            "kilowatt": "kilovatio kilovatios",
            "megawatt": "megavatio megavatios",
            "gigawatt": "gigavatio gigavatios",
            "kilowatt hour": "kilovatio-hora kilovatios-hora kilovatios_hora",
        }
    ),
    before=bounds(
        more_than="más de|mas de|por encima de|los más de|no menos de",
        less_than="menos de|por debajo de",
        about="unos|unas|cerca de|alrededor de|aproximadamente|casi|en torno a|cerca del|alrededor del|casi el",
        at_least="al menos|por lo menos|como mínimo",
        at_most="hasta|como máximo|a lo sumo|un máximo de",
    ),
    after=bounds(at_least="o más", at_most="o menos", about="aproximadamente"),
    to=frozenset({"a"}),
    both="y",
    between=frozenset({"entre"}),
    stops=_STOPS,
    words=continental.number,
    fraction=continental.Fractions(
        numerators={"un": 1, "dos": 2, "tres": 3, "cuatro": 4, "una": 1},
        denominators={
            "tercio": 3,
            "tercios": 3,
            "cuarto": 4,
            "cuartos": 4,
            "quinto": 5,
            "quintos": 5,
            "décimo": 10,
            "décimos": 10,
        },
        halves=frozenset({"mitad"}),
        of=frozenset(("de", "del")),
        halving=frozenset(("medio", "media")),
        whole={},
    ),
    noun=_noun,
    since=frozenset(("de", "desde", "del")),
    minus=frozenset({"menos"}),
    per=phrases("por|por cada|cada|/"),
    each=phrases("al|a la|el|la"),
    rates={
        **dict.fromkeys(("anuales", "anual", "anualmente"), "year"),
        **dict.fromkeys(("mensuales", "mensual"), "month"),
        "semanales": "week",
        **dict.fromkeys(("diarios", "diarias"), "day"),
    },
    and_half=phrases("y medio|y media"),
    links=frozenset({"de"}),
    labels=frozenset(
        "artículo artículos página páginas capítulo vuelo número resolución ley línea párrafo decreto".split()
    ),
    articles=frozenset(("un", "una")),
    hundreds=frozenset(("cientos", "miles", "millares", "decenas", "centenares")),
    changing=frozenset(
        """subió subieron subido sube suben subir aumentó aumentaron aumentado aumenta aumento subida alza bajó bajaron bajado
        baja bajan bajar cayó cayeron caído cae caída creció crecieron crecido crece crecimiento perdió perdieron pierde ganó
        ganaron gana redujo redujeron reducido reducción disminuyó disminuyeron descenso retrocedió avanzó incremento
        incrementó""".split()
    ),
    by=frozenset(("un", "el", "en", "de", "del")),
)
