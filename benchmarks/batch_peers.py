"""What others make of the same questions: run by benchmarks/batch.py, each in a process (and environment) of its own.

`python benchmarks/batch_peers.py NAME URL ROWS OUT CONCURRENCY`, where ROWS has a line of JSON for each document: its id,
text and the messages that summariser would send.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any


def openai_loop(url: str, rows: list[dict[str, Any]], out: Path, concurrency: int) -> None:
    """The plain client, a semaphore, a line for each answer: nothing is checked, kept or resumed."""
    import openai

    from summariser import drafting

    form: Any = {"type": "json_schema", "json_schema": {"name": "BriefDraft", "schema": drafting.draft_schema()}}

    async def run() -> None:
        gate = asyncio.Semaphore(concurrency)
        async with openai.AsyncOpenAI(base_url=url, api_key="k") as client:
            with out.open("w", encoding="utf-8") as file:

                async def one(row: dict[str, Any]) -> None:
                    async with gate:
                        try:
                            answer: Any = await client.chat.completions.create(
                                model="scripted-1",
                                messages=row["messages"],
                                max_tokens=8000,
                                temperature=0,
                                response_format=form,
                            )
                        except openai.OpenAIError:
                            return
                    brief = json.loads(answer.choices[0].message.content)
                    file.write(json.dumps({"id": row["id"], "brief": brief}) + "\n")

                await asyncio.gather(*(one(row) for row in rows))

    asyncio.run(run())


def instructor_alone(url: str, rows: list[dict[str, Any]], out: Path, concurrency: int) -> None:
    """instructor around the plain client: answers are validated against the draft's class."""
    import instructor
    import openai

    from summariser import drafting
    from summariser_schemas import Brief

    async def run() -> None:
        gate = asyncio.Semaphore(concurrency)
        async with openai.AsyncOpenAI(base_url=url, api_key="k") as inner:
            client = instructor.from_openai(inner, mode=instructor.Mode.JSON_SCHEMA)
            with out.open("w", encoding="utf-8") as file:

                async def one(row: dict[str, Any]) -> None:
                    async with gate:
                        draft: Any = await client.chat.completions.create(
                            model="scripted-1",
                            messages=row["messages"],
                            max_tokens=8000,
                            temperature=0,
                            response_model=drafting.whole(Brief),
                        )
                    file.write(json.dumps({"id": row["id"], "brief": draft.model_dump()}) + "\n")

                await asyncio.gather(*(one(row) for row in rows))

    asyncio.run(run())


def curator_job(url: str, rows: list[dict[str, Any]], out: Path, concurrency: int) -> None:
    """curator's online processor: it keeps answers in a folder and goes on from there."""
    from bespokelabs import curator  # type: ignore[import-not-found]  # in an environment of its own

    class Briefs(curator.LLM):  # type: ignore[misc]
        """Asks for the brief of a row."""

        def prompt(self, input: dict[str, Any]) -> Any:  # noqa: A002 -- curator's name
            """The messages."""
            return input["messages"]

        def parse(self, input: dict[str, Any], response: Any) -> Any:  # noqa: A002 -- curator's name
            """The brief."""
            return {"id": input["id"], "brief": str(response)}

    limits = {"max_requests_per_minute": 10**7, "max_tokens_per_minute": 10**10, "max_concurrent_requests": concurrency}
    params = {"base_url": url, "require_all_responses": False, **limits}
    made = Briefs(model_name="gpt-4o-mini", backend="openai", backend_params=params)(rows)
    made.dataset.to_json(str(out))


def langextract_job(url: str, rows: list[dict[str, Any]], out: Path, concurrency: int) -> None:
    """langextract with one example: extractions are aligned with the text."""
    import langextract as lx  # type: ignore[import-not-found]  # likewise

    example = lx.data.ExampleData(
        text="Tessa AG promised to invest 40 million euros.",
        extractions=[lx.data.Extraction(extraction_class="figure", extraction_text="40 million euros")],
    )
    documents = [lx.data.Document(text=row["text"], document_id=row["id"]) for row in rows]
    found = lx.extract(
        text_or_documents=documents,
        prompt_description="Extract parties, commitments, outcomes and figures in the words of the text.",
        examples=[example],
        config=lx.factory.ModelConfig(
            model_id="gpt-4o-mini",
            provider="OpenAILanguageModel",
            provider_kwargs={"base_url": url, "api_key": "k", "max_workers": concurrency},
        ),
        fence_output=False,
        use_schema_constraints=False,
        max_char_buffer=10_000,
        batch_length=concurrency,
        max_workers=concurrency,
        show_progress=False,
    )
    with out.open("w", encoding="utf-8") as file:
        for document in found:
            spans = [e.extraction_text for e in document.extractions or [] if e.char_interval is not None]
            file.write(json.dumps({"id": document.document_id, "found": spans}) + "\n")


def serve() -> None:
    """The scripted endpoint with answers in langextract's form, which has no numbered sentences."""
    import re
    import signal

    from summariser.testing import ScriptedEndpoint, draft_of

    def script(body: dict[str, Any]) -> str:
        text = body["messages"][-1]["content"].rpartition("Q: ")[2].rpartition("A:")[0].strip()
        draft = draft_of(enumerate(re.split(r"(?<=\.)\s+|\n\n", text), 1))
        said = [("party", party["name"]) for party in draft["parties"]]
        said += [("commitment", commitment["action"]) for commitment in draft["commitments"]]
        said += [("outcome", outcome["what"]) for outcome in draft["outcomes"]]
        said += [("figure", figure["quantity"]) for figure in draft["figures"]]
        return json.dumps({"extractions": [{kind: words, f"{kind}_attributes": {}} for kind, words in said]})

    endpoint = ScriptedEndpoint(script, latency=0.05, remember=False)
    print(endpoint.url, flush=True)
    endpoint.loop.add_signal_handler(signal.SIGTERM, endpoint.loop.stop)
    endpoint.run()


PEERS = {"openai": openai_loop, "instructor": instructor_alone, "curator": curator_job, "langextract": langextract_job}

if __name__ == "__main__" and sys.argv[1:] == ["serve"]:
    serve()
elif __name__ == "__main__":
    name, address, given, target, most = sys.argv[1:]
    with open(given, encoding="utf-8") as lines:
        PEERS[name](address, [json.loads(line) for line in lines], Path(target), int(most))
