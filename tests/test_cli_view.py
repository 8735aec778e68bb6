"""``summariser view`` and ``summariser export`` as processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from summariser.kinds import examples_of
from summariser.views import as_digest, as_json
from summariser_schemas.meeting import Meeting
from tests.briefs import SENTENCES, TEXT, brief_of, made_brief
from tests.test_cli import run
from tests.test_report import Page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Give the folder of a job with two briefs and a failure."""
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "briefs.jsonl").write_text(f"{as_json(made_brief(), indent=None)}\n" * 2, encoding="utf-8")
    failure = {"id": "f-1", "class": "RefusalError", "message": "the model declined", "attempts": 2}
    (folder / "failures.jsonl").write_text(json.dumps(failure), encoding="utf-8")
    return folder


def test_a_jobs_report_stands_in_its_folder(job: Path) -> None:
    """Without --output the page is report.html beside the briefs, and the command says so."""
    done = run("view", job)
    assert (done.returncode, done.stdout) == (0, b"")
    assert f"wrote {job / 'report.html'}" in done.stderr.decode()
    assert (job / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_texts_that_are_not_found_are_told(job: Path) -> None:
    """The command says how many and which, why, and how to name them; the page shows the sentences."""
    said = run("view", job).stderr.decode()
    assert "1 text not found (news/port-sarn.txt): a job keeps no texts" in said
    assert "say with --documents" in said
    assert SENTENCES[2] in str(Page((job / "report.html").read_text(encoding="utf-8")).data("block-0"))


def test_texts_are_taken_from_where_they_are(job: Path, tmp_path: Path) -> None:
    """The page holds the text once it is given."""
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    for given, text in (((), None), (("--documents", tmp_path), TEXT)):
        page = Page(run("view", job, *given, "-o", "-").stdout.decode())
        assert page.data("block-0")[0]["text"] == text


def test_the_built_in_kinds_are_known_by_their_sections(tmp_path: Path) -> None:
    """View, export and verify need no --schema for them."""
    (tmp_path / "briefs.jsonl").write_text(as_json(brief_of("meeting"), indent=None), encoding="utf-8")
    (tmp_path / "text.txt").write_text(examples_of(Meeting)[0].text, encoding="utf-8")
    assert run("view", tmp_path).returncode == 0
    assert "decisions.csv" in run("export", tmp_path, tmp_path / "tables", "--to", "csv").stdout.decode()
    checked = run("verify", tmp_path / "briefs.jsonl", tmp_path / "text.txt", "--format", "json")
    assert len(json.loads(checked.stdout)["decisions"]) == 2


def test_a_brief_of_a_class_of_ones_own_says_what_it_needs(tmp_path: Path) -> None:
    """Its class is to be named; examples and prompts are not."""
    raw = made_brief().model_dump(mode="json")
    raw["rulings"] = raw.pop("outcomes")
    (tmp_path / "briefs.jsonl").write_text(json.dumps(raw), encoding="utf-8")
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    assert "if it is one of another kind, name that (--schema module:Class" in run("view", tmp_path).stderr.decode()
    checked = run("verify", tmp_path / "briefs.jsonl", tmp_path / "text.txt")
    assert checked.returncode == 2
    assert "Brief has no section 'rulings' to hold against the text" in checked.stderr.decode()


def test_a_digest_goes_to_standard_output(job: Path) -> None:
    """Markdown of all briefs, as from Python; text without colour into a pipe."""
    assert run("view", job, "--format", "markdown").stdout.decode() == as_digest([made_brief()] * 2)
    shown = run("view", job, "--format", "text").stdout
    assert shown.count(b"Port Sarn reopens; Veldia promises") == 2
    assert b"\x1b" not in shown


def test_an_input_is_not_overwritten(job: Path) -> None:
    """The output must be another file."""
    done = run("view", job, "-o", job / "briefs.jsonl")
    assert done.returncode == 2
    assert b"is one of the inputs" in done.stderr


def test_a_broken_line_leaves_no_report(job: Path) -> None:
    """The error names file and line, and an old report stays."""
    (job / "report.html").write_text("old")
    (job / "briefs.jsonl").write_text("{}\n")
    done = run("view", job)
    assert done.returncode == 2
    assert b"briefs.jsonl, line 1: is no brief" in done.stderr
    assert sorted(path.name for path in job.iterdir()) == ["briefs.jsonl", "failures.jsonl", "report.html"]
    assert (job / "report.html").read_text() == "old"


def test_export_prints_the_files_it_wrote(job: Path, tmp_path: Path) -> None:
    """One a table, failures among them."""
    done = run("export", job, tmp_path / "tables", "--to", "csv")
    files = done.stdout.decode().split()
    assert done.returncode == 0
    assert str(tmp_path / "tables" / "figures.csv") in files
    assert '"RefusalError"' in (tmp_path / "tables" / "failures.csv").read_text(encoding="utf-8")
