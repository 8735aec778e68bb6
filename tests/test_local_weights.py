"""The embedded model answers, through the transport that everything else uses."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import httpx2
import pytest

from summariser import local
from summariser.settings import EMBEDDED_URL

pytestmark = pytest.mark.weights
pytest.importorskip("xllamacpp")

MODEL = "smollm2-135m"
ADDRESS = f"{EMBEDDED_URL}/chat/completions"


def _question(**more: Any) -> dict[str, Any]:
    message = {"role": "user", "content": "Say hello."}
    return {"model": MODEL, "messages": [message], "max_tokens": 16, "temperature": 0, **more}


def test_it_answers_and_says_nothing_else(capfd: pytest.CaptureFixture[str]) -> None:
    """A chat completion comes back under the model's name, and llama.cpp writes nothing to the terminal."""
    with httpx2.Client(transport=local.EmbeddedTransport(MODEL), timeout=120) as http:
        answer = http.post(ADDRESS, json=_question()).raise_for_status().json()
    assert answer["choices"][0]["message"]["content"]
    assert answer["model"] == MODEL
    assert 0 < answer["usage"]["completion_tokens"] <= 16
    assert capfd.readouterr() == ("", "")


def test_sync_async_and_a_second_event_loop_share_one_server() -> None:
    """The same question at temperature 0 gets the same answer by every road."""
    transport = local.EmbeddedTransport(MODEL)

    async def ask() -> list[str]:
        async with httpx2.AsyncClient(transport=transport, timeout=120) as http:
            answers = await asyncio.gather(*(http.post(ADDRESS, json=_question()) for _ in range(3)))
        return [answer.json()["choices"][0]["message"]["content"] for answer in answers]

    with httpx2.Client(transport=transport, timeout=120) as http:
        first = http.post(ADDRESS, json=_question()).json()["choices"][0]["message"]["content"]
    assert {*asyncio.run(ask()), *asyncio.run(ask())} == {first}


def test_an_answer_fits_the_schema_it_is_asked_for() -> None:
    """Decoding is constrained by a JSON schema."""
    schema = {"type": "object", "properties": {"kind": {"enum": ["done", "promised"]}}, "required": ["kind"]}
    form = {"type": "json_schema", "json_schema": {"name": "kind", "schema": schema, "strict": True}}
    with httpx2.Client(transport=local.EmbeddedTransport(MODEL), timeout=120) as http:
        answer = http.post(ADDRESS, json=_question(response_format=form, max_tokens=40)).raise_for_status().json()
    assert answer["choices"][0]["message"]["content"].replace(" ", "").replace("\n", "") in (
        '{"kind":"done"}',
        '{"kind":"promised"}',
    )


def test_the_constant_part_of_a_prompt_is_computed_once() -> None:
    """A second question after the same instructions finds them in the cache."""
    system = {"role": "system", "content": "You read one sentence and say who did what. " * 20}
    with httpx2.Client(transport=local.EmbeddedTransport(MODEL), timeout=120) as http:
        for text in ("The bank rose.", "Two firms merged."):
            asked = _question(messages=[system, {"role": "user", "content": text}])
            usage = http.post(ADDRESS, json=asked).raise_for_status().json()["usage"]
    assert usage["prompt_tokens_details"]["cached_tokens"] > 200


def test_the_process_ends_at_once_and_with_its_own_code() -> None:
    """A script that leaves while an answer is being written neither hangs nor crashes."""
    script = (
        "import contextlib, sys, threading, time, httpx2; from summariser.local import EmbeddedTransport\n"
        "def ask():\n"
        f"    http = httpx2.Client(transport=EmbeddedTransport({MODEL!r}), timeout=120)\n"
        "    with contextlib.suppress(httpx2.TransportError):\n"
        f"        http.post({ADDRESS!r}, json={_question(max_tokens=4000, ignore_eos=True)!r})\n"
        "threading.Thread(target=ask, daemon=True).start()\n"
        "time.sleep(5)\n"
        "sys.exit(3)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], timeout=60, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")
