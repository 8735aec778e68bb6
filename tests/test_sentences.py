"""Sentences and their places in the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.sentences import guess_language, is_credit, split


def texts(text: str, **options: str) -> list[str]:
    """The sentences' texts."""
    return [sentence.text for sentence in split(text, **options)]


@given(st.text(max_size=300))
def test_offsets_slice_to_the_sentence(text: str) -> None:
    """Every sentence is exactly what its offsets cut out of the text, in order, without overlap."""
    last = 0
    for sentence in split(text):
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
        assert sentence.start >= last
        last = sentence.end


@given(st.lists(st.sampled_from(["The port closed. ", "No one was hurt.\n", "Odran paid.\n\n", "  "]), max_size=12))
def test_no_word_is_lost(parts: list[str]) -> None:
    """The words of the sentences are the words of the text."""
    text = "".join(parts)
    assert " ".join(texts(text)).split() == text.split()


def test_a_heading_on_its_own_line_is_a_sentence() -> None:
    """A line without a full stop does not run into the next one."""
    assert texts("Port of Aster closed\nThe port closed on Monday.") == [
        "Port of Aster closed",
        "The port closed on Monday.",
    ]


def test_hard_wrapped_text_is_put_together() -> None:
    """Line breaks in the middle of sentences do not end them."""
    text = (
        "The authorities of the port of Aster said on Monday that\n"
        "they would close two warehouses and search for the ferry\n"
        "that has been missing since the storm of last week, when\n"
        "three other ships were lost off the islands. No one was\n"
        "hurt.\n"
    )
    assert [" ".join(t.split()) for t in texts(text)][-1] == "No one was hurt."
    assert len(texts(text)) == 2


def test_numbers_and_paragraphs_count_from_the_start() -> None:
    """Sentences count from 1, paragraphs from 0."""
    found = split("One is here. Two is here.\n\nThree is here.")
    assert [(s.number, s.paragraph) for s in found] == [(1, 0), (2, 0), (3, 1)]


def test_blank_text_has_no_sentences() -> None:
    """White space alone gives nothing."""
    assert split(" \n\t\n ") == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The minister said that the port is closed and that it was for the best.", "en"),
        ("Le ministre a dit que le port est fermé et que les navires sont dans la rade.", "fr"),
        ("Der Minister sagte, dass der Hafen und die Brücke für eine Woche nicht offen sind.", "de"),
        ("El ministro dijo que el puerto está cerrado y que los barcos no salen por la noche.", "es"),
        ("部长周一表示，港口已经关闭。", "zh"),
        ("قال الوزير إن الميناء مغلق منذ يوم الاثنين.", "ar"),
        ("Le gouvernement a annoncé un plan de 5 millions.", "fr"),
        ("O governo anunciou um plano de 5 milhões para a cidade.", "pt"),
        ("A plan is due.", "en"),
        ("12345", "en"),
    ],
    ids=["en", "fr", "de", "es", "zh", "ar", "short fr", "short pt", "short en", "nothing to go by"],
)
def test_the_language_is_guessed(text: str, language: str) -> None:
    """Script first, then the commonest words; English when there is nothing to go by."""
    assert guess_language(text) == language


def test_chinese_sentences_end_at_their_own_full_stop() -> None:
    """A full-width full stop ends a sentence without a space."""
    assert texts("港口已经关闭。没有人受伤。", language="zh") == ["港口已经关闭。", "没有人受伤。"]


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("Cover photo: Ana Duarte / EPX", True),
        ("Photo by Ana Duarte", True),
        (
            "Photographs of the yard were published on Monday by the ministry of the island, which denied that it was closed.",
            False,
        ),
        ("The photo shows Ana Duarte.", False),
    ],
    ids=["cover", "by", "a sentence", "another"],
)
def test_a_photo_credit_is_told_from_a_sentence(text: str, credit: bool) -> None:
    """A short line that names a photographer is no sentence of the matter."""
    assert is_credit(text) is credit


def test_an_initial_does_not_end_a_sentence() -> None:
    """Neither an abbreviated state nor a first name's letter is the end."""
    assert len(texts("It was backed by then-U.S. Secretary Ana Duarte, who left. Nobody knew.")) == 2
    assert len(texts("It was signed by J. Okoro on Monday.")) == 1
