"""Briefs against gold: pairing, fields, grounding, intervals, and what is said of bad files."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from summariser import Summariser
from summariser.cli import app
from summariser.errors import InputError
from summariser.evaluation import (
    Cost,
    Entry,
    Gold,
    Made,
    Report,
    Scored,
    Tally,
    as_json,
    as_markdown,
    as_text,
    entries,
    evaluate,
    made_of,
    read_briefs,
    read_gold,
    score,
)
from summariser_schemas import Document
from tests.record import DOCUMENTS, MODEL, RECORDINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.testing import Result

SEED = Path(__file__).resolve().parents[1] / "benchmarks" / "gold" / "seed.json"
GOLD = read_gold([SEED])[0]
SECTIONS = tuple(GOLD.sections)
EVERY = [(section, place) for section in SECTIONS for place in range(len(GOLD.sections[section]))]
HARBOUR = (
    "Odran will buy 40 ships from Tessa AG by May, Mayor Okoro said. Tessa AG closed its yard in Selane. It rained."
)


def gold(text: str = HARBOUR, **sections: list[dict[str, Any]]) -> Gold:
    """A document with what was found in it."""
    return Gold("one", Document(text=text, language="en"), entries(sections))


def made(**sections: list[dict[str, Any]]) -> Made:
    """A brief in the form of gold files."""
    return Made("one", entries(sections))


def tally(found: Gold, brief: Made, section: str) -> tuple[int, int, int]:
    """Right, given and wanted items of a section."""
    counts = score(found, brief).sections[section].tally
    return counts.right, counts.given, counts.wanted


def buying(**more: Any) -> dict[str, Any]:
    """A commitment of the text above."""
    return {"action": "buy 40 ships", "evidence": ["Odran will buy 40 ships from Tessa AG by May"]} | more


def test_gold_against_itself_is_perfect() -> None:
    """An annotation scored against itself has nothing wrong, nothing missing and every field right."""
    report = evaluate("gold", [GOLD], [Made(GOLD.id, GOLD.sections)])
    assert report.mean_f1 == 1
    assert all(t.precision == t.recall == t.f1 == 1 for t in report.sections.values())
    assert all(right == of for right, of in report.fields.values())
    assert (report.grounded, report.made_up, report.omitted) == (1, 0, 0)


@settings(max_examples=60, deadline=None)
@given(kept=st.sets(st.sampled_from(EVERY)))
def test_what_is_missing_lowers_recall_and_nothing_else(kept: set[tuple[str, int]]) -> None:
    """A part of the annotation has perfect precision, and the recall of the wanted items that it kept."""
    part = {s: tuple(e for n, e in enumerate(GOLD.sections[s]) if (s, n) in kept) for s in SECTIONS}
    scored = score(GOLD, Made(GOLD.id, part))
    for section, found in scored.sections.items():
        wanted = [e for e in GOLD.sections[section] if not e.optional]
        there = sum(not e.optional for e in part[section])
        assert found.tally == Tally(there, there, len(wanted))
        assert len(found.omitted) == len(wanted) - there
        assert not found.made_up


@settings(max_examples=40, deadline=None)
@given(chance=st.randoms(use_true_random=False), drop=st.floats(0, 0.5))
def test_order_does_not_matter(chance: random.Random, drop: float) -> None:
    """Items of gold and brief can come in any order: every count stays what it was."""
    recorded = _recorded()
    kept = {s: tuple(e for e in items if chance.random() >= drop) for s, items in (recorded.sections or {}).items()}
    turned = replace(GOLD, sections={s: _shuffled(GOLD.sections[s], chance) for s in SECTIONS})
    ours = score(GOLD, Made(GOLD.id, kept)).sections
    theirs = score(turned, Made(GOLD.id, {s: _shuffled(items, chance) for s, items in kept.items()})).sections
    for section in SECTIONS:
        assert ours[section].tally == theirs[section].tally
        assert ours[section].fields == theirs[section].fields
        assert ours[section].grounded == theirs[section].grounded


def _shuffled(items: tuple[Entry, ...], chance: random.Random) -> tuple[Entry, ...]:
    turned = list(items)
    chance.shuffle(turned)
    return tuple(turned)


def _recorded() -> Made:
    if not _KEPT:
        with Summariser(MODEL, recordings=RECORDINGS / "seed") as summariser:
            _KEPT.append(made_of(summariser.summarise(DOCUMENTS["seed"])))
    return _KEPT[0]


_KEPT: list[Made] = []


@pytest.mark.parametrize(
    ("wanted", "given_", "pairs"),
    [
        ({"name": "Okoro"}, {"name": "Mayor Okoro"}, True),
        ({"name": "Tessa AG", "aliases": ["the yard's owner"]}, {"name": "Tessa", "aliases": ["TESSA AG's"]}, True),
        ({"name": "Tessa AG"}, {"name": "Odran"}, False),
    ],
    ids=["title", "alias, case and possessive", "another"],
)
def test_parties_pair_by_any_name(wanted: dict[str, Any], given_: dict[str, Any], pairs: bool) -> None:
    """Parties are the same when any name or alias is, after case folding and without titles and possessives."""
    assert tally(gold(parties=[wanted]), made(parties=[given_]), "parties") == (pairs, 1, 1)


@pytest.mark.parametrize(
    ("given_", "pairs"),
    [
        (buying(action="buy ships"), True),
        (buying(action="acquire vessels"), False),
        (buying(evidence=["Tessa AG closed its yard in Selane."]), False),
        (buying(evidence=["Mayor Okoro said"]), True),
        (buying(evidence=["“Odran will buy 40 ships from Tessa\u00a0AG by May”"]), True),
    ],
    ids=["fewer words", "other words", "other sentence", "other part of the sentence", "other typography"],
)
def test_acts_pair_by_sentence_and_words(given_: dict[str, Any], pairs: bool) -> None:
    """Commitments and outcomes share a sentence of evidence, and two words in five."""
    assert tally(gold(commitments=[buying()]), made(commitments=[given_]), "commitments") == (pairs, 1, 1)


@pytest.mark.parametrize(
    ("given_", "pairs"),
    [
        ({"value": "40.0"}, True),
        ({"value": "41"}, False),
        ({"low": "40", "high": "40"}, True),
        ({"low": "30", "high": "40"}, False),
        ({"value": "40", "evidence": ["It rained."]}, False),
    ],
    ids=["equal", "another value", "bounds that are equal", "a range", "other sentence"],
)
def test_figures_pair_by_sentence_and_value(given_: dict[str, Any], pairs: bool) -> None:
    """Figures share a sentence of evidence, and value or bounds, however the number is written."""
    figure = {"text": "40 ships", "measures": "ships", "evidence": ["Odran will buy 40 ships from Tessa AG by May"]}
    assert tally(gold(figures=[figure | {"value": 40}]), made(figures=[figure | given_]), "figures") == (pairs, 1, 1)


def test_the_best_pair_comes_first_and_each_item_pairs_once() -> None:
    """The better of two candidates gets the item; the other one is made up."""
    brief = made(commitments=[buying(action="buy ships from Tessa AG"), buying()])
    found = score(gold(commitments=[buying()]), brief).sections["commitments"]
    assert found.tally == Tally(1, 2, 1)
    assert [entry.fields["action"] for entry in found.made_up] == ["buy ships from Tessa AG"]


def test_optional_items_count_neither_way() -> None:
    """Finding an optional item earns nothing, and missing it costs nothing."""
    wanted = gold(parties=[{"name": "Odran"}, {"name": "Okoro", "optional": True}])
    assert tally(wanted, made(parties=[{"name": "Odran"}, {"name": "Okoro"}]), "parties") == (1, 1, 1)
    assert tally(wanted, made(parties=[{"name": "Odran"}]), "parties") == (1, 1, 1)
    assert tally(wanted, made(parties=[{"name": "Okoro"}]), "parties") == (0, 0, 1)
    shared = gold(parties=[{"name": "Tessa", "optional": True}, {"name": "Tessa AG", "aliases": ["Tessa"]}])
    assert tally(shared, made(parties=[{"name": "Tessa"}]), "parties") == (1, 1, 1)


def test_fields_of_paired_items_are_compared() -> None:
    """Who acts is compared as a party, whatever its name; times by their words; what neither side says is not counted."""
    parties: list[dict[str, Any]] = [{"name": "Republic of Odran", "aliases": ["Odran"]}, {"name": "Tessa AG"}]
    wanted = gold(parties=parties, commitments=[buying(by=["Odran"], to=["Tessa AG"], due="by May", status="planned")])
    brief = made(
        parties=[{"name": "Odran", "kind": "country"}],
        commitments=[buying(by=["Odran"], to=[], due="May", status="pledged", condition="if it rains")],
    )
    fields = score(wanted, brief).sections["commitments"].fields
    assert fields == {"by": (1, 1), "condition": (0, 1), "due": (1, 1), "status": (0, 1), "to": (0, 1)}


@pytest.mark.parametrize(
    ("section", "item", "there"),
    [
        ("commitments", buying(), True),
        ("commitments", buying(evidence=["Odran will sell 40 ships"]), False),
        ("commitments", buying(evidence=[]), False),
        ("commitments", buying(evidence=[{"text": "It rained.", "start": 3, "end": 13}]), True),
        ("parties", {"name": "Okoro"}, True),
        ("parties", {"name": "Lindqvist"}, False),
        ("figures", {"text": "41 ships", "measures": "ships", "evidence": ["Odran will buy 40 ships"]}, False),
    ],
    ids=["quoted", "misquoted", "unproved", "wrong offset", "named", "not named", "another number"],
)
def test_evidence_is_looked_up(section: str, item: dict[str, Any], there: bool) -> None:
    """An item is grounded when its quotes, and its name or number, stand in the text, whatever it says of itself."""
    assert score(gold(), made(**{section: [item]})).sections[section].grounded == there


def test_a_failed_document_misses_everything() -> None:
    """A document without a brief stays in the denominator, and its costs are unknown."""
    wanted = gold(parties=[{"name": "Odran"}, {"name": "Okoro", "optional": True}], commitments=[buying()])
    report = evaluate("none", [wanted], [Made("one", None, error="too long")])
    assert report.sections["parties"] == Tally(0, 0, 1)
    assert (report.mean_f1, report.made_up, report.omitted) == (0, None, 2)
    assert [(d.id, d.error) for d in report.failed] == [("one", "too long")]
    assert evaluate("none", [wanted], []).failed[0].error == "no brief"


def test_unknown_costs_stay_unknown() -> None:
    """A mean over briefs of which one names no tokens is unknown, not lower."""
    known = Cost(input_tokens=100, cached_tokens=60, output_tokens=10, dollars=Decimal(0), seconds=1.5)
    both = Report("both", (Scored("a", {}, None, known), Scored("b", {}, None, replace(known, input_tokens=300))))
    assert (both.mean_cost("input_tokens"), both.new_tokens, both.mean_cost("dollars")) == (200, 150, 0)
    one = Report("one", (Scored("a", {}, None, known), Scored("b", {}, None, Cost())))
    assert (one.mean_cost("input_tokens"), one.new_tokens, one.mean_cost("dollars")) == (None, None, None)


def test_intervals_are_the_same_every_time_and_hold_the_estimate() -> None:
    """The bootstrap is seeded; one document has no interval."""
    golds = [replace(gold(parties=[{"name": "Odran"}]), id=str(n)) for n in range(6)]
    briefs = [Made(str(n), entries({"parties": [{"name": "Odran" if n < 4 else "Okoro"}]})) for n in range(6)]
    first, again = (evaluate("x", golds, briefs) for _ in range(2))
    assert first.intervals == again.intervals
    low, high = first.intervals["parties.f1"]
    assert first.mean_f1 == pytest.approx(2 / 3)
    assert low < first.mean_f1 < high
    assert evaluate("x", golds[:1], briefs).intervals == {}


def test_a_recorded_brief_is_scored(tmp_path: Path) -> None:
    """A brief read from JSON scores like the one in memory, all of it grounded, and names its costs."""
    with Summariser(MODEL, recordings=RECORDINGS / "seed") as summariser:
        brief = summariser.summarise(DOCUMENTS["seed"])
    file = tmp_path / "briefs.jsonl"
    file.write_text(brief.model_dump_json() + "\n", encoding="utf-8")
    ours, read = evaluate("ours", [GOLD], [made_of(brief)]), evaluate("ours", [GOLD], read_briefs(file))
    assert ours == read
    assert ours.grounded == 1
    assert ours.mean_f1 > 0.8
    assert ours.mean_cost("output_tokens") == brief.provenance.output_tokens


def test_briefs_of_other_tools_are_read(tmp_path: Path) -> None:
    """A line may hold sections in the form of gold files with their cost, or an error."""
    lines = [
        {"id": "one", "gold": {"parties": [{"name": "Odran"}]}, "cost": {"output_tokens": 7, "dollars": "0.5"}},
        {"id": "two", "error": "refused"},
    ]
    file = tmp_path / "theirs.jsonl"
    file.write_text("\n\n".join(map(json.dumps, lines)), encoding="utf-8")
    one, two = read_briefs(file)
    assert one.cost == Cost(output_tokens=7, dollars=Decimal("0.5"))
    assert (two.sections, two.error) == (None, "refused")


@pytest.mark.parametrize("shown", [as_text, as_markdown, as_json])
def test_reports_stand_side_by_side(shown: Callable[[list[Report]], str]) -> None:
    """Every form names every report, its mean F1 and its failures; Markdown survives a name with a bar."""
    good, none = evaluate("a|b", [GOLD], [Made(GOLD.id, GOLD.sections)]), evaluate("none", [GOLD], [])
    page = shown([good, none])
    assert "none" in page
    assert "1.0" in page
    if shown is as_markdown:
        assert {line.replace("\\|", "").count("|") for line in page.splitlines()} == {4}


BAD = [
    ("{", "line 1", "not JSON"),
    ('{"id": "x",\n"gold": {}}', "line 1", "text"),
    ('{"id": "x", "text": "It rained.",\n"gold": {\n"outcomes": [\n{"what": "it rained"}]}}', "line 4", "no evidence"),
    (
        '{"id": "x", "text": "It rained.",\n"gold": {"outcomes": [\n{"what": "a",\n"evidence": ["It snowed."]}]}}',
        "line 3",
        "'It snowed.'",
    ),
    (
        '{"id": "x", "text": "It rained.", "gold": {"parties": [{"name": "It"},\n{"name": "[x]",\n"kind": "alien"}]}}',
        "line 3",
        "'alien'",
    ),
    ('{"id": "x", "text": "It rained.", "gold": {\n"partys": []}}', "line 2", "partys"),
    (
        '{"id": "x", "text": "5 ships.", "gold": {"figures": [\n\n{"text": "5", "measures": "x", "evidence": ["5 ships."]}]}}',
        "line 3",
        "value",
    ),
]


@pytest.mark.parametrize(("text", "line", "what"), BAD, ids=[what for *_, what in BAD])
def test_bad_gold_is_named_by_file_and_line(text: str, line: str, what: str, tmp_path: Path) -> None:
    """An error says which file, which line and what is wrong with it."""
    file = tmp_path / "bad.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_gold([tmp_path])
    assert all(part in str(caught.value) for part in (str(file), line, what))


def test_gold_that_is_missing_empty_or_there_twice(tmp_path: Path) -> None:
    """A missing file, a folder without gold and two documents with one id are refused."""
    with pytest.raises(InputError, match=r"nothing\.json: cannot be read"):
        read_gold([tmp_path / "nothing.json"])
    with pytest.raises(InputError, match="no gold in this folder"):
        read_gold([tmp_path])
    with pytest.raises(InputError, match="same id 'seed'"):
        read_gold([SEED, SEED])


@pytest.mark.parametrize(
    "line", ["[1]", '{"id": "x"}', '{"id": "x", "gold": {"parties": [{}]}}', '{"provenance": 1}', "x"]
)
def test_lines_that_are_no_briefs(line: str, tmp_path: Path) -> None:
    """A file of briefs with something else in it is refused, and the line named."""
    file = tmp_path / "briefs.jsonl"
    file.write_text('{"id": "x", "error": "y"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"briefs\.jsonl, line 2"):
        read_briefs(file)


def run(*arguments: str | Path) -> Result:
    """Run ``summariser`` within this process."""
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_eval_prints_models_and_files_side_by_side(tmp_path: Path) -> None:
    """``summariser eval`` scores recorded answers and files of briefs in one table."""
    perfect = tmp_path / "perfect.jsonl"
    perfect.write_text(json.dumps(json.loads(SEED.read_text(encoding="utf-8"))), encoding="utf-8")
    done = run("eval", SEED, "--model", MODEL, "--replay", RECORDINGS / "seed", "--briefs", perfect, "--format", "json")
    assert done.exit_code == 0, done.stderr
    theirs, ours = json.loads(done.stdout)["reports"]
    assert (theirs["name"], theirs["mean_f1"]) == (str(perfect), 1)
    assert (ours["name"], ours["grounded"], ours["failed"]) == (MODEL, 1, {})


@pytest.mark.parametrize(("least", "code"), [("0.5", 0), ("0.99", 1)])
def test_eval_fails_under_a_bound(least: str, code: int) -> None:
    """``--fail-under`` decides the exit code, after the table was written."""
    done = run("eval", SEED, "--model", MODEL, "--replay", RECORDINGS / "seed", "--quiet", "--fail-under", least)
    assert done.exit_code == code
    assert "mean F1" in done.stdout
    assert ("is below 0.99" in done.stderr) == bool(code)


def test_eval_counts_what_cannot_be_made(tmp_path: Path) -> None:
    """A document whose brief fails is told, counts with everything missed, and alone is a failure of the command."""
    done = run(
        "eval", SEED, "--model", MODEL, "--replay", RECORDINGS / "hostile", "--quiet", "--output", tmp_path / "t.md"
    )
    assert done.exit_code == 1
    assert "nothing is recorded" in done.stderr
    assert "failed" in (tmp_path / "t.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--record", "a", "--replay", "b"], "exclude each other"),
        (["--strategy", "clever"], "there is no such strategy"),
        (["--briefs", "nowhere.jsonl"], "nowhere.jsonl: cannot be read"),
    ],
    ids=["record and replay", "strategy", "briefs"],
)
def test_eval_refuses_what_makes_no_sense(arguments: list[str], said: str) -> None:
    """Wrong options end with one line and exit code 2, before a model is asked."""
    done = run("eval", SEED, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_eval_refuses_briefs_of_other_documents(tmp_path: Path) -> None:
    """Where none of a file's briefs belongs to the gold, the message names what each of them is about."""
    (tmp_path / "others.jsonl").write_text('{"id": "elsewhere", "gold": {}}\n', encoding="utf-8")
    done = run("eval", SEED, "--briefs", tmp_path / "others.jsonl")
    assert done.exit_code == 2
    assert "none of these briefs is of a document of the gold" in done.stderr
    assert "'elsewhere'" in done.stderr


def test_gold_and_briefs_of_another_kind_are_told_by_it(tmp_path: Path) -> None:
    """The kind is named where it is a built-in one; else the message says that there is an option for it."""
    meeting = {"id": "m", "text": "It was agreed.", "gold": {"decisions": []}}
    (tmp_path / "gold.json").write_text(json.dumps(meeting), encoding="utf-8")
    (tmp_path / "briefs.jsonl").write_text(json.dumps({"id": "seed", "gold": {"decisions": []}}), encoding="utf-8")
    with pytest.raises(InputError, match="--schema meeting"):
        read_gold([tmp_path / "gold.json"])
    with pytest.raises(InputError, match="--schema meeting"):
        read_briefs(tmp_path / "briefs.jsonl")
    (tmp_path / "gold.json").write_text(json.dumps(meeting | {"gold": {"knights": []}}), encoding="utf-8")
    with pytest.raises(InputError, match="--schema module:Class"):
        read_gold([tmp_path / "gold.json"])


def test_gold_in_folders_within_a_folder_is_pointed_out(tmp_path: Path) -> None:
    """Folders are not searched, and the message says which one has gold."""
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"in folders within it: name those, such as .*news"):
        read_gold([tmp_path])
