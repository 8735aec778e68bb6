"""Chinese and Japanese, which put no spaces between words: one pattern for amounts, and numerals with 万 and 亿."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING

from summariser.grounding import dates
from summariser.grounding.quantities.reader import whole
from summariser.grounding.quantities.tokens import MASKED
from summariser.grounding.quantities.units import CODES, SYMBOLS, forms, parted
from summariser_schemas import Quantity

if TYPE_CHECKING:
    from summariser_schemas import Qualifier

__all__ = ["find_quantities"]

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_CURRENCIES = forms(
    {
        "USD": "美元 美金 米ドル ドル",
        "CNY": "人民币 人民幣 元人民币 元人民幣 元 块钱 人民元",
        "EUR": "欧元 歐元 ユーロ",
        "JPY": "日元 日圆 日圓 円",
        "GBP": "英镑 英鎊 ポンド",
        "HKD": "港元 港币 港幣",
        "TWD": "新台币 新臺幣 新台幣 台币",
        "KRW": "韩元 韓元 韩圆 ウォン",
        "RUB": "卢布 盧布",
        "CHF": "瑞士法郎",
        "AUD": "澳元 澳大利亚元",
        "CAD": "加元 加拿大元",
        "NZD": "新西兰元",
        "SGD": "新元 新加坡元",
        "INR": "卢比 印度卢比",
        "THB": "泰铢",
        "MYR": "林吉特 令吉",
        "TRY": "里拉",
        "BRL": "雷亚尔",
    }
)
_MEASURES = forms(
    {
        "kilometre": "公里 千米",
        "metre": "米 公尺",
        "centimetre": "厘米 公分",
        "millimetre": "毫米",
        "square kilometre": "平方公里",
        "square metre": "平方米",
        "cubic metre": "立方米",
        "hectare": "公顷 公頃",
        "litre": "升 公升",
        "millilitre": "毫升",
        "kilogram": "公斤 千克",
        "gram": "克",
        "tonne": "吨 噸",
        "second": "秒 秒钟",
        "minute": "分钟 分鐘",
        "hour": "小时 小時 个小时 個小時",
        "day": "天 日",
        "week": "周 週 星期 个星期 個星期",
        "month": "个月 個月",
        "year": "年 岁 歲 周年 週年",
        "century": "世纪 世紀 个世纪",
        "degree Celsius": "摄氏度 攝氏度",
        "kilowatt": "千瓦",
        "megawatt": "兆瓦",
        "gigawatt": "吉瓦",
        "kilowatt hour": "千瓦时 千瓦時",
        "time": "倍",
    }
)
_COUNTED = (
    "人次 人 名 位 个国家 個國家 个 個 家 国 國 艘 架 辆 輛 枚 次 起 项 項 件 户 戶 所 座 处 處 份 票 席 桶 度 例 宗 部 场 場 "
    "支 只 隻 头 頭 条 條 张 張 台 套 间 間 栋 棟 株 亩 畝 斤 间 册 冊 篇 本 艇 批 类 類 种 種 颗 顆 发 發 点 點".split()
)
_RATES = forms(
    {
        "year": "年 全年",
        "month": "月 个月 個月",
        "week": "周 週 星期",
        "day": "天 日",
        "hour": "小时 小時 时",
        "minute": "分钟 分鐘",
        "second": "秒",
        "kilometre": "公里",
        "square metre": "平方米",
        "kilogram": "公斤 千克",
        "tonne": "吨 噸",
        "litre": "升",
    }
)
_NUMERAL = r"(?:\d(?:[\d,]*\d)?(?:\.\d+)?|[〇零一二三四五六七八九十百千两兩]+(?:[点點][〇零一二三四五六七八九]+)?)"
_AMOUNT = rf"{_NUMERAL}(?:[多余餘几]?[十百千]?[万萬亿億兆]{{1,3}}(?:{_NUMERAL}[万萬]?)?)?"
_BEFORE: dict[str, Qualifier] = {
    **dict.fromkeys(("超过", "超過", "逾", "多于", "多於", "高于", "高於", "突破"), "more_than"),
    **dict.fromkeys(("不少于", "不少於", "不低于", "不低於", "至少", "最少"), "at_least"),
    **dict.fromkeys(("不超过", "不超過", "至多", "最多"), "at_most"),
    **dict.fromkeys(("不到", "少于", "少於", "低于", "低於", "不足"), "less_than"),
    **dict.fromkeys(("大约", "大約", "约为", "约", "約", "将近", "將近", "接近", "近"), "about"),
}
_AFTER: dict[str, Qualifier] = {"以上": "at_least", "以下": "at_most", "左右": "about", "上下": "about"}
_CHANGING = (
    "增长|增長|上涨|上漲|上升|升高|提高|增加|上调|上調|涨|漲|升|下降|下跌|减少|減少|降低|下调|下調|回落|跌|降息|加息|降准|降|减|減|扩大|缩小|"
    "増加|上昇|減少|下落"
)
_DIFFERENCES = frozenset(("%", "percentage point", "basis point"))


def _any_of(*words: str) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    symbols = _any_of(*(s for s in SYMBOLS if len(s) > 1 and s[-1].isalnum()))
    rate = rf"(?:{_AMOUNT})?(?:{_any_of(*_RATES, *_COUNTED)})"
    return re.compile(
        rf"(?:每(?P<each>{rate})(?P<between>[^\d\s，。；、,.;每〇零一二三四五六七八九十百千万亿]{{0,4}}?)|时速|時速)?"
        rf"(?P<changing>(?:{_CHANGING})了?)?(?P<before>{_any_of(*_BEFORE)})?"
        rf"(?P<share>百分之|千分之|(?P<denominator>[二三四五六七八九十两])分之)?(?P<prefix>US\$|[$€£¥￥₹])?"
        rf"(?P<low>{_AMOUNT})(?P<low_unit>[%％]|{_any_of(*_CURRENCIES)})?"
        rf"(?:(?:至|到|[-\u2013\u2014~\uff5e])(?P<high>{_AMOUNT}))?(?P<some>[多余餘])?"
        rf"(?P<unit>个百分点|個百分點|百分点|個基點|个基点|基点|基點|[%％]|{_any_of(*_CURRENCIES, *_MEASURES, *_COUNTED)}|"
        rf"(?:{symbols})(?![A-Za-z]))?(?P<rate>[/／每](?:{rate})|[/／](?:h|s)\b)?(?P<after>以上|以下|左右|上下)?"
    )


def find_quantities(text: str, language: str) -> list[Quantity]:
    """Every quantity of a text in its order. Counters stay as they are: the unit of "300名学生" is "名"."""
    found: list[Quantity] = []
    masks = [m.span() for m in MASKED.finditer(text)] + dates.calendar_dates(text, language=language)
    for match in _pattern().finditer(text):
        begin, end = match.span("low")
        if any(begin < stop and start < end for start, stop in masks):
            continue
        quantity = _read(text, match)
        if quantity is not None:
            found.append(quantity)
    return found


def _read(text: str, match: re.Match[str]) -> Quantity | None:
    low, high = _value(match["low"]), _value(match["high"]) if match["high"] else None
    start = match.start("low")
    before, after = text[max(0, start - 1) : start], text[match.end() : match.end() + 1]
    if (
        low is None
        or before == "第"
        or (before.isascii() and before.isalnum())
        or (after.isascii() and after.isalnum())
    ):
        return None
    scaled = any(c in _SCALES for c in match["low"])
    unit = match["unit"] or match["low_unit"]
    bare = unit is None and match["share"] is None and match["prefix"] is None and not scaled
    # A lone 一 or 三 is part of a word more often than a number.
    if bare and (not match["low"][0].isdigit() or re.fullmatch(r"(?:1[5-9]|20)\d\d", match["low"])):
        return None
    if unit in ("点", "點") and re.fullmatch(r"\d{1,2}", match["low"]):
        return None  # a clock time
    if high is not None and low < high and match["high"][-1:] in _SCALES and not scaled:
        low *= _SCALES[match["high"][-1]]
    if match["share"] is not None and match["denominator"] is not None:
        low, unit = low / (_value(match["denominator"]) or 1), None
    elif match["share"] is not None:
        low, unit = (low / 10 if match["share"] == "千分之" else low), "%"
    elif match["prefix"] is not None:
        unit = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₹": "INR"}.get(match["prefix"], "CNY")
    ranged = high is not None and low < high
    unit, per = _unit(unit)
    per = _rate(match) or per
    qualifier = _BEFORE.get(match["before"] or "") or _AFTER.get(match["after"] or "")
    if qualifier is None and (match["some"] or any(c in "多余餘" for c in match["low"])):
        qualifier = "more_than"
    if qualifier is None and match["changing"] and (unit in _DIFFERENCES or unit in CODES):
        qualifier = "change"
    begin = next(match.start(g) for g in ("before", "share", "prefix", "low") if match[g] is not None)
    if match["each"] and not match["between"] and not match["changing"]:
        begin = match.start()
    return Quantity(
        start=begin,
        end=match.end(),
        text=text[begin : match.end()],
        value=None if ranged else low,
        low=low if ranged else None,
        high=high if ranged else None,
        scale=_scale(match["high"] if ranged else match["low"]),
        unit=unit,
        per=per,
        qualifier="range" if ranged else qualifier or "exact",
    )


def _unit(said: str | None) -> tuple[str | None, str | None]:
    if said is None:
        return None, None
    if said in ("%", "％"):
        return "%", None
    if said.endswith(("百分点", "百分點")):
        return "percentage point", None
    if said.endswith(("基点", "基點")):
        return "basis point", None
    if said in SYMBOLS:
        return parted(SYMBOLS[said])
    return _CURRENCIES.get(said) or _MEASURES.get(said) or said, None


def _rate(match: re.Match[str]) -> str | None:
    """What the amount is per: "每桶" before it, "/小时" behind it, "时速" for what goes by the hour."""
    if match[0].startswith(("时速", "時速")):
        return "hour"
    said = match["each"] or (match["rate"][1:] if match["rate"] else None)
    if said is None:
        return None
    return _RATES.get(said) or {"h": "hour", "s": "second"}.get(said, said)


def _scale(numeral: str) -> Decimal:
    """What the 万 and 亿 at the end of a numeral multiply by."""
    scale = 1
    for char in reversed(numeral):
        if char not in _SCALES:
            break
        scale *= _SCALES[char]
    return Decimal(scale)


def _value(numeral: str) -> Decimal | None:
    """The value of a numeral in Chinese or other digits, with scales: 三百二十, 1.5亿, 12万."""
    total, section, digits = Decimal(0), Decimal(0), ""
    pending: Decimal | None = None
    for char in re.sub(r"[,多余餘几]", "", re.sub("[点點]", ".", numeral)):
        if char == "." and not digits and pending is not None:
            # 三点五: the part behind the point is said digit by digit.
            digits, pending = f"{pending}.", None
            continue
        if char == "." or char.isdecimal():
            digits += unicodedata.normalize("NFKC", char)
            continue
        if digits.endswith(".") or ("." in digits and char in _DIGITS):
            digits += str(_DIGITS.get(char, ""))
            if char in _DIGITS:
                continue
        if digits:
            try:
                pending, digits = Decimal(digits), ""
            except InvalidOperation:
                return None
        if char in _DIGITS:
            # 二〇二四: digits one by one.
            pending = Decimal(_DIGITS[char]) if pending is None or pending == 0 else pending * 10 + _DIGITS[char]
        elif char in _STEPS:
            section += (Decimal(1) if pending is None else pending) * _STEPS[char]
            pending = None
        elif char in _SCALES:
            # 三千万亿: a scale above 万 multiplies all that was read, 万 only what stands right before it.
            group = section + (pending or 0) or (Decimal(1) if not total else Decimal(0))
            total = total + group * _SCALES[char] if char in "万萬" else (total + group) * _SCALES[char]
            section, pending = Decimal(0), None
    if digits:
        try:
            pending = Decimal(digits)
        except InvalidOperation:
            return None
    return whole(total + section + (pending or 0))
