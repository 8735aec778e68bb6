"""Briefs of one's own and the built-in kinds: declared, refused, asked for, proved, shown."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from datetime import date  # pydantic reads it
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import BaseModel, computed_field, create_model, field_validator

from summariser import Summariser, declaring, drafting, verify
from summariser.errors import ConfigurationError, DeclarationError, InputError, TemplateError
from summariser.evaluation import evaluate, made_of, read_gold
from summariser.examples import Example, digest, turns, work
from summariser.kinds import KINDS, examples_in, examples_of, schema_named
from summariser.schema import (
    Attribution,
    BaseBrief,
    Brief,
    Field,
    Item,
    Mention,
    Party,
    PartyRef,
    Quantity,
    When,
    Words,
)
from summariser.templates import PROMPTS, load, prompts_in
from summariser.testing import ScriptedEndpoint
from summariser.views import as_json, as_markdown, as_text
from summariser.views.html import html_parts
from summariser.views.tables import export, frames
from tests import calls
from tests.record import CALLS, RECORDINGS
from tests.test_cli import run

if TYPE_CHECKING:
    from collections.abc import Callable

GOLD = Path(__file__).parent.parent / "benchmarks" / "gold" / "kinds"
README = Path(__file__).parent.parent / "README.md"
OWN_KINDS = [name for name in KINDS if name != "news"]

TEXT = (
    "Tessa AG reported its results on Monday.\n"
    "Revenue was 40 million euros in the first quarter, and the company opened two stores in Odran.\n"
    "Chief executive Li Dan said that orders rose by 12 per cent."
)


class Metric(Item):
    """A figure that the company reports."""

    name: str = Field(description="what is measured, in the words of the text")
    amount: Quantity = Field(description="shortest verbatim words with number and unit")
    period: When | None = Field(default=None, description="the time it is for, as worded")
    said_by: Attribution | None = Field(default=None, description="whose word it is")


class Store(Item):
    """A place of business that was opened or closed."""

    event: str = Field(description="what happened")
    place: Mention | None = Field(default=None, description="where")
    tags: list[Words] = Field(default_factory=list, description="the text's words for the kind of place")
    opened: bool = Field(description="whether it was opened")


class EarningsCall(BaseBrief):
    """What a company said of its results."""

    metrics: list[Metric] = Field(default_factory=list, description="figures of the quarter")
    moves: list[Store] = Field(default_factory=list, description="stores opened and closed")


ANSWER: dict[str, Any] = {
    "headline": "Tessa AG reported its results",
    "summary": [{"text": "Revenue was 40 million euros in the first quarter.", "evidence": [2]}],
    "metrics": [
        {
            "evidence": [2],
            "name": "revenue",
            "amount": "40 million euros",
            "period": "in the first quarter",
            "said_by": None,
        },
        {"evidence": [3], "name": "orders", "amount": "12 per cent", "period": None, "said_by": "Li Dan"},
        {"evidence": [2], "name": "revenue", "amount": "50 million euros", "period": None, "said_by": None},
    ],
    "moves": [
        {"evidence": [2], "event": "opened two stores", "place": "Odran", "tags": ["stores", "outlets"], "opened": True}
    ],
}


def summarised(**options: Any) -> EarningsCall:
    """Make the brief of the text above from the answer above."""
    with (
        ScriptedEndpoint(lambda _: json.dumps(ANSWER)) as model,
        Summariser("m", schema=EarningsCall, base_url=model.url, **options) as summariser,
    ):
        return summariser.summarise(TEXT)


# Declared


def test_the_sections_stand_between_summary_and_rejected() -> None:
    """A brief reads from the top: what it is of, what is in it, what was left out, how it came about."""
    names = list(EarningsCall.model_fields)
    assert names.index("summary") < names.index("metrics") < names.index("moves") < names.index("rejected")
    assert list(EarningsCall.model_json_schema()["properties"]) == names


def test_ids_of_sections_with_one_initial_are_told_apart() -> None:
    """Two sections that begin alike have prefixes that differ."""
    assert [section.prefix for section in drafting.sections(EarningsCall)] == ["me", "mo"]


def test_a_grounded_brief_of_ones_own_comes_out_as_its_class() -> None:
    """Numbers are read, times and places have spans, the wrong figure is rejected, and all of it has its sentence."""
    brief = summarised()
    assert type(brief) is EarningsCall
    assert [(m.id, m.name, str(m.amount.value), m.amount.unit) for m in brief.metrics] == [
        ("me1", "revenue", "40000000", "EUR"),
        ("me2", "orders", "12", "%"),
    ]
    assert brief.metrics[0].period is not None
    assert brief.metrics[1].said_by is not None
    (move,) = brief.moves
    assert move.place is not None
    assert TEXT[move.place.start : move.place.end] == "Odran"
    assert move.tags == ["stores"]
    assert all(TEXT[e.start : e.end] == e.text for item in brief.items for e in item.evidence)
    assert "50 million euros" in str([rejection.said for rejection in brief.rejected])
    assert brief.provenance.prompt.name == "any"
    assert not any(omission.kind == "party" for omission in brief.omitted)


def test_a_brief_of_ones_own_can_be_verified_again() -> None:
    """What was proved once holds, from the object and from its JSON."""
    brief = summarised()
    assert verify(TEXT, brief).rejected == []
    again = verify(TEXT, json.loads(as_json(brief)), schema=EarningsCall)
    assert [item.id for item in again.items] == [item.id for item in brief.items]


def test_small_models_are_asked_for_it_sentence_by_sentence() -> None:
    """Each sentence gets its own question, with the form of the sections and without sentence numbers."""

    def answer(body: dict[str, Any]) -> str:
        asked = body["messages"][-1]["content"]
        if "[1]" in asked:
            return json.dumps({k: ANSWER[k] for k in ("headline", "summary")})
        metrics = [{k: v for k, v in ANSWER["metrics"][0].items() if k != "evidence"}] if "Revenue" in asked else []
        return json.dumps({"metrics": metrics, "moves": []})

    with (
        ScriptedEndpoint(answer) as model,
        Summariser("m", schema=EarningsCall, strategy="sentences", base_url=model.url) as summariser,
    ):
        brief = summariser.summarise(TEXT)
    assert [m.name for m in brief.metrics] == ["revenue"]
    assert brief.provenance.requests == 3
    assert brief.summary in TEXT.replace("\n", " ")


def test_small_models_choose_amounts_among_the_numbers_of_the_sentence() -> None:
    """The form has no other, and no section whose items need a number where the sentence has none."""
    with (
        ScriptedEndpoint(lambda _: json.dumps({"metrics": [], "moves": []})) as model,
        Summariser("m", schema=EarningsCall, strategy="sentences", base_url=model.url) as summariser,
    ):
        summariser.summarise(TEXT)
        asked = [request.body for request in model.asked]
    forms = {
        body["messages"][-1]["content"]: body["response_format"]["json_schema"]["schema"]
        for body in asked
        if "[1]" not in body["messages"][-1]["content"]
    }
    without, revenue, orders = (forms[next(t for t in forms if word in t)] for word in ("Monday", "Revenue", "orders"))
    assert list(without["properties"]) == ["moves"]
    assert revenue["$defs"]["Metric"]["properties"]["amount"]["enum"] == ["40 million euros", "two stores"]
    assert orders["$defs"]["Metric"]["properties"]["amount"]["const"] == "12 per cent"


def test_small_models_only_sort_the_names_of_english_texts() -> None:
    """The parties are found by code and sorted by one question; no sentence is asked for them."""

    def answer(body: dict[str, Any]) -> str:
        asked = body["messages"][-1]["content"]
        if "<names>" in asked:
            names = re.findall(r"[^<>;]+", asked)[1].split("; ")
            return json.dumps(dict.fromkeys(names, "place") | {"Tessa AG": "company", "Li Dan": "person"})
        said = {"statement": "orders rose by 12 per cent", "speaker": "Li Dan"}
        statements = [said] if "orders" in asked else []
        return json.dumps({"decisions": [], "actions": [], "votes": [], "statements": statements})

    with (
        ScriptedEndpoint(answer) as model,
        Summariser("m", schema=KINDS["meeting"], strategy="sentences", base_url=model.url) as summariser,
    ):
        brief: Any = summariser.summarise(TEXT)
        asked = [request.body for request in model.asked]
    assert {(party.name, party.kind) for party in brief.parties} == {("Tessa AG", "company"), ("Li Dan", "person")}
    assert [statement.statement for statement in brief.statements] == ["orders rose by 12 per cent"]
    of_sentences = [body for body in asked if body["messages"][-1]["content"].startswith("<text-")]
    assert len(of_sentences) == 3
    assert not any("parties" in json.dumps(body["response_format"]) for body in of_sentences)


def test_a_validator_of_ones_own_is_a_further_check() -> None:
    """What it refuses is asked again with its words, and rejected when it comes again."""

    class Picky(Metric):
        """A figure that the company reports."""

        @field_validator("name")
        @classmethod
        def _no_orders(cls, name: str) -> str:
            if name == "orders":
                raise ValueError("orders are no results")
            return name

    class PickyCall(BaseBrief):
        """What a company said of its results."""

        metrics: list[Picky] = Field(default_factory=list, description="figures")

    answer = json.dumps({**{k: v for k, v in ANSWER.items() if k != "moves"}})
    with (
        ScriptedEndpoint(lambda _: answer) as model,
        Summariser("m", schema=PickyCall, base_url=model.url) as summariser,
    ):
        brief = summariser.summarise(TEXT)
        asked = [request.body["messages"][-1]["content"] for request in model.asked]
    assert [m.name for m in brief.metrics] == ["revenue"]
    assert any("orders are no results" in content for content in asked)
    assert any("orders are no results" in reason for rejection in brief.rejected for reason in rejection.reasons)


# Refused


def _brief(doc: str | None = "A brief.", /, **sections: Any) -> type[BaseBrief]:
    fields: dict[str, Any] = {
        n: (core, Field(default_factory=list, description="a section")) for n, core in sections.items()
    }
    made = create_model("Bad", __base__=BaseBrief, **fields)
    made.__doc__ = doc
    return made


def _item(**fields: Any) -> type[Item]:
    told: dict[str, Any] = {n: (core, Field(description="a field")) for n, core in fields.items()}
    return create_model("Thing", __base__=Item, __doc__="An item.", **told)


class Undescribed(Item):
    """An item."""

    name: str


class Plain(BaseModel):
    """Something without evidence."""

    name: str


class Aliased(Item):
    """An item."""

    name: str = Field(description="a field", alias="Name")


class Shouted(Item):
    """An item."""

    name: str = Field(description="a field")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def loud(self) -> str:
        """The name, shouted."""
        return self.name.upper()


class Colour(Enum):
    """A choice that is no Literal."""

    RED = "red"
    BLUE = "blue"


class Tree(Item):
    """An item."""

    name: str = Field(description="a field")
    inner: list[Tree] = Field(default_factory=list, description="a field")


_WIDE = _item(**{f"field_{n}": str for n in range(60)})

BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "no brief": (lambda: Plain, "not derived from BaseBrief"),
    "no sections": (lambda: _brief(), "no sections"),
    "no docstring": (lambda: _brief(None, things=list[Metric]), "no docstring"),
    "a plain field": (lambda: _brief(outlook=str), "not a list of a class of Item"),
    "a single item": (lambda: _brief(thing=Metric), "make it list[Metric]"),
    "no evidence": (lambda: _brief(things=list[Plain]), "derive Plain from Item"),
    "recursive": (lambda: _brief(trees=list[Tree]), "Tree.inner is recursive"),
    "too wide": (lambda: _brief(a=list[_WIDE], b=list[_WIDE]), "124 fields, and 100 is the most"),  # type: ignore[valid-type]
    "a name that is taken": (lambda: _brief(evidence=list[Metric]), "'evidence' must be called otherwise"),
    "no description": (lambda: _brief(things=list[Undescribed]), "Undescribed.name has no description"),
    "a number": (lambda: _brief(things=list[_item(name=str, count=int)]), "use Quantity"),  # type: ignore[misc]
    "a date": (lambda: _brief(things=list[_item(name=str, day=date)]), "use When"),  # type: ignore[misc]
    "a dict": (lambda: _brief(things=list[_item(name=str, more=dict[str, str])]), "not supported"),  # type: ignore[misc]
    "a choice": (lambda: _brief(things=list[_item(name=str | Quantity)]), "choice of types"),  # type: ignore[misc]
    "choices that are no strings": (lambda: _brief(things=list[_item(name=str, n=Literal[1, 2])]), "no strings"),  # type: ignore[misc]
    "a reference to nobody": (lambda: _brief(things=list[_item(name=str, by=PartyRef)]), "no section of Party"),  # type: ignore[misc]
    "two rosters": (lambda: _brief(us=list[Party], them=list[Party]), "more than one section of Party"),
    "an enum": (lambda: _brief(things=list[_item(name=str, colour=Colour)]), "use Literal['red', 'blue']"),  # type: ignore[misc]
    "an alias": (lambda: _brief(things=list[Aliased]), "Aliased.name has an alias"),
    "a computed field": (lambda: _brief(things=list[Shouted]), "Shouted.loud is a computed field"),
    "a name that nothing bears": (lambda: _brief(things="list[Nowhere]"), "refers to Nowhere"),
    "a long name": (
        lambda: type("Brief_of_" + "x" * 50, (EarningsCall,), {"__doc__": "A brief."}),
        "at most 50 of them",
    ),
    "nothing in words": (lambda: _brief(things=list[_item(amount=Quantity)]), "no required str field"),  # type: ignore[misc]
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_schema_is_refused_with_the_reason(name: str) -> None:
    """Before anything is sent, and with words that say what to do."""
    made, reason = BAD[name]
    with pytest.raises(DeclarationError) as caught:
        Summariser("m", schema=made(), base_url="http://127.0.0.1:9/v1")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("novel", "choose one of news, meeting"),
        ("nowhere:Brief", "cannot be imported"),
        ("json:Nope", "no class 'Nope'"),
        ("tests.test_schemas:earningscall", "its briefs are: EarningsCall"),
        ("./calls.py:B", "write calls:B in the folder of calls.py"),
    ],
)
def test_a_schema_that_is_not_there_is_named(name: str, reason: str) -> None:
    """The message says which kinds there are, or what of module and class is missing."""
    with pytest.raises(ConfigurationError, match=reason):
        schema_named(name)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("class B(\n", r"SyntaxError: .*line 1"),
        ("x = 1\nraise RuntimeError('boom')\n", r"RuntimeError: boom \(line 2\)"),
        ("import nowhere_at_all\n", "No module named 'nowhere_at_all'"),
    ],
)
def test_a_module_that_cannot_be_imported_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, reason: str
) -> None:
    """Whatever it raises, one line says what and where."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "broken_schema.py").write_text(written)
    with pytest.raises(ConfigurationError, match=f"'broken_schema' cannot be imported: {reason}"):
        schema_named("broken_schema:B")


