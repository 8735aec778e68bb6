"""Arabic: its words for numbers, units and bounds. Counted nouns stay in the form the text gives them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from summariser.grounding.quantities.lexicon import (
    BILLION,
    MILLION,
    THOUSAND,
    TRILLION,
    Fraction,
    Lexicon,
    bounds,
    phrases,
)
from summariser.grounding.quantities.units import forms

if TYPE_CHECKING:
    from summariser.grounding.quantities.tokens import Tokens

__all__ = ["LEXICON"]

_AND = "و"


def _numbered(words: str, first: int, step: int = 1) -> dict[str, int]:
    return {form: first + n * step for n, joined in enumerate(words.split()) for form in joined.split("/")}


_UNITS = _numbered(
    "واحد/واحدة اثنين/اثنان/اثنتين/اثنتان ثلاثة/ثلاث أربعة/أربع خمسة/خمس ستة/ست سبعة/سبع ثمانية/ثماني/ثمان تسعة/تسع عشرة/عشر",
    1,
)
_TENS = _numbered(
    "عشرين/عشرون ثلاثين/ثلاثون أربعين/أربعون خمسين/خمسون ستين/ستون سبعين/سبعون ثمانين/ثمانون تسعين/تسعون", 20, 10
)
_HUNDREDS = _numbered(
    "مئة/مائة مئتين/مئتان/مائتين/مائتان/مئتي ثلاثمئة/ثلاثمائة أربعمئة/أربعمائة خمسمئة/خمسمائة ستمئة/ستمائة سبعمئة/سبعمائة "
    "ثمانمئة/ثمانمائة/ثمانيمئة تسعمئة/تسعمائة",
    100,
    100,
)
_FIRST_OF_TEENS = _numbered("أحد/إحدى اثنا/اثنتا/اثني/اثنتي", 11) | {
    form: n + 10 for form, n in _UNITS.items() if 3 <= n <= 9
}
_DUALS = {
    **dict.fromkeys(("ألفين", "ألفان", "ألفي"), 2 * THOUSAND),
    **dict.fromkeys(("مليونين", "مليونان", "مليوني"), 2 * MILLION),
    **dict.fromkeys(("مليارين", "ملياران", "ملياري"), 2 * BILLION),
}
_FRACTIONS = {
    "نصف": (1, 2),
    "ثلث": (1, 3),
    "ثلثي": (2, 3),
    "ثلثا": (2, 3),
    "ثلثين": (2, 3),
    "ربع": (1, 4),
    "خمس": (1, 5),
}


def _number(tokens: Tokens, place: int) -> tuple[Decimal, int] | None:
    """A number in words: "خمسة وعشرون", "ثلاثمئة"; later parts are joined by "و" written together with them."""
    low = tokens.at(place).low
    if low in _DUALS:
        return _DUALS[low], place + 1
    value, at = 0, place
    while True:
        low = tokens.at(at).low
        if at > place:
            if not low.startswith(_AND):
                break
            low = low.removeprefix(_AND)
        if low in _FIRST_OF_TEENS and tokens.at(at + 1).low in ("عشر", "عشرة"):
            value, at = value + _FIRST_OF_TEENS[low], at + 2
            break
        part = _UNITS.get(low) or _TENS.get(low) or _HUNDREDS.get(low)
        if part is None or (at > place and part < 20 and value % 100):
            break
        value, at = value + part, at + 1
    # "واحد" and "اثنين" alone mostly point at something; the noun's own dual says two.
    return None if at == place or value < 3 else (Decimal(value), at)


def _fraction(tokens: Tokens, place: int) -> Fraction | None:
    low, following = tokens.at(place).low, tokens.at(place + 1)
    if low not in _FRACTIONS or following.kind != "word":
        return None
    one, of = _FRACTIONS[low]
    scaled = following.low in LEXICON.scales
    if low == "خمس" and not scaled and not following.low.startswith("ال"):
        return None
    if scaled:
        return Fraction(Decimal(one) / of, place + 1, share=False)
    return Fraction(Decimal(one) / of, place + 1, share=True) if following.low.startswith("ال") else None


def _noun(tokens: Tokens, place: int, value: Decimal) -> tuple[str, int] | None:  # noqa: ARG001 -- a noun reader
    token = tokens.at(place)
    if token.kind != "word" or len(token.text) < 3 or token.low in tokens.lexicon.stops or tokens.masked(place):
        return None
    return token.text, place + 1


LEXICON = Lexicon(
    language="ar",
    decimal_mark=".",
    scales={
        **dict.fromkeys(("ألف", "آلاف", "الف", "ألفا", "الاف"), THOUSAND),
        **dict.fromkeys(("مليون", "ملايين", "مليونا"), MILLION),
        **dict.fromkeys(("مليار", "مليارات", "بليون", "مليارا"), BILLION),
        **dict.fromkeys(("تريليون", "تريليونات", "تريليونا"), TRILLION),
    },
    ratios={
        **dict.fromkeys(("%", "\u066a", "بالمئة", "بالمائة", "في المئة", "في المائة", "بالمية"), "%"),
        **forms(
            {
                "percentage point": "نقطة_مئوية نقاط_مئوية نقطة_مئويه",
                "basis point": "نقطة_أساس نقاط_أساس نقطة_اساس",
            }
        ),
    },
    currencies=forms(
        {
            "USD": "دولار دولارات دولارا دولار_أميركي دولار_أمريكي",
            "EUR": "يورو",
            "GBP": "جنيه_إسترليني",
            "EGP": "جنيه_مصري جنيها_مصريا",
            "SAR": "ريال_سعودي",
            "QAR": "ريال_قطري",
            "IRR": "ريال_إيراني",
            "AED": "درهم_إماراتي",
            "MAD": "درهم_مغربي",
            "KWD": "دينار_كويتي",
            "IQD": "دينار_عراقي",
            "JOD": "دينار_أردني",
            "DZD": "دينار_جزائري",
            "TRY": "ليرة_تركية",
            "LBP": "ليرة_لبنانية",
            "SYP": "ليرة_سورية",
            "RUB": "روبل",
            "JPY": "ين",
            "CNY": "يوان",
        }
    ),
    measures=forms(
        {
            "kilometre": "كيلومتر كيلومترا كيلومترات",
            "metre": "متر مترا أمتار",
            "square kilometre": "كيلومتر_مربع كيلومترا_مربعا كيلومترات_مربعة",
            "square metre": "متر_مربع مترا_مربعا",
            "cubic metre": "متر_مكعب مترا_مكعبا",
            "hectare": "هكتار هكتارا هكتارات",
            "litre": "لتر لترا ليتر لترات",
            "barrel": "برميل برميلا براميل",
            "kilogram": "كيلوغرام كيلوغراما كيلوغرامات كيلوجرام كيلو",
            "tonne": "طن طنا أطنان",
            "second": "ثانية ثوان ثواني",
            "minute": "دقيقة دقائق",
            "hour": "ساعة ساعات",
            "day": "يوم يوما أيام",
            "week": "أسبوع أسبوعا أسابيع",
            "month": "شهر شهرا أشهر شهور",
            "year": "عام عاما أعوام سنة سنوات",
            "decade": "عقود",
            "century": "قرون",
            "degree": "درجة درجات",
            "degree Celsius": "درجة_مئوية درجات_مئوية",
            "point": "نقطة نقاط",
            "time": "مرة مرات",
            "megawatt": "ميغاواط ميجاواط ميغاوات",
            "gigawatt": "غيغاواط جيجاواط",
        }
    ),
    before=bounds(
        more_than="أكثر من|ما يزيد عن|ما يزيد على|يزيد عن|يزيد على|لأكثر من|فوق|تجاوز|تجاوزت",
        less_than="أقل من|دون|لأقل من",
        about="نحو|حوالي|حوالى|قرابة|ما يقرب من|ما يقارب|يقرب من|بنحو|بحوالي|تقريبا|زهاء",
        at_least="ما لا يقل عن|على الأقل|لا يقل عن",
        at_most="ما لا يزيد عن|ما لا يزيد على|حتى|ما يصل إلى|لا يتجاوز|لا يزيد عن",
    ),
    after=bounds(at_least="على الأقل|أو أكثر|فأكثر", at_most="على الأكثر|أو أقل|كحد أقصى", about="تقريبا"),
    to=frozenset({"إلى", "الى", "حتى"}),
    both=_AND,
    between=frozenset({"بين"}),
    stops=frozenset(
        """في من على إلى عن مع أن إن كان كانت هذا هذه ذلك تلك التي الذي و أو قد لا ما بعد قبل منذ خلال حتى بين حول ونصف لكل
        يوميا سنويا شهريا أسبوعيا تقريبا ضد بعد""".split()
    ),
    words=_number,
    fraction=_fraction,
    noun=_noun,
    since=frozenset({"من"}),
    minus=frozenset({"ناقص"}),
    per=phrases("لكل|/|لـ"),
    each=phrases("في|كل"),
    rates={
        "سنويا": "year",
        "شهريا": "month",
        "أسبوعيا": "week",
        "يوميا": "day",
        "للبرميل": "barrel",
        "للطن": "tonne",
        "للكيلوغرام": "kilogram",
        "للتر": "litre",
        "للساعة": "hour",
        "للشهر": "month",
        "للمتر": "metre",
    },
    and_half=phrases("ونصف|ونصف المليون|ونصف المليار"),
    labels=frozenset("المادة مادة القرار قرار الفقرة الصفحة صفحة رقم الرحلة القانون المرسوم الفصل البند".split()),
    bare_scales=True,
    pairs={
        **dict.fromkeys(("ساعتين", "ساعتان"), "hour"),
        **dict.fromkeys(("دقيقتين", "دقيقتان"), "minute"),
        **dict.fromkeys(("يومين", "يومان"), "day"),
        **dict.fromkeys(("أسبوعين", "أسبوعان"), "week"),
        **dict.fromkeys(("شهرين", "شهران"), "month"),
        **dict.fromkeys(("عامين", "عامان", "سنتين", "سنتان"), "year"),
        **dict.fromkeys(("كيلومترين",), "kilometre"),
        **dict.fromkeys(("مرتين", "مرتان"), "time"),
        **dict.fromkeys(("دولارين",), "USD"),
    },
    prefixes=frozenset((_AND, "ب", "ل", "بـ", "وب")),
    changing=frozenset(
        """ارتفع ارتفعت ارتفاع ارتفاعا ارتفاعها زاد زادت زيادة تراجع تراجعت تراجعا انخفض انخفضت انخفاض انخفاضا هبط هبطت هبوط
        صعد صعدت نما نمت نمو خفض خفضت رفع رفعت خسر خسرت كسب كسبت قفز قفزت يرتفع ينخفض""".split()
    ),
    by=frozenset(("بنسبة", "ب", "بمقدار", "بواقع", "نسبته", "نسبتها", "بمعدل")),
)
