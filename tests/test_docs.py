"""The documentation: what its code blocks say happens, and nothing of the program is missing in it.

Blocks of a page run one after another, in one folder and one namespace, against a scripted endpoint that stands where the
hosted models do. ``python`` is executed; of ``sh``, what begins with ``summariser`` is run in this process and must end with
0, or with the code that a comment ``# exit N`` names. A block with a ``title`` is a file. What stands under
``<!-- not run: why -->`` is held against the command line or compiled, and not run.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from typer.main import get_command
from typer.testing import CliRunner

from summariser import errors
from summariser.cli import app
from summariser.testing import ScriptedEndpoint, documents
from tests import files

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
NOT_RUN = re.compile(r"<!-- not run: (.+?) -->")
MOST_NOT_RUN = 12
OTHERS = {
    "apt-get",
    "less",
    "sqlite3",
    "bash",
    "jq",
    "mkdocs",
    "opentelemetry-instrument",
    "pip",
    "pytest",
    "python",
    "tail",
    "cd",
    "export",
}
"""Commands of others that may stand in a block and are not run."""
SHOWN = {"text", "json", "jsonl", "csv", "toml", "yaml"}
"""Languages of blocks that are shown and not run."""


@dataclass(frozen=True)
class Block:
    """A block of code."""

    language: str
    text: str
    line: int
    title: str | None = None
    why_not: str | None = None


def blocks(page: Path) -> list[Block]:
    """The blocks of a page; one that is only indented is a shell's."""
    found: list[Block] = []
    why_not: str | None = None
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "html_block" and (told := NOT_RUN.search(token.content)):
            why_not = told[1]
            continue
        if token.type in ("fence", "code_block"):
            language, _, more = token.info.partition(" ")
            title = re.search(r'title="([^"]+)"', more)
            found.append(Block(language or "sh", token.content, line, title[1] if title else None, why_not))
        if token.nesting == 0:
            why_not = None
    return found