# Worked examples


EXAMPLE = {
    "text": "Maribel Lines earned 3 million crowns in May.",
    "answer": {"metrics": [{"name": "earned", "amount": "3 million crowns", "period": "in May", "evidence": [1]}]},
}


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_the_worked_examples_of_a_kind_hold(kind: str) -> None:
    """Every item of every example is proved by its own text, in the form that the model is asked for."""
    schema, examples = KINDS[kind], examples_of(KINDS[kind])
    assert list(declaring.faults(schema)) == []
    shown = turns(schema, load("any", "v1"), work(schema, examples))
    for question, draft in (("whole", drafting.whole(schema)), ("notes", drafting.notes(schema))):
        answers = [turn.content for turn in shown[question] if turn.role == "assistant"]
        assert answers
        for answer in answers:
            draft.model_validate_json(answer)
    said = {name for answer in shown["whole"][1::2] for name, items in json.loads(answer.content).items() if items}
    assert said >= {section.name for section in drafting.sections(schema)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"amount": "4 million crowns"}, "not in the sentence"),
        ({"profit": "x"}, "profit"),
        ({"evidence": [7]}, "no sentence 7"),
    ],
)
def test_an_example_that_does_not_hold_is_refused(change: dict[str, Any], reason: str) -> None:
    """A wrong figure, a field that does not exist, a sentence that is not there: told before anything is spent."""
    item = {**EXAMPLE["answer"]["metrics"][0], **change}  # type: ignore[index] # JSON
    example = Example(text=str(EXAMPLE["text"]), answer={"metrics": [item]})
    with pytest.raises(DeclarationError, match=reason):
        Summariser("m", schema=EarningsCall, examples=[example], base_url="http://127.0.0.1:9/v1")


