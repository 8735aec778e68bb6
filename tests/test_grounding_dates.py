"""Times in words resolved to days against a publication date, and never invented."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.grounding.dates import calendar_dates, find_dates, resolve

WEDNESDAY = date(2024, 11, 20)

EXPLICIT = [
    ("2024-01-30", "2024-01-30", "2024-01-30", "day"),
    ("30 January 2024", "2024-01-30", "2024-01-30", "day"),
    ("on January 30th, 2024", "2024-01-30", "2024-01-30", "day"),
    ("Tuesday, November 19, 2024", None, None, None),
    ("Sept. 11, 2001", "2001-09-11", "2001-09-11", "day"),
    ("13/4/2024", "2024-04-13", "2024-04-13", "day"),
    ("3/4/2024", None, None, None),
    ("5-7 May 2024", "2024-05-05", "2024-05-07", "range"),
    ("from 5 May to 7 June 2024", "2024-05-05", "2024-06-07", "range"),
    ("in February 2024", "2024-02-01", "2024-02-29", "month"),
    ("the first quarter of 2024", "2024-01-01", "2024-03-31", "quarter"),
    ("Q3 2023", "2023-07-01", "2023-09-30", "quarter"),
    ("the first half of 2025", "2025-01-01", "2025-06-30", "range"),
    ("by 2030", "2030-01-01", "2030-12-31", "year"),
    ("between 2019 and 2021", "2019-01-01", "2021-12-31", "range"),
    ("2019-20", "2019-01-01", "2020-12-31", "range"),
    ("the 1990s", "1990-01-01", "1999-12-31", "range"),
    ("before the end of 2030", "2030-01-01", "2030-12-31", "year"),
    ("no later than 2030", "2030-01-01", "2030-12-31", "year"),
    ("after June 2026", "2026-07-01", None, "range"),
    ("since 2019", "2019-01-01", None, "range"),
]
RELATIVE = [
    ("Tuesday", None, "2024-11-19", "2024-11-19", "day"),
    ("Tuesday", True, "2024-11-19", "2024-11-19", "day"),
    ("Tuesday", False, "2024-11-26", "2024-11-26", "day"),
    ("by Friday", None, "2024-11-22", "2024-11-22", "day"),
    ("Wednesday", None, "2024-11-20", "2024-11-20", "day"),
    ("last Wednesday", None, "2024-11-13", "2024-11-13", "day"),
    ("next Wednesday", None, "2024-11-27", "2024-11-27", "day"),
    ("late Tuesday night", None, "2024-11-19", "2024-11-19", "day"),
    ("November 15", None, "2024-11-15", "2024-11-15", "day"),
    ("November 25", True, "2023-11-25", "2023-11-25", "day"),
    ("in November", None, "2024-11-01", "2024-11-30", "month"),
    ("December", True, "2023-12-01", "2023-12-31", "month"),
    ("end of March", None, "2025-03-01", "2025-03-31", "month"),
    ("March of last year", None, "2023-03-01", "2023-03-31", "month"),
    ("29 February", True, "2024-02-29", "2024-02-29", "day"),
    ("today", None, "2024-11-20", "2024-11-20", "day"),
    ("yesterday", None, "2024-11-19", "2024-11-19", "day"),
    ("the day after tomorrow", None, "2024-11-22", "2024-11-22", "day"),
    ("last week", None, "2024-11-11", "2024-11-17", "range"),
    ("this past week", None, "2024-11-14", "2024-11-20", "range"),
    ("earlier this month", None, "2024-11-01", "2024-11-30", "month"),
    ("next month", None, "2024-12-01", "2024-12-31", "month"),
    ("last quarter", None, "2024-07-01", "2024-09-30", "quarter"),
    ("last year", None, "2023-01-01", "2023-12-31", "year"),
    ("by the end of next year", None, "2025-01-01", "2025-12-31", "year"),
    ("over the weekend", True, "2024-11-16", "2024-11-17", "range"),
    ("three days ago", None, "2024-11-17", "2024-11-17", "day"),
    ("the past three years", None, "2021-11-21", "2024-11-20", "range"),
    ("within two years", None, "2024-11-20", "2026-11-20", "range"),
    ("before 2030", None, "2024-11-20", "2029-12-31", "range"),
    ("before Friday", False, "2024-11-20", "2024-11-21", "range"),
    ("this Friday", None, "2024-11-22", "2024-11-22", "day"),
    ("this Monday", None, "2024-11-18", "2024-11-18", "day"),
    ("this Monday", False, "2024-11-25", "2024-11-25", "day"),
    ("this past Monday", None, "2024-11-18", "2024-11-18", "day"),
    ("Monday to Wednesday", None, "2024-11-18", "2024-11-20", "range"),
]
UNRESOLVED = [
    "before the deal is ratified",
    "before the 2030 election",
    "after the 2019 summit",
    "it may march on",
    "31 February 2024",
    "fiscal year 2024",
    "two days after Friday",
    "every Tuesday",
    "a year earlier",
    "the past few days",
    "2019 and 2021",
    "in summer",
    "",
]
LANGUAGES = [
    ("fr", "mardi", "2024-11-19"),
    ("fr", "mardi prochain", "2024-11-26"),
    ("fr", "ce vendredi", "2024-11-22"),
    ("fr", "avant 2030", "2024-11-20"),
    ("fr", "le 15 novembre 2024", "2024-11-15"),
    ("fr", "hier", "2024-11-19"),
    ("fr", "l’année dernière", "2023-01-01"),
    ("de", "am 15. November 2024", "2024-11-15"),
    ("de", "nächsten Montag", "2024-11-25"),
    ("de", "vor 2030", "2024-11-20"),
    ("de", "nach 2030", "2031-01-01"),
    ("de", "letzte Woche", "2024-11-11"),
    ("de", "im November", "2024-11-01"),
    ("es", "15 de noviembre de 2024", "2024-11-15"),
    ("es", "antes de 2030", "2024-11-20"),
    ("es", "el martes pasado", "2024-11-19"),
    ("es", "desde 2019", "2019-01-01"),
    ("zh", "2024年1月30日", "2024-01-30"),
    ("zh", "二〇二三年", "2023-01-01"),
    ("zh", "去年", "2023-01-01"),
    ("zh", "上周三", "2024-11-13"),
    ("ar", "١٥ نوفمبر 2024", "2024-11-15"),
    ("ar", "العام الماضي", "2023-01-01"),
]


def _days(words: str, published: date | None, language: str | None = None, past: bool | None = None) -> list[object]:
    when = resolve(words, published=published, language=language, past=past)
    assert when.text == words
    return [when.start and str(when.start), when.end and str(when.end), when.precision]


@pytest.mark.parametrize(("words", "start", "end", "precision"), EXPLICIT, ids=[w for w, *_ in EXPLICIT])
def test_an_explicit_time_needs_no_publication_date(
    words: str, start: str | None, end: str | None, precision: str | None
) -> None:
    """What names its year is resolved without a publication date, unless a part of it is open."""
    assert _days(words, None) == [start, end, precision]


@pytest.mark.parametrize(("words", "past", "start", "end", "precision"), RELATIVE)
def test_a_relative_time_is_resolved_against_the_publication_date(
    words: str, past: bool | None, start: str, end: str, precision: str
) -> None:
    """A relative or partial time lies where words, hint and publication date put it."""
    assert _days(words, WEDNESDAY, past=past) == [start, end, precision]


@pytest.mark.parametrize("words", [w for w, *_ in RELATIVE])
def test_a_relative_time_without_publication_date_stays_words(words: str) -> None:
    """Nothing is invented where no publication date is known."""
    assert _days(words, None) == [None, None, None]


@pytest.mark.parametrize("words", UNRESOLVED)
def test_what_is_no_settled_time_stays_words(words: str) -> None:
    """Events, impossible days and times that depend on more stay unresolved."""
    assert _days(words, WEDNESDAY) == [None, None, None]


@pytest.mark.parametrize(("language", "words", "start"), LANGUAGES)
def test_other_languages_name_the_same_times(language: str, words: str, start: str) -> None:
    """Days, months, weekdays and relative times are read in the text's language."""
    assert _days(words, WEDNESDAY, language)[0] == start