def commands(text: str) -> Iterator[tuple[list[str], str | None, int]]:
    """The calls of summariser in a shell's block: arguments, the file that takes the output, and the exit code.

    Raises:
        AssertionError: a command is neither ours nor one of `OTHERS`.
    """
    for line in text.replace("\\\n", " ").splitlines():
        code = re.search(r"# exit (\d+)", line)
        for part in re.split(r"&&|\|", line):
            words = shlex.split(part, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words.pop(0)
            if not words:
                continue
            if words[0] == "opentelemetry-instrument" and "summariser" in words:
                words = words[words.index("summariser") :]
            if words[0] != "summariser":
                assert words[0] in OTHERS, f"what is {words[0]!r}?"
                continue
            into = words.index(">") if ">" in words else len(words)
            target = words[into + 1] if into < len(words) else None
            yield words[1:into], target, int(code[1]) if code else 0


def parse(arguments: list[str]) -> None:
    """Hold arguments against the real command line."""
    command: Any = get_command(app)
    rest = list(arguments)
    while rest and hasattr(command, "commands"):
        if rest[0] in ("--help", "--version", "-h"):
            return
        command = command.commands[rest.pop(0)]
    command.make_context("summariser", rest)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with what the pages speak of, and an endpoint that answers truthfully about it."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "seeds", "seeds")
    shutil.copytree(ROOT / "benchmarks" / "gold", "gold")
    texts = list(documents(6, short=True))
    Path("article.txt").write_text(texts[0].text, encoding="utf-8")
    Path("articles.jsonl").write_text("".join(t.model_dump_json(include={"id", "text"}) + "\n" for t in texts))
    Path("news").mkdir()
    for text in texts[1:3]:
        Path("news", f"{text.id}.txt").write_text(text.text, encoding="utf-8")
    sentences = texts[3].text.splitlines()
    Path("report.pdf").write_bytes(files.pdf([sentences]))
    Path("page.html").write_text(f"<html><body><article><p>{texts[4].text * 3}</p></article></body></html>")
    Path("feed.rss").write_text(
        '<rss version="2.0"><channel><title>F</title><link>https://example.org</link><description>d</description>'
        f"<item><title>t</title><description>{texts[5].text}</description></item></channel></rss>"
    )
    Path("archive").mkdir()
    Path("archive", "old.csv.gz").write_bytes(gzip.compress(f'id,text\n1,"{texts[1].text}"\n'.encode()))
    with ScriptedEndpoint() as model:
        monkeypatch.setenv("OPENAI_API_KEY", "a-key")
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        monkeypatch.setenv("OLLAMA_HOST", model.url.removesuffix("/v1"))
        monkeypatch.setenv("SUMMARISER_MODEL", "openai/gpt-4.1-mini")
        # What a page declares in a file of its own is imported in this process, and is no other test's.
        monkeypatch.setattr(sys, "path", [*sys.path])
        known = set(sys.modules)
        yield tmp_path
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
                del sys.modules[name]


def run_shell(block: Block, where: str) -> None:
    """Run what is ours of a shell's block."""
    for arguments, target, code in commands(block.text):
        parse(arguments)
        if block.why_not is None:
            done = CliRunner().invoke(app, arguments)
            fault = done.exception if not isinstance(done.exception, SystemExit) else None
            assert done.exit_code == code, f"{where}: summariser {shlex.join(arguments)}\n{done.output}\n{fault!r}"
            if target is not None:
                Path(target).write_text(done.stdout, encoding="utf-8")


def run_python(block: Block, where: str, names: dict[str, Any]) -> None:
    """Run a block of Python; a file of tests by pytest."""
    code = compile("\n" * (block.line) + block.text, where, "exec")
    if block.why_not is not None:
        return
    if block.title and block.title.startswith("test_"):
        Path(block.title).write_text(block.text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", block.title],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{where}\n{done.stdout}"
        return
    if block.title:
        Path(block.title).write_text(block.text, encoding="utf-8")
    exec(code, names)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.stem)
def test_what_stands_in_code_blocks_works(page: Path, world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each block of each page runs as it stands, in the order of the page."""
    monkeypatch.syspath_prepend(world)
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        if block.language == "python":
            run_python(block, where, names)
        elif block.language == "sh":
            run_shell(block, where)
        else:
            assert block.language in SHOWN, f"{where}: a block of {block.language!r} is neither run nor shown"
            if block.title:
                Path(block.title).write_text(block.text, encoding="utf-8")
            if block.language in ("json", "jsonl"):
                for text in block.text.splitlines() if block.language == "jsonl" else [block.text]:
                    json.loads(text)
            for arguments, *_ in commands("\n".join(re.findall(r"^ *(summariser .*?)(?: {3,}.*)?$", block.text, re.M))):
                parse(arguments)


def test_few_blocks_are_not_run() -> None:
    """What cannot run offline is marked, with the reason, and there is little of it."""
    assert sum(block.why_not is not None for page in PAGES for block in blocks(page)) <= MOST_NOT_RUN


@pytest.mark.parametrize("name", ["commands.md", "fields.md"])
def test_pages_made_from_the_program_are_those_of_the_present_one(name: str) -> None:
    """Every command, every option and every field is documented; ``python docs/generate.py`` makes the pages anew."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert (DOCS / name).read_text(encoding="utf-8") == made.PAGES[name](), "run python docs/generate.py"


def test_every_class_of_error_has_a_row() -> None:
    """The page of errors says of each class what happened and what to do."""
    rows = re.findall(r"^\| `(\w+)` \|(.+)\|(.+)\|$", (DOCS / "errors.md").read_text(encoding="utf-8"), re.M)
    assert sorted(name for name, *_ in rows) == sorted(errors.__all__)
    assert all(happened.strip() and todo.strip() for _, happened, todo in rows)


def test_every_page_is_in_the_navigation() -> None:
    """No page can be written and not be found."""
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert all(f": {page.name}" in nav for page in DOCS.glob("*.md"))