@pytest.mark.parametrize("form", ["json", "toml", "yaml"])
def test_examples_are_read_from_a_file(tmp_path: Path, form: str) -> None:
    """JSON, TOML and YAML say the same, and the model is shown them as turns before the question."""
    path = tmp_path / f"examples.{form}"
    toml = (
        "[[examples]]\ntext = 'Maribel Lines earned 3 million crowns in May.'\n[[examples.answer.metrics]]\n"
        "name = 'earned'\namount = '3 million crowns'\nperiod = 'in May'\nevidence = [1]\n"
    )
    yaml = (
        "- text: Maribel Lines earned 3 million crowns in May.\n  answer:\n    metrics:\n"
        "      - {name: earned, amount: 3 million crowns, period: in May, evidence: [1]}\n"
    )
    path.write_text({"json": json.dumps({"examples": [EXAMPLE]}), "toml": toml, "yaml": yaml}[form])
    assert examples_in(path) == (Example.model_validate(EXAMPLE),)
    brief = summarised(examples=path)
    assert brief.provenance.examples_sha256 == digest(examples_in(path))


def test_a_file_that_holds_no_examples_is_named(tmp_path: Path) -> None:
    """File and fault stand in the message."""
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "a.yaml").write_text("examples: [")
    with pytest.raises(InputError, match=r"a\.yaml: is not YAML .*line 1"):
        examples_in(tmp_path / "a.yaml")
    (tmp_path / "b.json").write_text('{"examples": [{"text": "x"}]}')
    with pytest.raises(InputError, match=r"a\.json: is not JSON"):
        examples_in(tmp_path / "a.json")
    with pytest.raises(DeclarationError, match=r"b\.json: examples\.0\.answer"):
        examples_in(tmp_path / "b.json")


