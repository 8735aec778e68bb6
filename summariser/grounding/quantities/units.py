"""Symbols, codes and names that mean the same in every language: money (ISO 4217) and units of measure.

Units of measure and of time have one name in all languages, the English one: "km", "kilomètres" and "公里" are "kilometre".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CODES", "DOLLARS", "LETTERS", "SYMBOLS", "SYMBOL_CURRENCIES", "TIME_UNITS", "forms", "parted", "symbol"]


def forms(table: Mapping[str, str]) -> dict[str, str]:
    """From {name: "form form"} to {form: name}; "_" in a form is a space."""
    return {form.replace("_", " "): name for name, listed in table.items() for form in listed.split()}


SYMBOL_CURRENCIES = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "￥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₪": "ILS",
    "₦": "NGN",
    "฿": "THB",
    "₫": "VND",
    "₱": "PHP",
    "₴": "UAH",
    "₸": "KZT",
    "₡": "CRC",
    "₲": "PYG",
    "₵": "GHS",
    "₿": "BTC",
}
DOLLARS = {
    "us": "USD",
    "u.s.": "USD",
    "a": "AUD",
    "au": "AUD",
    "aud": "AUD",
    "c": "CAD",
    "ca": "CAD",
    "cdn": "CAD",
    "nz": "NZD",
    "hk": "HKD",
    "s": "SGD",
    "sg": "SGD",
    "nt": "TWD",
    "r": "BRL",
    "mx": "MXN",
    "j": "JMD",
    "z": "ZWL",
}
"""What the letters in front of a dollar sign make of it; "R$" is the real."""

LETTERS = {
    "Rs": "INR",
    "Rs.": "INR",
    "Re": "INR",
    "RM": "MYR",
    "Rp": "IDR",
    "Tk": "BDT",
    "Ksh": "KES",
    "KSh": "KES",
    "Fr": "CHF",
    "NIS": "ILS",
}
"""Letters that stand for a currency in front of digits."""

CODES = frozenset(
    """USD EUR GBP JPY CNY RMB INR KRW RUB TRY ILS NGN CHF CAD AUD NZD HKD SGD TWD BRL MXN SEK NOK DKK PLN CZK HUF ZAR
    THB IDR MYR PHP VND SAR AED EGP KES UAH ARS CLP PKR BDT LKR QAR KWD BHD OMR JOD IQD DZD TND GHS ETB TZS
    UGX BGN RSD ISK KZT UZS XOF XAF BTC""".split()
)
TIME_UNITS = frozenset("second minute hour night day week fortnight month quarter year decade century".split())

SYMBOLS = forms(
    {
        "kilometre": "km kms",
        "metre": "m",
        "centimetre": "cm",
        "millimetre": "mm",
        "micrometre": "μm µm",
        "nanometre": "nm",
        "kilogram": "kg kgs",
        "gram": "g",
        "milligram": "mg",
        "microgram": "μg µg",
        "tonne": "t",
        "litre": "l L",
        "millilitre": "ml mL",
        "hectare": "ha",
        "foot": "ft ′",
        "inch": "″",
        "mile": "mi",
        "yard": "yd yds",
        "pound": "lb lbs",
        "penny": "p",
        "cent": "¢",
        "ounce": "oz",
        "barrel": "bbl",
        "hour": "h hr hrs",
        "minute": "min mins",
        "second": "sec secs",
        "millisecond": "ms",
        "year": "yr yrs",
        "watt": "W",
        "kilowatt": "kW KW",
        "megawatt": "MW",
        "gigawatt": "GW",
        "terawatt": "TW",
        "kilowatt hour": "kWh KWh",
        "megawatt hour": "MWh",
        "gigawatt hour": "GWh",
        "terawatt hour": "TWh",
        "milliampere hour": "mAh",
        "hertz": "Hz",
        "kilohertz": "kHz",
        "megahertz": "MHz",
        "gigahertz": "GHz Ghz",
        "kilobyte": "KB kB",
        "megabyte": "MB",
        "gigabyte": "GB",
        "terabyte": "TB",
        "petabyte": "PB",
        "megabit per second": "Mbps Mbit/s",
        "gigabit per second": "Gbps Gbit/s",
        "mile per hour": "mph",
        "kilometre per hour": "km/h kph kmh",
        "mile per gallon": "mpg",
        "metre per second": "m/s",
        "revolution per minute": "rpm",
        "frame per second": "fps",
        "horsepower": "hp HP PS",
        "brake horsepower": "bhp",
        "square kilometre": "km² km2",
        "square metre": "m² m2 sqm",
        "square centimetre": "cm² cm2",
        "cubic metre": "m³ m3",
        "cubic kilometre": "km³ km3",
        "cubic centimetre": "cm³ cm3",
        "billion cubic metres": "bcm",
        "square foot": "sqft",
        "degree Celsius": "°C ℃",
        "degree Fahrenheit": "°F ℉",
        "degree": "°",
        "part per million": "ppm",
        "part per billion": "ppb",
        "megapascal": "MPa",
        "kilopascal": "kPa",
        "hectopascal": "hPa",
        "millibar": "mbar",
        "pound per square inch": "psi",
        "kilopound per square inch": "ksi",
        "newton metre": "Nm",
        "foot pound": "lb-ft ft-lb",
        "volt": "V",
        "kilovolt": "kV",
        "megapixel": "MP",
        "decibel": "dB",
        "kilocalorie": "kcal",
        "barrel per day": "bpd",
    }
)
# "HZ" and "KM" in headlines and careless typing; not what would then be a word or a name ("SEC", "MS", "PS").
_FOLDED = {
    form.casefold(): name
    for form, name in SYMBOLS.items()
    if len(form) > 1
    and form.casefold() not in {"ms", "ps", "mp", "min", "mins", "sec", "secs", "ha", "mi", "pb", "nm", "mbar"}
}
_ONE_NAME = ("part per", "pound per square", "kilopound per square")


def symbol(raw: str) -> str | None:
    """The unit that a symbol stands for."""
    return SYMBOLS.get(raw) or (_FOLDED.get(raw.casefold()) if raw.isupper() or raw.istitle() else None)


def parted(unit: str) -> tuple[str, str | None]:
    """A unit and what it is per: "kilometre per hour" is "kilometre" and "hour". Parts per million and pressures are one."""
    if unit.startswith(_ONE_NAME):
        return unit, None
    first, _, second = unit.partition(" per ")
    return first, second or None
