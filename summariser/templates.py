"""Prompt files to messages, and their digests.

A prompt is a folder ``prompts/<name>/<version>/`` with one Jinja file per kind of question. A file consists of blocks,
each a turn of the conversation: ``system``, then worked examples as ``user_…`` and ``assistant_…``, then ``ask``. Each
block is rendered by itself, so that no text of a document can open a turn of its own. Everything before ``ask`` is the
same for all documents: providers and llama.cpp keep it cached. ``again`` is the turn that asks again, ``missed`` the one
that asks for what the answer left out.

Released versions are never edited: what a brief's provenance names must stay what it was.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from summariser.errors import TemplateError
from summariser.exchange import Message

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["PROMPTS", "Prompt", "Question", "latest", "load", "prompts_in"]

_package = Path(__file__).parent
_bundled = _package / "prompts"
PROMPTS = _bundled if _bundled.is_dir() else _package.parent / "prompts"
"""Where the prompts are: in the package when installed, beside it in a checkout."""

_FINAL = ("ask", "again", "missed")
_Role = Literal["system", "user", "assistant"]
_ROLES: tuple[_Role, ...] = ("system", "user", "assistant")


@dataclass(frozen=True)
class Question:
    """One kind of question: a template file, taken apart into turns."""

    path: Path
    template: Template
    outline: str
    instructions: str = ""
    examples: tuple[Message, ...] = ()
    """Turns that come with the schema, and not with the template."""

    def prefix(self) -> tuple[Message, ...]:
        """Render the turns that are the same for every document."""
        return self._prefix

    @cached_property
    def _prefix(self) -> tuple[Message, ...]:
        known = {"outline": self.outline, "instructions": self.instructions}
        own = (
            Message(_role(block, self.path), self.render(block, **known))
            for block in self.template.blocks
            if block not in _FINAL
        )
        return (*own, *self.examples)

    def has(self, block: str) -> bool:
        """Whether the file has such a turn."""
        return block in self.template.blocks

    def render(self, block: str, **variables: Any) -> str:
        """Render one turn.

        Raises:
            TemplateError: the block does not exist, uses a variable that was not given, or fails in another way.
        """
        from jinja2 import TemplateError as JinjaError

        if block not in self.template.blocks:
            raise TemplateError(f"{self.path}: there is no block {block!r}; it has {', '.join(self.template.blocks)}")
        try:
            context = self.template.new_context(variables)
            return "".join(self.template.blocks[block](context)).strip()
        except JinjaError as error:
            raise TemplateError(f"{self.path}, block {block!r}: {error.message or error}") from error


@dataclass(frozen=True)
class Prompt:
    """A version of a prompt. ``sha256`` is the digest of its files' names and contents."""

    name: str
    version: str
    folder: Path
    sha256: str

    def question(
        self, kind: str, *, outline: str, instructions: str = "", examples: tuple[Message, ...] = ()
    ) -> Question:
        """Return the question in ``<kind>.j2``.

        ``outline`` describes the draft, ``instructions`` are the docstring of the brief: both are variables of its prefix.

        Raises:
            TemplateError: the file is missing, does not parse, or uses a variable that does not exist.
        """
        return _question(self, kind, outline, instructions, examples)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of questions that there are files for."""
        return tuple(sorted(file.stem for file in self.folder.glob("*.j2")))


@lru_cache(maxsize=64)
def _question(prompt: Prompt, kind: str, outline: str, instructions: str, examples: tuple[Message, ...]) -> Question:
    # Kept, so that its prefix is rendered once and not for every document.
    return Question(*_template(prompt.folder / f"{kind}.j2"), outline, instructions, examples)


@lru_cache(maxsize=64)
def _template(path: Path) -> tuple[Path, Template]:
    from jinja2 import StrictUndefined, TemplateSyntaxError, meta, nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.j2"))) or "none"
        raise TemplateError(f"{path}: no such prompt file; there are: {known}")
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    try:
        text = path.read_text(encoding="utf-8")
        template = environment.from_string(text)
        tree = environment.parse(text)
    except TemplateSyntaxError as error:
        raise TemplateError(f"{path}, line {error.lineno}: {error.message}") from error
    if "ask" not in template.blocks:
        raise TemplateError(f"{path}: a prompt needs a block 'ask'")
    for block in tree.find_all(nodes.Block) if path.stem in _ASKED else ():
        allowed = _known(path.stem, block.name)
        body = nodes.Template(block.body, lineno=block.lineno).set_environment(environment)
        unknown = meta.find_undeclared_variables(cast("nodes.Template", body)) - allowed
        if unknown:
            raise TemplateError(
                f"{path}, line {block.lineno}: block {block.name!r} has no variable {', '.join(sorted(unknown))}; it has "
                f"{', '.join(sorted(allowed)) or 'none'}"
            )
    return path, template


_ASKED = {
    "whole": {"fence", "sentences", "lead", "title", "published"},
    "overview": {"fence", "sentences", "language"},
    "notes": {"fence", "sentence", "numbers", "language"},
    "acts": {"fence", "sentence", "numbers"},
    "names": {"fence", "names"},
    "retell": {"language", "phrases"},
}
"""What the question about a document can say, by the kind of question."""


def _known(kind: str, block: str) -> set[str]:
    """The variables of a block."""
    if block == "ask":
        return _ASKED[kind]
    return {"again": {"problems"}, "missed": {"omitted"}}.get(block, {"outline", "instructions"})


def _role(block: str, path: Path) -> _Role:
    for role in _ROLES:
        if block.partition("_")[0] == role:
            return role
    raise TemplateError(f"{path}: block {block!r} must be called system, user_…, assistant_…, ask or again")


def prompts_in(folder: str | Path = PROMPTS) -> list[Prompt]:
    """All prompts in a folder, by name and version.

    Raises:
        TemplateError: there is no such folder, or no prompt in it.
    """
    homes = sorted(
        {file.parent for file in Path(folder).glob("*/*/*.j2")}, key=lambda home: (home.parent.name, _age(home))
    )
    if not homes:
        what = "holds no prompt" if Path(folder).is_dir() else "is no folder"
        raise TemplateError(
            f"{folder}: {what}; prompts are in a folder as NAME/VERSION/QUESTION.j2, such as any/v1/whole.j2"
        )
    return [load(home.parent.name, home.name, folder=folder) for home in homes]


def latest(name: str, *, folder: str | Path = PROMPTS) -> Prompt:
    """The newest version of a prompt in a folder: ``v10`` comes after ``v9``.

    Raises:
        TemplateError: there is no such folder or prompt; the message names those that exist.
    """
    versions = [prompt for prompt in prompts_in(folder) if prompt.name == name]
    return versions[-1] if versions else load(name, "v1", folder=folder)


def _age(home: Path) -> tuple[int, str]:
    digits = home.name.lstrip("v")
    return (int(digits) if digits.isdecimal() else -1, home.name)


@lru_cache(maxsize=64)
def load(name: str, version: str, *, folder: str | Path = PROMPTS) -> Prompt:
    """Find a prompt by name and version.

    Raises:
        TemplateError: there is no such prompt; the message names the versions that exist.
    """
    folder = Path(folder)
    home = folder / name / version
    files = sorted(home.glob("*.j2"))
    if not files:
        known = ", ".join(sorted(f"{p.parent.name}/{p.name}" for p in folder.glob("*/*") if p.is_dir())) or "none"
        raise TemplateError(f"no prompt {name}/{version} in {folder}; there are: {known}")
    digest = hashlib.sha256()
    for file in files:
        # Line endings are the checkout's, not the author's.
        content = file.read_text(encoding="utf-8").replace("\r\n", "\n")
        digest.update(f"{file.name}\0{content}\0".encode())
    return Prompt(name, version, home, digest.hexdigest())