def test_a_weekday_with_its_date_is_that_day() -> None:
    """A weekday and a date that agree are one day."""
    assert _days("Tuesday, November 19, 2024", WEDNESDAY) == ["2024-11-19", "2024-11-19", "day"]


def test_since_runs_up_to_the_publication() -> None:
    """The span of "since" ends with the publication day."""
    assert _days("since 2019", WEDNESDAY) == ["2019-01-01", "2024-11-20", "range"]


def test_a_time_of_publication_counts_by_its_own_date() -> None:
    """A publication date and time stands for the day in its zone."""
    when = resolve("yesterday", published=datetime(2024, 11, 20, 23, 59, tzinfo=UTC))
    assert when.start == date(2024, 11, 19)


def test_dates_are_found_in_text() -> None:
    """Dates, years behind a preposition and relative times are found; "may" and plain numbers are not."""
    text = "They may act on May 5, 2024, or by 2030; last week 1500 men came on Tuesday, in Q3 or 2019-2021."
    assert [text[a:b] for a, b in find_dates(text)] == [
        "May 5, 2024",
        "2030",
        "last week",
        "Tuesday",
        "Q3",
        "2019-2021",
    ]
    assert [text[a:b] for a, b in calendar_dates(text)] == ["May 5, 2024", "Q3", "2019-2021"]


_DATEISH = st.text(alphabet="0123456789 -/.,Maylastweknof年月日", max_size=30)


@given(
    st.one_of(st.text(max_size=40), _DATEISH),
    st.one_of(st.none(), st.dates()),
    st.sampled_from([None, "en", "fr", "de", "es", "zh", "ar", "xx"]),
    st.sampled_from([None, True, False]),
)
def test_any_words_get_an_answer(words: str, published: date | None, language: str | None, past: bool | None) -> None:
    """Nothing raises, first days come before last days, and all found spans lie in the text."""
    when = resolve(words, published=published, language=language, past=past)
    assert when.start is None or when.end is None or when.start <= when.end
    assert (when.start is None) == (when.precision is None)
    assert all(0 <= a < b <= len(words) for a, b in find_dates(words, language=language))


@given(st.dates(date(1600, 1, 1), date(2999, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    """A day written out is that day, whatever the publication date."""
    for written in (f"{day:%d %B %Y}", f"{day:%B} {day.day}, {day.year}", day.isoformat()):
        assert resolve(written, published=WEDNESDAY).start == day


@pytest.mark.parametrize(("text", "day"), [("It met on 3 March.", "3 March"), ("It met on 3 Mar. in Rome.", "3 Mar.")])
def test_a_full_stop_is_part_of_a_month_cut_short_only(text: str, day: str) -> None:
    """Behind a whole month it ends the sentence."""
    ((start, end),) = find_dates(text)
    assert text[start:end] == day
