"""The reader of all languages with spaces between words: amounts, ranges, what they are per, and how they are meant."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from summariser.grounding.quantities import english
from summariser.grounding.quantities.lexicon import MILLION, ONE, firsts
from summariser.grounding.quantities.tokens import HYPHENS, Token, Tokens, decimal
from summariser.grounding.quantities.units import (
    CODES,
    DOLLARS,
    LETTERS,
    SYMBOL_CURRENCIES,
    TIME_UNITS,
    parted,
    symbol,
)
from summariser_schemas import Quantity

if TYPE_CHECKING:
    from summariser.grounding.quantities.lexicon import Lexicon
    from summariser_schemas import Qualifier

__all__ = ["Reader", "whole"]


_WHAT_IS_WON = frozenset("the a an their his her its back out against over".split())
"""What follows "won" where it is a verb: "6 million won the right to vote"."""


class _Amount(NamedTuple):
    """A number with what belongs to it; ``first`` and ``last`` are tokens, ``last`` exclusive, ``number`` its digits.

    ``share``: a part of a whole. ``compound``: joined to its unit by a hyphen. ``counted``: the unit is a noun.
    ``indefinite``: it is the lower end of an order of magnitude.
    """

    value: Decimal
    first: int
    last: int
    unit: str | None = None
    per: str | None = None
    scale: Decimal = ONE
    number: int = 0
    money: bool = False
    spelled: bool = False
    share: bool = False
    compound: bool = False
    counted: bool = False
    vague: bool = False
    indefinite: bool = False


_GLUED_SCALES = {
    "m": MILLION,
    "k": Decimal(1000),
    "b": MILLION * 1000,
    "mn": MILLION,
    "bn": MILLION * 1000,
    "tn": MILLION * MILLION,
    "mil": MILLION,
}
# "20C", "3x": letters that are a unit only where nothing stands between, up to a likely value.
_GLUED_UNITS = {"C": ("degree Celsius", 100), "F": ("degree Fahrenheit", 200), "x": ("time", 1000), "X": ("time", 1000)}
_TRANSCRIBED = {"PS": "GBP", "EUR": "EUR"}
"""What "£" and "€" become in texts that were forced into ASCII; "Y=" is "¥"."""
_MASS_COUNTED = frozenset(
    """people users customers jobs homes households voters refugees children workers vehicles cars subscribers
    followers""".split()
)
_JOINING = frozenset("and or to".split())
_EXTENDING = frozenset(
    "wide high tall deep long thick broad above below beneath underground underwater away apart across x".split()
)
_DIMENSIONS = frozenset("height length width depth diameter altitude circumference".split())
_OTHER_LENGTHS = frozenset("ft feet foot yards yard miles in inches".split())
_REACHING = _DIMENSIONS | frozenset(
    "climbed dived swam ran walked jumped plunged depths heights radius distance within".split()
)
"""What makes an "m" behind a number metres when it stands among the words before."""
_COUNTED = _MASS_COUNTED | frozenset(
    """votes ballots tonnes tons barrels bushels passengers visitors tourists migrants citizens residents members students
    pupils patients viewers listeners readers downloads copies shares units doses vaccines tests cases deaths births trees
    animals birds cattle sheep pigs acres hectares litres gallons accounts records messages visits views streams
    subscriptions consumers employees teachers farmers pensioners taxpayers families smartphones phones computers bottles
    bags boxes parcels letters tickets fans Britons Americans Germans Italians""".casefold().split()
)
"""What is counted in millions and has no length: "5m votes", and not "5m walls"."""
_OF_MONEY = frozenset(
    "deal loan fund grant fine fee payout budget contract bid offer package share prize debt investment boost overhaul".split()
)
_LARGEST_SCALE = Decimal(10) ** 13
_YEARS = (1000, 2199)
_DASHES = HYPHENS | {"\u2012", "\u2013", "\u2014", "~"}
_MINUSES = ("-", "\u2212", "\u2013")
_SHARE_GLYPHS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅕": (1, 5), "⅛": (1, 8)}
_SIGNS = frozenset({*SYMBOL_CURRENCIES, *_MINUSES, *_SHARE_GLYPHS})
_WRITTEN_SHARES = frozenset(tuple(share.split("/")) for share in "1/2 1/3 2/3 1/4 3/4 1/5 2/5 3/5 4/5 1/10".split())
_POINTERS = frozenset("the these those both other all our".split())
_OWNERS = frozenset("his her its their your my".split())
_DIFFERENCES = frozenset({"%", "percentage point", "basis point", "point"})
_SOLD_BY = frozenset("share person head ticket piece unit pop bottle game student household vote".split())
"""What money may be "a", besides units of measure and of time: "$5 a share"."""

# "$7 billion a year earlier" and "lost $5 a day after the vote" name a time, no rate.
_TELLS_TIME = frozenset("ago earlier before after later prior since until from previously old plus".split())
_NOT_PER = frozenset("se cent cento ciento hundred".split())
_PEOPLE = frozenset("who he she".split())
_IS = frozenset("is was turned aged".split())
_AGED = frozenset("aged age ages âgé âgée âgés âgées".split())
_OLDEST = 115


class Reader:
    """Reads the quantities of one text, token by token."""

    def __init__(self, text: str, lexicon: Lexicon, *, loose: bool = False) -> None:
        self.text = text
        self.lexicon = lexicon
        self.loose = loose and lexicon is english.LEXICON
        self.tokens = Tokens(text, lexicon)
        self.at, self.glued, self.hyphened, self.masked = (
            self.tokens.at,
            self.tokens.glued,
            self.tokens.hyphened,
            self.tokens.masked,
        )
        self.english = lexicon is english.LEXICON

    def quantities(self) -> list[Quantity]:
        """All quantities in order, none overlapping another."""
        found: list[Quantity] = []
        first, behind = -1, -1
        for place in self._beginnings():
            read = self._quantity(place) if place >= behind else None
            if read is None:
                continue
            quantity, first_now, last = read
            if quantity.unit is None and behind == first_now - 1 and self._rises_to(first, behind):
                # "From 14 mpg to 24": the unit is said once.
                quantity = quantity.model_copy(update={"unit": found[-1].unit, "per": found[-1].per})
            elif quantity.unit is None and quantity.qualifier == "exact":
                quantity = quantity.model_copy(update={"unit": self._level(found, first_now)})
            found.append(quantity)
            first, behind = first_now, last
        return found

    def _beginnings(self) -> list[int]:
        """The places of the tokens that an amount can begin with, which most words and signs settle by themselves."""
        starts, minus = None if self.loose else self.lexicon.starts, self.lexicon.minus
        found: list[int] = []
        for place, (kind, text, low, _, _) in enumerate(self.tokens):
            if kind == "symbol":
                begins = text in _SIGNS or low in minus
            elif kind == "number" or starts is None or low in starts:
                begins = True
            else:
                begins = text[0].isupper() and self._signs(place)
            if begins and not self.masked(place):
                found.append(place)
        return found

    def _signs(self, place: int) -> bool:
        """Whether a word with a capital may be a currency in front of its amount: "EUR 5", "Rs. 5", "C$5"."""
        token = self.at(place)
        following = self.at(place + 1)
        return (
            following.kind == "number"
            or following.text in ("=", ".")
            or following.text in SYMBOL_CURRENCIES
            or token.text in LETTERS
        )

    def _level(self, found: list[Quantity], first: int) -> str | None:
        """The unit of a level that a change leads to: "rose 64.06 points to 4,577.10", "lost 9 points, or 2%, to fall to 725"."""
        led = self.at(first - 1).low in self.lexicon.to or self.tokens.lows(first - 4, first) == (
            "to",
            "a",
            "close",
            "of",
        )
        if not led:
            return None
        opening = max(self.text.rfind(stop, 0, self.at(first).start) for stop in (". ", "\n", "; "))
        changed = (q for q in reversed(found) if q.unit != "%" and q.start > opening)
        change = next((q for q in changed if q.unit == "point" or q.unit in CODES), None)
        if change is None or not self.lexicon.changing & set(
            self.text[opening + 1 : change.start].casefold().split()[-4:]
        ):
            return None
        return change.unit

    def _rises_to(self, first: int, behind: int) -> bool:
        return self.at(first - 1).low in self.lexicon.since and self.at(behind).low in self.lexicon.to

    # -- one quantity ----------------------------------------------------------------------------------------------------

    def _quantity(self, place: int) -> tuple[Quantity, int, int] | None:
        """The quantity that begins with the number, currency or sign at a place, and the places of its span."""
        amount = self._amount(place)
        if amount is None:
            return None
        amount = self._proportion(amount)
        ranged = self._range(amount)
        if ranged is None and self._is_score(amount.last):
            return None
        if ranged is None:
            amount = self._shared_with_next(amount)
        high = None
        if ranged is not None:
            amount, high = ranged
        behind = high or amount
        unit, per, last = amount.unit or behind.unit, amount.per or behind.per, behind.last
        plus = self.at(last).text == "+" and self.glued(last)
        last += plus
        if unit is None and not amount.share and (high is not None or not behind.compound):
            counted = self.lexicon.noun(self.tokens, last, Decimal(2) if high else amount.value)
            if counted is not None:
                unit, last = counted
                amount = amount._replace(counted=True)
            elif (suspended := self._suspended(last)) is not None:
                unit = suspended
            elif (sized := self._sized(last)) is not None:
                unit, amount = sized, amount._replace(counted=True)
            elif self._is_age(amount, last):
                unit = "year"
            elif self._bound_after(last)[1] > last:
                beyond = self.lexicon.noun(self.tokens, self._bound_after(last)[1], Decimal(2))
                unit = None if beyond is None else beyond[0]
        if per is None:
            per, last = self._per(last, unit, money=amount.money)
        if per is None and amount.money:
            per = self._per_behind_brackets(last, unit)
        qualifier, first = self._bound_before(amount.first, unit)
        following, last = self._bound_after(last)
        if plus:
            following = "at_least"
        if not self._measures(amount, high, unit=unit, per=per, bound=qualifier or following):
            return None
        if amount.indefinite and amount.value >= 100 and high is None:
            high = amount._replace(value=amount.value * 10)
        if high is not None:
            qualifier = "range"
        elif amount.indefinite:
            qualifier = "at_least"
        elif qualifier is None or (following is not None and qualifier == "about"):
            qualifier = following or qualifier or ("about" if amount.vague else None)
        if qualifier is None and self._changes(amount, unit, last):
            qualifier = "change"
        start, end = self.at(first).start, self.at(last - 1).end
        quantity = Quantity(
            start=start,
            end=end,
            text=self.text[start:end],
            value=None if high else amount.value,
            low=amount.value if high else None,
            high=high.value if high else None,
            scale=behind.scale,
            unit=unit,
            per=per,
            qualifier=qualifier or "exact",
        )
        return quantity, first, last

    def _suspended(self, last: int) -> str | None:
        """The unit of a number whose hyphen stands for it: "four-, five- and six-cylinder engines"."""
        at = last
        while self.at(at).text in HYPHENS and self.glued(at):
            at += 1
            while self.at(at).text == "," or self.at(at).low in ("and", "or"):
                at += 1
            following = self._amount(at)
            if at == last + 1 or following is None:
                return None
            if following.compound:
                return following.unit
            at = following.last
        return None

    def _sized(self, last: int) -> str | None:
        """What is counted behind its own size: "eight million 250ml bottles", "2.9 million 9 liter cases"."""
        if not self.english or self.at(last).kind != "number" or self.masked(last):
            return None
        size = self._amount(last)
        if size is None or size.unit is None or size.money or size.unit == "%" or size.per is not None:
            return None
        noun = self.at(size.last)
        one = None if noun.kind != "word" or noun.low in self.lexicon.stops else english.singular(noun.text)
        return one if one is not None and noun.text == noun.low else None

    def _shared_with_next(self, amount: _Amount) -> _Amount:
        """Unit and scale that belong to both ends of a change: "from 5 to 7 per cent", "from 24 to 33-35 billion euros"."""
        if amount.unit is not None or self.at(amount.last).low not in self.lexicon.to:
            return amount
        upper = self._upper(amount.last + 1, dashed=False)
        if upper is None:
            return amount
        ranged = self._range(upper)
        upper = upper if ranged is None else ranged[1]
        amount = amount._replace(unit=upper.unit, per=upper.per, money=upper.money)
        opened = self.at(amount.first - 1).low in self.lexicon.since
        if opened and amount.scale == 1 < upper.scale and amount.value < upper.value / upper.scale:
            amount = amount._replace(value=whole(amount.value * upper.scale), scale=upper.scale)
        return amount

    # -- a number with its currency, scale and unit ----------------------------------------------------------------------

    def _amount(self, place: int) -> _Amount | None:
        """A currency, a number, its scale and its unit, beginning at a token."""
        currency, at = self._currency_before(place)
        sign = ONE
        if self.at(at).text in _MINUSES and self.glued(at + 1) and self.at(at + 1).kind == "number":
            if self.glued(at) and (self.at(at - 1).kind != "symbol" or self.at(at).text == "\u2013"):
                return None
            sign, at = -ONE, at + 1
        elif self.at(at).text in _MINUSES and self.at(at + 1).text in SYMBOL_CURRENCIES and currency is None:
            inner = self._amount(at + 1) if not self.glued(at) and self.glued(at + 1) else None
            return None if inner is None else inner._replace(first=place, value=-inner.value)
        elif currency is None and self.at(at).low in self.lexicon.minus:
            return self._below_zero(place)
        if currency is not None and self.masked(at):
            return None
        number = self._number(at, money=currency is not None)
        if number is None:
            return None
        amount = number
        if at > place or number.money:
            amount = number._replace(value=number.value * sign, first=place, money=currency is not None)
        amount = self._scaled(amount if currency is None else amount._replace(unit=currency))
        if amount.unit is None:
            amount = self._with_unit(amount)
        elif amount.money and self.lexicon.currencies.get(self.at(amount.last).low) == amount.unit:
            # "$5 million dollars", as people say and write.
            amount = amount._replace(last=amount.last + 1)
        elif amount.unit == "USD" and self.at(amount.last).text in ("U.S.", "US"):
            # "$75 U.S.", as Canadians write.
            amount = amount._replace(last=amount.last + 1)
        if self._is_name(amount):
            return None
        if amount.unit is not None and amount.per is None:
            per, last = self._per(amount.last, amount.unit, money=amount.money)
            amount = amount._replace(per=per, last=last)
        return amount

    def _below_zero(self, place: int) -> _Amount | None:
        """A number behind "minus", of degrees or per cent: "minus 14 degrees", "a minus-1.4 degree angle"."""
        joined = self.at(place + 1).text in HYPHENS and self.glued(place + 1) and self.glued(place + 2)
        if self.at(place - 1).low in ("or", "ou", "oder", "o") or self.at(place + 1 + joined).kind != "number":
            return None
        value = decimal(self.at(place + 1 + joined).text, self.lexicon.decimal_mark)
        if value is None:
            return None
        number = place + 1 + joined
        amount = self._with_unit(_Amount(-value, place, number + 1, number=number))
        return amount if self.english or (amount.unit or "").startswith(("degree", "%")) else None

    def _currency_before(self, place: int) -> tuple[str | None, int]:
        token, following = self.at(place), self.at(place + 1)
        if token.text in SYMBOL_CURRENCIES:
            if token.text == "$" and following.text in ("US", "AU", "CA", "NZ") and self.glued(place + 1):
                return DOLLARS[following.low], place + 2
            return SYMBOL_CURRENCIES[token.text], place + 1
        if token.kind != "word":
            return None, place
        if following.text == "$" and token.text.upper() == token.text and token.low in DOLLARS:
            return DOLLARS[token.low], place + 2
        sign = SYMBOL_CURRENCIES.get(following.text) == token.text or (
            following.text == "$" and token.text in DOLLARS.values()
        )
        if token.text in CODES and (following.kind == "number" or sign):
            return "CNY" if token.text == "RMB" else token.text, place + 1 + sign
        if token.text in _TRANSCRIBED and following.kind == "number" and self.glued(place + 1):
            return _TRANSCRIBED[token.text], place + 1
        if token.text == "Y" and following.text == "=" and self.glued(place + 1) and self.glued(place + 2):
            return "JPY", place + 2
        if token.text in LETTERS:
            stop = following.text == "." and self.at(place + 2).kind == "number"
            return (LETTERS[token.text], place + 1 + stop) if stop or following.kind == "number" else (None, place)
        return None, place

    def _number(self, place: int, *, money: bool) -> _Amount | None:
        token = self.at(place)
        if self.masked(place):
            return None
        if token.kind == "number":
            if not money and self._continues_a_name(place):
                return None
            value = self._digits(place)
            return None if value is None else self._mixed(_Amount(value, place, place + 1, number=place))
        if token.low in _SHARE_GLYPHS:
            numerator, denominator = _SHARE_GLYPHS[token.low]
            return _Amount(Decimal(numerator) / denominator, place, place + 1, number=place, share=True)
        if token.kind != "word":
            return None
        if self.loose and token.low in english.INDEFINITE:
            return self._indefinite(place)
        if token.low in self.lexicon.pairs:
            unit = self.lexicon.pairs[token.low]
            return _Amount(Decimal(2), place, place + 1, unit=unit, number=place, money=unit in CODES, spelled=True)
        fraction = self.lexicon.fraction(self.tokens, place)
        if fraction is not None:
            value, last, share = fraction
            return _Amount(value, place, last, number=place, spelled=True, share=share)
        if self.glued(place) and self.at(place - 1).text in (*HYPHENS, "'", "\u2019"):
            return None
        spelled = self.lexicon.words(self.tokens, place)
        if spelled is None:
            alone = self.lexicon.bare_scales and self.lexicon.scales.get(token.low, ONE) >= MILLION
            return _Amount(ONE, place, place, number=place, spelled=True) if alone else None
        value, last = spelled
        said = self.at(last - 1).low
        scale = self.lexicon.scales.get(said, ONE)
        read = _Amount(value, place, last, scale=scale, number=place, spelled=True, vague=said in self.lexicon.vague)
        return self._mixed(read)

    def _indefinite(self, place: int) -> _Amount | None:
        """A number that is only an order of magnitude, by its lower end: "thousands of", "tens of thousands of"."""
        value, at = english.INDEFINITE[self.at(place).low], place + 1
        if self.at(at).low == "of" and self.at(at + 1).low in english.INDEFINITE:
            value, at = value * english.INDEFINITE[self.at(at + 1).low], at + 2
        if self.at(at).low != "of" or self.at(at + 1).kind != "word":
            return None
        return _Amount(value, place, at + 1, number=place, spelled=True, indefinite=True)

    def _digits(self, place: int) -> Decimal | None:
        digits = self.at(place).text
        value = decimal(digits, self.lexicon.decimal_mark)
        value = None if value is None else value * ONE  # to the precision that all are reckoned with
        if not self.lexicon.comma_groups or not re.fullmatch(r"[1-9]\d{0,2},\d{3}", digits):
            return value
        following = self.at(place + 1).low
        exact = following in self.lexicon.scales or following in self.lexicon.ratios or following == "por"
        return value if exact or value is None else value * 1000

    def _continues_a_name(self, place: int) -> bool:
        """Whether digits belong to what stands before them without a space: G7, F-16, COVID-19, 3-2."""
        before = self.at(place - 1)
        if not self.glued(place) or before.low in self.lexicon.prefixes:
            return False
        if before.kind in ("word", "number") or before.text in "./:_#+":
            return before.text != "." or self.glued(place - 1)
        hyphen = before.text in "-\u2010\u2011\u2013\u2212"
        joined = hyphen and self.glued(place - 1) and self.at(place - 2).kind != "symbol"
        return joined and self.at(place - 2).low not in ("sub", "now", "then", *self.lexicon.minus)

    def _mixed(self, amount: _Amount) -> _Amount:
        """Add a fraction behind a whole number: 5½, 2 1/2, two and a half; or read the digits as one: 2/3."""
        at = amount.last
        token = self.at(at)
        if token.low in _SHARE_GLYPHS:
            numerator, denominator = _SHARE_GLYPHS[token.low]
            return amount._replace(value=amount.value + Decimal(numerator) / denominator, last=at + 1)
        if token.text == "/" and (self.at(at - 1).text, self.at(at + 1).text) in _WRITTEN_SHARES and self.glued(at + 1):
            share = amount.value / Decimal(self.at(at + 1).text)
            return amount._replace(value=share, last=at + 2, share=True)
        written = token.text, self.at(at + 2).text
        if self.at(at + 1).text == "/" and written in _WRITTEN_SHARES and not self.glued(at) and at == amount.first + 1:
            return amount._replace(value=amount.value + Decimal(written[0]) / Decimal(written[1]), last=at + 3)
        half = self._and_half(at)
        return amount._replace(value=amount.value + Decimal("0.5"), last=half) if half > at else amount

    def _and_half(self, at: int) -> int:
        """The place behind "and a half", or the one given."""
        if self.at(at).low not in firsts(self.lexicon.and_half):
            return at
        found = (at + len(words) for words in self.lexicon.and_half if self.tokens.lows(at, at + len(words)) == words)
        return max(found, default=at)

    def _scaled(self, amount: _Amount) -> _Amount:
        """Multiply by the scale words behind a number, and by m, bn and k where they are glued to it."""
        at, scale, vague = amount.last, ONE, amount.vague
        while not self.masked(at) and scale < _LARGEST_SCALE:
            joined = self.hyphened(at)
            token = self.at(at + joined)
            factor = self.lexicon.scales.get(token.low) if token.kind == "word" else None
            if factor is None and token.low in _GLUED_SCALES and self.glued(at) and not joined and scale == 1:
                factor = _GLUED_SCALES[token.low] if self._takes_letter(amount, at) else None
            if factor is None or (amount.spelled and joined):
                break
            scale *= factor
            vague = vague or token.low in self.lexicon.vague
            at += 1 + joined
            if token.low in self.lexicon.abbreviated and self.at(at).text == "." and self._abbreviates(at):
                at += 1
        if at == amount.last:
            return amount
        value = amount.value * scale
        if scale > 1:
            half = self._and_half(at)
            value, at = value + (scale / 2 if half > at else 0), half
            value = whole(value)
        return amount._replace(
            value=value, scale=amount.scale * scale, last=at, vague=vague, share=amount.share and scale == 1
        )

    def _abbreviates(self, stop: int) -> bool:
        """Whether a full stop behind an abbreviation ends no sentence: a unit follows."""
        return self.at(stop + 1).kind == "word" or self.at(stop + 1).text in SYMBOL_CURRENCIES

    def _takes_letter(self, amount: _Amount, at: int) -> bool:
        letters = self.at(at)
        if letters.text == "m" and self.english and not amount.money:
            return self._m_stands_for(at) == "million"
        # "1.5M migrants", "25k": a capital or a "k" is no unit of length.
        great = letters.text == "k" or (letters.text in "MBK" and "." in self.at(amount.number).text)
        return amount.money or len(letters.text) > 1 or great or self._counts(self.at(at + 1))

    def _counts(self, following: Token) -> bool:
        """Whether what follows a number with a letter is counted in thousands and millions: people, money."""
        counted = following.low in _MASS_COUNTED or following.low in self.lexicon.currencies
        return counted or following.text in SYMBOL_CURRENCIES or following.text in CODES

    def _m_stands_for(self, at: int) -> Literal["million", "metre"] | None:
        """What an "m" is right behind a number: papers write "5m votes" as well as "5m wide". None where nothing tells, since
        either would be a guess.
        """
        following, second = self.at(at + 1), self.at(at + 2)
        other = at + 2 + (second.text in SYMBOL_CURRENCIES)
        joins = following.low in _JOINING or following.text in _DASHES
        if joins and self.at(other).kind == "number" and self.at(other + 1).text == "m" and self.glued(other + 1):
            return "million" if other > at + 2 else self._m_stands_for(other + 1)
        before = self.tokens.lows(max(0, at - 5), at - 1)
        if following.text in HYPHENS:
            following = second
            if following.low == "strong":
                return "million"
        if following.low in _EXTENDING or (following.low == "in" and second.low in _DIMENSIONS):
            return "metre"
        if following.text == "(" and self.at(at + 3).low in _OTHER_LENGTHS:
            return "metre"
        if self._counts(following):
            return "million"
        noun = following.kind == "word" and following.low not in self.lexicon.stops
        if noun and before[-1:] in (("a",), ("an",)):
            return None if following.low in _OF_MONEY else "metre"
        if noun and not _COUNTED.isdisjoint((following.low, second.low)):
            sized = at > 1 and (self.at(at - 2).kind == "number" or self.lexicon.words(self.tokens, at - 2) is not None)
            return None if sized else "million"
        if following.low in ("more", "fewer") or (following.low == "of" and second.low in _OWNERS):
            return "million"
        return "metre" if not _REACHING.isdisjoint(before) else None

    # -- units -----------------------------------------------------------------------------------------------------------

    def _with_unit(self, amount: _Amount) -> _Amount:
        """Read per cent, a currency or a unit of measure behind a number, also joined to it by a hyphen."""
        at = amount.last
        joined = self.hyphened(at)
        at += joined
        if amount.scale >= MILLION and self.at(at).low in self.lexicon.links:
            at += 1
        if self.masked(at):
            return amount
        letter = self.at(at).text if self.glued(at) and not joined and self.at(amount.number).kind == "number" else ""
        if letter in _GLUED_UNITS and abs(amount.value) <= _GLUED_UNITS[letter][1]:
            return amount._replace(unit=_GLUED_UNITS[letter][0], last=at + 1)
        if self.at(at).text in ("C", "F") and not joined and self._is_temperature(amount, at):
            return amount._replace(unit=_GLUED_UNITS[self.at(at).text][0], last=at + 1)
        for length in (3, 2, 1):
            raw = self.tokens.raw(at, length)
            if not raw:
                continue
            low = raw.casefold() if raw.isascii() else " ".join(self.tokens.lows(at, at + length))
            ratio = self.lexicon.ratios.get(low) or self.lexicon.ratios.get(raw.casefold())
            if ratio is not None or (raw == "pc" and self.glued(at)):
                return amount._replace(unit=ratio or "%", last=at + length, compound=joined)
            currency = self._currency_behind(raw, low, at, length, amount)
            if currency is not None:
                return amount._replace(unit=currency, last=at + length, money=True, compound=joined)
            measure = self._measure(raw, at, length)
            if raw == "m" and self.english and self.glued(at) and self._m_stands_for(at) is None:
                measure = None
            if measure is not None:
                unit, per = parted(measure)
                return self._with_half(amount._replace(unit=unit, per=per, last=at + length, compound=joined))
        if joined and self.english and amount.value >= 2 and english.counts_in_compound(self.at(at)):
            return amount._replace(unit=self.at(at).low, last=at + 1, compound=True)
        return amount

    def _is_temperature(self, amount: _Amount, at: int) -> bool:
        """Whether "C" or "F" behind a number is no initial and no grade: "at 12 C." but not "12 C grades" or "Vitamin 12 C"."""
        following = self.at(at + 1)
        plain = (
            following.kind != "word" or following.low in self.lexicon.stops or english.singular(following.text) is None
        )
        plain = plain and following.text == following.low and following.text not in (".", "-")
        ends = following.text == "." and not self.at(at + 2).text[:1].isupper()
        return (
            self.at(amount.number).kind == "number"
            and amount.scale == 1
            and abs(amount.value) <= 200
            and (plain or ends)
        )

    def _with_half(self, amount: _Amount) -> _Amount:
        """Take "old" into an age, and "and a half" into what it halves: "two years and a half", "deux ans et demi"."""
        at = amount.last
        half = self._and_half(at)
        if half > at:
            return amount._replace(value=amount.value + Decimal("0.5"), last=half)
        if amount.unit in ("year", "month", "week", "day") and self.english:
            joined = self.at(at).text == "-" and self.glued(at)
            if self.at(at + joined).low in ("old", "olds"):
                return amount._replace(last=at + joined + 1, compound=True)
        return amount

    def _currency_behind(self, raw: str, low: str, at: int, length: int, amount: _Amount) -> str | None:
        if length == 1:
            if raw in SYMBOL_CURRENCIES and self.at(at + 1).kind != "number":
                return SYMBOL_CURRENCIES[raw]
            if raw in CODES:
                return "CNY" if raw == "RMB" else raw
            if low in ("pound", "pounds") and self.english:
                sterling = amount.scale >= MILLION and self.at(at + 1).low != "of"
                return "GBP" if sterling else None
            if low == "won" and (amount.scale == 1 or self.at(at + 1).low in _WHAT_IS_WON):
                return None
        if low in self.lexicon.currencies:
            return self.lexicon.currencies[low]
        if not self.english or length == 1:
            return None
        *adjective, noun = low.split()
        if low in ("pounds sterling", "pound sterling"):
            return "GBP"
        named = english.NATIONAL_CURRENCIES.get(" ".join(adjective), {})
        return named.get(noun) or named.get(noun.removesuffix("s"))

    def _measure(self, raw: str, at: int, length: int) -> str | None:
        """A unit of measure by its symbol or its name, "square" and "cubic" ones included."""
        unit = symbol(raw)
        if unit is not None and (len(raw) > 1 or self.glued(at) or raw in "mW" or not raw.isalpha()):
            return unit
        low = raw.casefold()
        named = self.lexicon.measures.get(low)
        if named is None and not raw.isascii():
            named = self._name_of(at, length)
        if named is not None or not self.english or length != 2:
            return named
        kind, _, name = low.partition(" ")
        measure = self.lexicon.measures.get(name) or symbol(name)
        if kind in ("square", "sq", "cubic", "cu", "nautical", "metric") and measure is not None:
            return f"{ {'sq': 'square', 'cu': 'cubic'}.get(kind, kind) } {measure}"
        if kind in ("degree", "degrees", "deg", "°") and name in ("celsius", "c", "fahrenheit", "f"):
            return "degree Celsius" if name[0] == "c" else "degree Fahrenheit"
        return None

    def _name_of(self, at: int, length: int) -> str | None:
        """A unit by its name in the text's language, in Arabic also with the article."""
        low = " ".join(self.tokens.lows(at, at + length))
        return self.lexicon.measures.get(low) or self.lexicon.measures.get(low.removeprefix("ال"))

    # -- what it is per --------------------------------------------------------------------------------------------------

    def _per(self, last: int, unit: str | None, *, money: bool) -> tuple[str | None, int]:
        """What an amount is per, and the place behind it: "$5 per barrel", "12 per 100,000 people", "a year", "annually"."""
        if self.at(last).low in self.lexicon.rates:
            return self.lexicon.rates[self.at(last).low], last + 1
        at = last
        if self.at(at).low in ("each", "jeweils", "chacun") and self._opens(at + 1, self.lexicon.per):
            at += 1
        length = self._opens(at, self.lexicon.per)
        if length:
            found = self._divisor(at + length, glued=self.at(at).text == "/")
            return found if found is not None else (None, last)
        length = self._opens(at, self.lexicon.each)
        if not length or (unit is None and not money):
            return None, last
        length += self.hyphened(at + length)  # "£24 a-year"
        found = self._unit_at(at + length)
        if found is None and money and self.at(at + length).low in _SOLD_BY:
            found = self.at(at + length).low, at + length + 1
        if found is None or self.at(found[1]).low in _TELLS_TIME or (unit in TIME_UNITS and found[0] == unit):
            return None, last
        if found[0] in ("second", "quarter", "point", "time") and not self._counts_events(unit):
            return None, last
        if not self.english and not self._is_rate(at, unit, found[0], money=money):
            return None, last
        return found

    def _per_behind_brackets(self, last: int, unit: str | None) -> str | None:
        """What an amount is per that is first told in other money: "C$6 (US$4.46) per share"."""
        if self.at(last).text != "(":
            return None
        within = self._amount(last + 1)
        if within is None or not within.money or self.at(within.last).text != ")":
            return None
        return self._per(within.last + 1, unit, money=True)[0]

    def _opens(self, at: int, openings: frozenset[tuple[str, ...]]) -> int:
        """How many tokens of an opening stand at a place."""
        if self.at(at).low not in firsts(openings):
            return 0
        return max((len(words) for words in openings if self.tokens.lows(at, at + len(words)) == words), default=0)

    def _is_rate(self, at: int, unit: str | None, divisor: str, *, money: bool) -> bool:
        """Whether articles make a rate, which in other languages they mostly do not: "900 euros al mes"."""
        article = self.at(at).low in ("le", "la", "l'", "el", "die", "den", "das")
        physical = divisor not in TIME_UNITS
        return (money and physical) if article else (money or unit is not None)

    def _counts_events(self, unit: str | None) -> bool:
        return unit in ("metre", "kilometre", "mile", "foot", "litre", "gallon", "frame", "time", "bit")

    def _divisor(self, at: int, *, glued: bool) -> tuple[str, int] | None:
        """What stands behind "per": a unit of measure, a number of things, or a thing."""
        if glued and not (self.glued(at) and self.glued(at - 1)):
            return None
        if self.masked(at) or self.at(at).low in _NOT_PER:
            return None
        if self.at(at).kind == "number" or self.at(at).low in self.lexicon.scales:
            if glued:
                return None
            behind = self._scaled(_Amount(ONE, at, at + (self.at(at).kind == "number"), number=at)).last
            counted = self.lexicon.noun(self.tokens, behind, Decimal(2))
            measured = self._unit_at(behind) if counted is None else None
            end = counted[1] if counted else measured[1] if measured else behind
            return self.text[self.at(at).start : self.at(end - 1).end], end
        found = self._unit_at(at)
        if found is not None:
            return found
        # "Pour" and "por" mean "for" as well as "per": only with what they count.
        token = self.at(at)
        loose = self.at(at - 1).low in ("pour", "por", "/", "in")
        if token.kind != "word" or token.low in self.lexicon.stops or loose or self.at(at - 1).low == "every":
            return None
        return (english.singular(token.text) or token.text).casefold() if self.english else token.text, at + 1

    def _unit_at(self, at: int) -> tuple[str, int] | None:
        """A unit of measure or of time at a place: its name and the place behind it."""
        for length in (3, 2, 1):
            raw = self.tokens.raw(at, length)
            unit = self._measure(raw, at, length) if raw else None
            if unit is not None:
                return parted(unit)[0], at + length
        return ("quarter", at + 1) if self.at(at).low in ("quarter", "trimestre") else None

    # -- proportions and ranges ------------------------------------------------------------------------------------------

    def _proportion(self, amount: _Amount) -> _Amount:
        """Read "one in three" and "nine out of ten" as a share."""
        if self.at(amount.last).low not in ("in", "out"):
            return amount
        words = self.tokens.lows(amount.last, amount.last + 2)
        at = amount.last + (2 if words == ("out", "of") else 1)
        if (
            not self.english
            or (self.at(amount.last).low != "in" and at == amount.last + 1)
            or amount.unit
            or amount.share
        ):
            return amount
        every = self.at(at).low == "every"
        whole_amount = self._amount(at + every)
        if (
            whole_amount is None
            or whole_amount.unit
            or whole_amount.share
            or not amount.value < whole_amount.value <= 1000
        ):
            # "Three in 12 months" is no share.
            return amount
        if amount.value != int(amount.value):
            # "4.5 out of 5" is a mark.
            return amount
        share = amount.value / whole_amount.value
        return amount._replace(value=share, last=whole_amount.last, share=True, spelled=True)

    def _range(self, low: _Amount) -> tuple[_Amount, _Amount] | None:
        """Both bounds where a second amount follows: "18 to 49", "between 5 and 7", "$3-5 billion"."""
        if low.share and low.scale == 1 and not low.money and self.at(low.last).text != "-":
            return None
        if self.at(low.last).text == "-" and self.glued(low.last) and self.at(low.last + 1).low in self.lexicon.to:
            # "A 3- to 5-year term."
            low = low._replace(last=low.last + 1)
        token = self.at(low.last)
        dashed = token.text in _DASHES
        between = self.at(low.first - 1).low in self.lexicon.between
        joined = token.low == self.lexicon.both or self._both_prefixed(low.last)
        spoken = token.low in self.lexicon.to and (not self._rises(low.first) or self._chained(low.last + 1))
        either = token.low == "or" and self.english
        if not (dashed or spoken or either or (between and joined)):
            return None
        high = self._upper(low.last + 1, dashed=dashed)
        if high is None or (dashed and low.spelled != high.spelled):
            return None
        if (
            low.scale == 1 < high.scale
            and low.value < high.value / high.scale
            and (low.unit is None or low.money)
            and not high.vague
        ):
            low = low._replace(value=whole(low.value * high.scale), scale=high.scale)
        if low.value >= high.value or (either and high.value - low.value > max(ONE, low.value / 2)):
            return None
        shared = low.money and (dashed or between or low.scale == high.scale)
        if low.unit is not None and high.unit is None and not shared:
            return None
        if low.unit is not None and high.unit is not None and low.unit != high.unit:
            return None
        unit, per = low.unit or high.unit, low.per or high.per
        return low._replace(unit=unit, per=per), high._replace(unit=unit, per=per)

    def _both_prefixed(self, place: int) -> bool:
        """Whether "and" is written together with the second bound, as in Arabic."""
        return self.at(place).low in self.lexicon.prefixes and self.glued(place + 1)

    def _chained(self, place: int) -> bool:
        """Whether a second "to" makes a range of what "from" opens: "from 5 to 7 per cent to 3 to 5 per cent"."""
        upper = self._upper(place, dashed=False)
        return (
            upper is not None
            and self.at(upper.last).low in self.lexicon.to
            and self._amount(upper.last + 1) is not None
        )

    def _upper(self, place: int, *, dashed: bool) -> _Amount | None:
        """The second amount of a range; behind a dash, digits are a bound and no name."""
        if self.masked(place):
            return None
        if dashed and self.at(place).kind == "number":
            value = self._digits(place)
            if value is None:
                return None
            priced = any(self.at(at).text in SYMBOL_CURRENCIES for at in (place - 3, place - 4))
            amount = self._with_unit(self._scaled(_Amount(value, place, place + 1, number=place, money=priced)))
            if amount.unit is not None and amount.per is None:
                per, last = self._per(amount.last, amount.unit, money=amount.money)
                amount = amount._replace(per=per, last=last)
            return amount
        return self._amount(place)

    def _is_score(self, place: int) -> bool:
        """Whether a dash and another number follow that make no range: 3-2."""
        dashed = self.at(place).text in (*HYPHENS, "\u2013") and self.glued(place) and self.glued(place + 1)
        return dashed and self.at(place + 1).kind == "number"

    def _rises(self, first: int) -> bool:
        """Whether the words before an amount tell of a change from it: "rose from 5 to 7", "up 8% to 320"."""
        words = [self.at(at).low for at in range(max(0, first - 4), first)]
        changes = english.CHANGES if self.english else self.lexicon.changing
        return any(w in self.lexicon.changing for w in words) or (
            len(words) > 0 and words[-1] in self.lexicon.since and any(w in changes for w in words)
        )

    # -- what is no quantity ---------------------------------------------------------------------------------------------

    def _is_name(self, amount: _Amount) -> bool:
        """Whether what is glued to the digits makes them a name or an ordinal: 4th, 5G, 1990s, 737-sized, No. 5."""
        after = self.at(amount.last)
        if after.kind == "word" and self.glued(amount.last) and after.low not in _SHARE_GLYPHS:
            return True
        if after.text in HYPHENS and self.glued(amount.last) and self.glued(amount.last + 1):
            following = self.at(amount.last + 1)
            if following.kind == "word" and following.low not in ("plus", *self.lexicon.to) and amount.unit is None:
                return True
        following = self.at(amount.last + 1)
        if after.text == "(" and self.glued(amount.last) and len(following.text) == 1 and self.glued(amount.last + 1):
            # 401(k), Section 203(b)
            return True
        if after.text in (":", "/") and self.glued(amount.last + 1) and following.kind == "number":
            return amount.unit is None
        return False

    def _is_age(self, amount: _Amount, last: int) -> bool:
        before = self.at(amount.first - 1)
        if before.low in _AGED or (before.low == "of" and self.at(amount.first - 2).low in _AGED):
            return True
        aged = 1 <= amount.value <= _OLDEST and amount.value == int(amount.value) and not amount.spelled
        closed = self.at(last).text in (",", ".", ";", ")") and self.at(last + 1).kind != "number"
        named = before.text == "," and self.at(amount.first - 2).text[:1].isupper()
        named = named and self.at(amount.first - 2).kind == "word"
        told = before.low in _IS and self.at(amount.first - 2).low in _PEOPLE
        return aged and closed and (named or told)

    def _measures(
        self, amount: _Amount, high: _Amount | None, *, unit: str | None, per: str | None, bound: Qualifier | None
    ) -> bool:
        """Whether a number measures something, and is no year, label, list number or pronoun."""
        if amount.money or (unit is not None and not amount.counted):
            return not (self.english and amount.spelled and self._points_back(amount, unit))
        before, last = self.at(amount.first - 1), (high or amount).last
        if self._is_label(amount.first - 1, counted=amount.counted) or self._is_list_number(amount, last):
            return False
        if high is not None:
            dashed = self.at(amount.last).text in "-\u2010\u2011\u2013"
            return unit is not None or not dashed or before.low in _AGED
        if per is not None:
            return True
        if self._is_year(amount, bound):
            return False
        if amount.spelled and self.english:
            return self._measures_in_words(amount, unit, bound)
        if amount.spelled:
            return (amount.value > 1 and (amount.counted or amount.value >= 10)) or amount.share
        if self._is_ordinal(amount):
            return False
        if self.lexicon.language == "de" or amount.scale > 1 or bound is not None:
            return before.low not in self.lexicon.labels
        if self._opens_a_name(amount):
            return False
        return not self._follows_a_name(before, counted=amount.counted, digits=self.at(amount.number).text)

    def _opens_a_name(self, amount: _Amount) -> bool:
        """Whether bare digits in a sentence begin a name: "its 787 Dreamliner", not "12 Americans" or "Rates 3 In 10"."""
        following = self.at(amount.last)
        capital = following.kind == "word" and following.text.istitle() and following.low not in self.lexicon.stops
        before = self.at(amount.first - 1)
        inside = before.kind == "word" and (before.text.islower() or before.low in self.lexicon.stops)
        return self.english and capital and inside and not amount.counted and self.at(amount.number).text.isdigit()

    def _measures_in_words(self, amount: _Amount, unit: str | None, bound: Qualifier | None) -> bool:
        if amount.share or amount.scale > 1 or amount.value >= 20:
            return True
        if self._points_back(amount, unit):
            return False
        if amount.counted or bound is not None:
            return not (amount.value == 1 and not amount.counted)
        # "Six Flags", "the Big Ten": a capital inside a sentence makes a name.
        said = self.at(amount.number)
        opens = self.at(amount.first - 1).text in ("", ".", "?", "!", ":", ";", "\u201c", '"')
        return amount.value > 1 and (opens or said.text == said.low)

    def _is_ordinal(self, amount: _Amount) -> bool:
        """Whether a full stop makes digits an ordinal: "das 65. Lebensjahr", not "von 550. Sie"."""
        led = self.at(amount.first - 1).low in self.lexicon.ordinal_after
        return led and not amount.spelled and self.at(amount.last).text == "."

    def _follows_a_name(self, before: Token, *, counted: bool, digits: str) -> bool:
        """Whether a capital before a bare number makes it part of a name: "Fortune 500", not "Blast Kills 12 People"."""
        if before.kind != "word" or before.text == before.low or before.low in self.lexicon.stops:
            return False
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
            return False
        return not (counted and (before.low.endswith(("s", "ed", "day")) or not digits.isdigit()))

    def _points_back(self, amount: _Amount, unit: str | None) -> bool:
        """Whether a number word only refers to what is known: "the two countries", "one of", "the first three"."""
        before, after = self.at(amount.first - 1).low, self.at(amount.last).low
        if amount.value > 12 or amount.scale > 1 or amount.share or amount.money:
            return False
        if before in ("the", "these", "those") and (amount.compound or (unit in TIME_UNITS and amount.value > 1)):
            # "The five-year term" and "the six months to June" say how long.
            return False
        named = self.at(amount.number).text == "One" and self.at(amount.first - 1).kind == "word"
        if self.loose and amount.counted:
            return before in {"no", "any", "every", "each", "this", "that", "only", "number", "some"}
        if named or before in _POINTERS or (before in {"first", "last", "final", "top", "bottom"} and unit is None):
            return True
        return amount.value == 1 and (
            after == "of"
            or before in _OWNERS
            or before in {"no", "any", "every", "each", "this", "that", "only", "number", "some"}
        )

    def _is_label(self, place: int, *, counted: bool) -> bool:
        before = self.at(place)
        if before.text in (".", "°"):
            return self.at(place - 1).low in (
                "no",
                "nos",
                "art",
                "sec",
                "vol",
                "fig",
                "p",
                "pp",
                "nr",
                "núm",
                "n",
                "abs",
            )
        return before.low in self.lexicon.labels and (not counted or before.text[:1].isupper() or before.low == "top")

    def _is_list_number(self, amount: _Amount, last: int) -> bool:
        """Whether a number stands alone in brackets or opens a line with a full stop or a bracket behind it."""
        if amount.spelled or amount.scale != 1:
            return False
        before, after = self.at(amount.first - 1).text, self.at(last).text
        if (before, after) in (("(", ")"), ("[", "]")):
            return True
        if after == ")" and self.glued(last):
            return "(" not in self.text[: self.at(last).start].rpartition("\n")[2].rpartition(")")[2]
        if after != ".":
            return False
        opened = self.text[: self.at(amount.first).start].rpartition("\n")[2].strip() == "" or before == ";"
        following = self.at(last + 1).text
        return opened and (not following or following[0].isupper() or following in SYMBOL_CURRENCIES)

    def _is_year(self, amount: _Amount, bound: Qualifier | None) -> bool:
        """Whether four digits are a year: "2024", "the 2015 elections", and not "1500 troops" or "over 2000 people"."""
        digits = self.at(amount.number).text
        if amount.spelled or amount.scale > 1 or len(digits) != 4 or not digits.isdigit():
            return False
        if not _YEARS[0] <= int(digits) <= _YEARS[1]:
            return False
        recent = 1900 <= int(digits) <= 2099
        if bound is not None and (amount.counted or not recent):
            return False
        following = self.at(amount.last).low
        return not amount.counted or (recent and following not in english.IRREGULAR and following not in _MASS_COUNTED)

    # -- how it is meant -------------------------------------------------------------------------------------------------

    def _bound_before(self, first: int, unit: str | None) -> tuple[Qualifier | None, int]:
        """The qualifier in the words before an amount, and where it begins. "Up to about 5" is an upper bound."""
        found: Qualifier | None = None
        while True:
            if self.at(first - 1).low not in self.lexicon.ends_before:
                return found, first
            for length in (4, 3, 2, 1):
                if first - length < 0:
                    continue
                words = self.tokens.lows(first - length, first)
                qualifier = self.lexicon.before.get(words)
                # "Over three years" is a period more often than a bound.
                period = words == ("over",) and unit in TIME_UNITS
                reached = words == ("up", "to") and self._is_reached(first - length - 1)
                if qualifier is not None and not period and not reached:
                    break
            else:
                return found, first
            first -= length
            found = qualifier if found in (None, "about") else found

    def _is_reached(self, place: int) -> bool:
        """Whether "up to" tells where something went: "climbed back up to 5"."""
        before = self.at(place).low
        return before in english.CHANGING or before in {"back", "went", "going", "goes", "way"}

    def _bound_after(self, last: int) -> tuple[Qualifier | None, int]:
        if self.at(last).text == "-" and self.at(last + 1).low == "plus" and self.glued(last + 1):
            return "at_least", last + 2
        if self.at(last).low not in self.lexicon.opens_after:
            return None, last
        for length in (3, 2, 1):
            words = self.tokens.lows(last, last + length)  # fewer at the end of the text
            qualifier = self.lexicon.after.get(words)
            if qualifier is not None:
                return qualifier, last + len(words)
        return None, last

    def _changes(self, amount: _Amount, unit: str | None, last: int) -> bool:
        """Whether the amount is a difference: rose by 5, up 22 percent, an increase of $3, a 5% cut."""
        if not self.english:
            return self._changes_elsewhere(amount, unit)
        before = [self.at(amount.first - n).low for n in (1, 2, 3)]
        if before[0] == "of" and before[1] in english.CHANGES:
            return True
        differs = unit in _DIFFERENCES or amount.money
        changing = english.CHANGING
        if before[0] == "by" and (before[1] in changing or before[2] in changing or self._rises(amount.first)):
            return True
        if not differs:
            return False
        if amount.money:
            changing = changing - english.TAKE_MONEY
        if before[0] in changing or (before[1] in changing and before[0].endswith(("ly", "another"))):
            return True
        after = [self.at(last + n).low for n in (0, 1)]
        if after[0] in ("higher", "lower"):
            return True
        return unit == "%" and (
            after[0] in english.CHANGES
            or (after[1] in english.CHANGES and self.at(last).kind == "word" and after[0] != "of")
        )

    def _changes_elsewhere(self, amount: _Amount, unit: str | None) -> bool:
        """A verb of change within some words before per cent or points, and right before them what leads the amount."""
        before = self.at(amount.first - 1).low
        if unit not in _DIFFERENCES:
            return False
        if before in self.lexicon.always_by:
            return True
        led = (
            before in self.lexicon.by or before in self.lexicon.changing or unit in ("percentage point", "basis point")
        )
        return led and any(
            self.at(at).low in self.lexicon.changing for at in range(max(0, amount.first - 6), amount.first)
        )


def whole(value: Decimal) -> Decimal:
    """A whole number without the zeros that a scale left behind its point: 3500000000, not 3500000000.0."""
    return Decimal(int(value)) if value == value.to_integral_value() else value