def test_schema_and_examples_are_part_of_what_is_asked() -> None:
    """Another schema or another example is another question, so nothing of the old answers is taken for it."""
    url = "http://127.0.0.1:9/v1"
    plain = Summariser("m", base_url=url).recipe
    own = Summariser("m", schema=EarningsCall, base_url=url).recipe
    shown = Summariser("m", schema=EarningsCall, examples=[Example.model_validate(EXAMPLE)], base_url=url).recipe
    assert len({plain.asking_digest, own.asking_digest, shown.asking_digest}) == 3


# Jobs, views, tables, scores


def test_a_job_goes_on_with_briefs_of_ones_own(tmp_path: Path) -> None:
    """Results hold the class, a second run asks for nothing, and the file of briefs reads back."""
    with (
        ScriptedEndpoint(lambda _: json.dumps(ANSWER)) as model,
        Summariser("m", schema=EarningsCall, base_url=model.url) as summariser,
    ):
        first = list(summariser.batch([TEXT, TEXT + "\nMore."], job=tmp_path / "job"))
        asked = len(model.asked)
        second = list(summariser.batch([TEXT, TEXT + "\nMore."], job=tmp_path / "job"))
        assert len(model.asked) == asked
    briefs = [result.brief for result in first]
    assert all(type(brief) is EarningsCall and len(brief.metrics) == 2 for brief in briefs)
    assert [result.brief for result in second] == briefs
    line = (tmp_path / "job" / "briefs.jsonl").read_text().splitlines()[0]
    assert EarningsCall.model_validate_json(line) == briefs[0]


