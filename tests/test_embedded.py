"""The embedded model for real: weights, llama.cpp, one brief. Run with --weights."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from summariser import Summariser
from summariser.local import EmbeddedTransport
from summariser.settings import EMBEDDED_URL

pytestmark = pytest.mark.weights

SEED = next((Path(__file__).parent.parent / "seeds").glob("*.txt"))
QUESTION = {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 8, "temperature": 0}


def test_the_server_answers_threads_and_coroutines_alike() -> None:
    """Both halves of the transport reach the same server and get the same answer."""
    url = f"{EMBEDDED_URL}/chat/completions"
    with httpx2.Client(transport=EmbeddedTransport("smollm2-135m"), timeout=120) as client:
        answer = client.post(url, json=QUESTION).json()

    async def ask() -> Any:
        async with httpx2.AsyncClient(transport=EmbeddedTransport("smollm2-135m"), timeout=120) as aclient:
            return (await aclient.post(url, json=QUESTION)).json()

    again = asyncio.run(ask())
    assert answer["choices"][0]["message"]["content"]
    assert answer["model"] == "smollm2-135m"
    assert again["choices"] == answer["choices"]


def test_the_seed_article_gives_a_proved_brief() -> None:
    """The default model makes a brief whose every item stands in the article, without key or configuration."""
    text = SEED.read_text(encoding="utf-8")
    with Summariser() as summariser:
        brief = summariser.summarise(text)
    assert brief.provenance.model.startswith("local/")
    assert len(brief.parties) >= 4
    assert brief.commitments
    assert brief.outcomes
    assert brief.figures
    for item in (*brief.parties, *brief.commitments, *brief.outcomes, *brief.figures):
        assert all(text[e.start : e.end] == e.text for e in item.evidence)