def test_every_view_shows_the_sections_of_ones_own() -> None:
    """Text, Markdown and the HTML report have each item, its number and its other fields."""
    brief = summarised()
    for shown in (as_text(brief), as_markdown(brief)):
        assert "Metrics" in shown
        assert "40 million euros" in shown
        assert "place: Odran" in shown
    assert "Moves" in as_text(brief)
    assert "".join(html_parts([brief], text_of=lambda _: TEXT)).startswith("<!")


def test_tables_follow_from_the_schema(tmp_path: Path) -> None:
    """One table a section, with numbers, times and places in columns of their own, in every format."""
    brief = summarised()
    made = frames([brief], schema=EarningsCall)
    assert list(made["metrics"]["amount_value"]) == [40_000_000, 12]
    assert made["metrics"]["period_text"][0] == "in the first quarter"
    assert list(made["moves"]["place_start"]) == [TEXT.index("Odran")]
    assert list(made["moves"]["opened"]) == [True]
    for form in ("csv", "sqlite", "parquet"):
        assert export([brief], tmp_path / form, form, schema=EarningsCall)


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_the_gold_of_a_kind_stands_in_its_texts(kind: str) -> None:
    """Two documents each, written for this purpose, whose figures and times our own verifier reads; a perfect brief scores 1."""
    schema = KINDS[kind]
    golds = read_gold([GOLD / kind], brief=schema)
    assert len(golds) == 2
    for file in sorted((GOLD / kind).glob("*.json")):
        raw = json.loads(file.read_text(encoding="utf-8"))
        assert "written by hand" in raw["licence"]
        found = verify(raw["text"], raw["gold"], schema=schema, policy="flag")
        assert [r for r in found.rejected if r.section not in ("parties", "statements")] == []


def test_briefs_of_ones_own_are_scored(tmp_path: Path) -> None:
    """A gold file in the schema's form is held against a brief of it, second quantities and all."""
    brief = summarised()
    gold = {
        "metrics": [
            {
                "name": "revenue",
                "text": "40 million euros",
                "value": "40000000",
                "unit": "EUR",
                "evidence": [TEXT.split("\n")[1]],
            },
            {"name": "orders", "text": "12 per cent", "value": "12", "unit": "%", "evidence": [TEXT.split("\n")[2]]},
        ],
        "moves": [{"event": "opened two stores", "place": "Odran", "opened": True, "evidence": [TEXT.split("\n")[1]]}],
    }
    (tmp_path / "gold.json").write_text(json.dumps({"id": brief.document.id, "text": TEXT, "gold": gold}))
    golds = read_gold([tmp_path], brief=EarningsCall)
    report = evaluate("own", golds, [made_of(brief)], brief=EarningsCall)
    assert report.mean_f1 == 1


# The command line


def test_the_example_of_the_readme_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's brief of under twenty lines and one command: proved items of a PDF, a page and a feed, each with its place.

    Recorded from the embedded model.
    """
    assert len(calls.set_out(tmp_path, README)) < 20
    monkeypatch.chdir(tmp_path)
    done = run(*calls.COMMAND, *calls.MODEL, "--replay", str(RECORDINGS / CALLS))
    assert done.returncode == 0, done.stderr
    made = [json.loads(line) for line in (tmp_path / "job" / "briefs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [brief["document"]["id"] for brief in made] == ["report", "page", "plover", "torva"]
    metrics = {metric["amount"]["text"]: metric for brief in made for metric in brief["metrics"]}
    assert metrics.keys() >= {"845 million crowns", "52 million crowns", "9.4 million euros", "120 million euros"}
    assert metrics.keys() >= {"4.1 million subscribers", "14 million marks"}
    assert [metrics[f"{n} million crowns"]["evidence"][0]["page"] for n in (845, 52)] == [1, 2]
    (evidence,) = metrics["9.4 million euros"]["evidence"]
    assert (
        "9.4&nbsp;million euros</b> in the first quarter"
        in calls.PAGE[evidence["source_start"] : evidence["source_end"]]
    )
    proved = {"exact", "normalised", "derived"}
    assert all(v["verdict"] in proved for metric in metrics.values() for v in metric["verdicts"].values())


def test_the_command_line_says_why_a_schema_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, exit code 2, nothing asked."""
    (tmp_path / "mine.py").write_text(
        "from summariser.schema import *\nclass M(Item):\n    'm'\n    n: int\nclass B(BaseBrief):\n    'b'\n    ms: list[M]\n"
    )
    (tmp_path / "a.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    done = run("brief", "a.txt", "--schema", "mine:B", "--base-url", "http://127.0.0.1:9/v1", "--model", "m")
    assert done.returncode == 2
    assert b"M.n is int" in done.stderr


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_a_built_in_kind_shows_its_schema(kind: str) -> None:
    """Its sections stand in the JSON schema, and its rules in the outline."""
    done = run("schema", kind)
    assert set(json.loads(done.stdout)["properties"]) > {section.name for section in drafting.sections(KINDS[kind])}
    assert run("schema", kind, "outline").stdout.decode().startswith(drafting.instructions(KINDS[kind]))


# Prompts


def test_a_prompt_is_listed_shown_and_rendered(tmp_path: Path) -> None:
    """The digest that a brief names, the file as it is, and the turns that would be sent, with the text in the last."""
    (tmp_path / "a.txt").write_text(TEXT)
    listed = run("prompts", "list").stdout.decode()
    for prompt in prompts_in():
        assert f"{prompt.name}/{prompt.version}  {prompt.sha256[:12]}" in listed
    whole = (PROMPTS / "any" / "v1" / "whole.j2").read_text(encoding="utf-8")
    assert run("prompts", "show", "any/v1", "whole").stdout.decode() == whole
    rendered = run("prompts", "render", "whole", str(tmp_path / "a.txt"), "--schema", "earnings").stdout.decode()
    assert rendered.startswith("--- system\n")
    assert rendered.rstrip().endswith("</text-" + hashlib.sha256(TEXT.encode()).hexdigest()[:8] + ">")


def own_prompts(folder: Path, system: str) -> Path:
    """A folder with a prompt of one's own."""
    home = folder / "any" / "v7"
    home.mkdir(parents=True)
    for kind in ("whole", "overview", "notes"):
        text = (PROMPTS / "any" / "v1" / f"{kind}.j2").read_text(encoding="utf-8")
        (home / f"{kind}.j2").write_text(
            re.sub(r"(?s)(block system %\}\n).*?(\{% endblock)", rf"\1{system}\n\2", text, count=1)
        )
    return folder


def test_prompts_of_ones_own_are_used_and_named(tmp_path: Path) -> None:
    """The newest version in the folder is asked with, and stands in the brief with its digest."""
    folder = own_prompts(tmp_path, "Read it. {{ instructions }} {{ outline }}")
    brief = summarised(prompts=folder)
    made = brief.provenance.prompt
    assert (made.name, made.version, made.sha256) == ("any", "v7", load("any", "v7", folder=folder).sha256)


def test_an_unknown_variable_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    """The message names file, line, block and the variables that there are."""
    folder = own_prompts(tmp_path, "Read it. {{ instruction }}")
    with pytest.raises(
        TemplateError, match=r"notes\.j2, line \d+: block 'system' has no variable instruction; it has inst"
    ):
        Summariser("m", schema=EarningsCall, prompts=folder, base_url="http://127.0.0.1:9/v1")


def test_released_prompts_are_what_they_were() -> None:
    """A brief names its prompt by version and digest; what was released under that name never changes."""
    released = json.loads((Path(__file__).parent / "released_prompts.json").read_text(encoding="utf-8"))
    now = {f"{prompt.name}/{prompt.version}": prompt.sha256 for prompt in prompts_in()}
    for path in PROMPTS.glob("*/*/examples.json"):
        now[f"{path.parent.parent.name}/{path.parent.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    assert {name: now.get(name) for name in released} == released


def test_the_news_brief_has_not_changed_its_question() -> None:
    """What is asked for a news text is asked with its own prompt, examples in the template and none beside it."""
    recipe = Summariser("m", base_url="http://127.0.0.1:9/v1").recipe
    assert (recipe.prompt.name, recipe.schema, recipe.examples) == ("brief", Brief, ())
    assert "examples" not in recipe.asking
    assert "calls" not in sys.modules
