"""``summariser prompts``: the prompt files, and what a model is really told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from summariser.cli import options
from summariser.cli.app import app
from summariser.cli.terminal import put, reported
from summariser.errors import InputError

if TYPE_CHECKING:
    from summariser.templates import Prompt

prompts = typer.Typer(no_args_is_help=True, help="List, show and render prompts.", rich_markup_mode=None)
app.add_typer(prompts, name="prompts")

_Folder = Annotated[Path | None, typer.Option("--prompts", metavar="DIR", help="Prompts of your own, in DIR.")]


@prompts.command("list", epilog="\b\nExamples:\n  summariser prompts list\n  summariser prompts list --prompts mine/")
@reported()
def list_prompts(folder: _Folder = None) -> None:
    """List the prompts: name and version, digest, kinds of questions, folder."""
    from summariser.templates import PROMPTS, prompts_in

    for prompt in prompts_in(folder or PROMPTS):
        put(f"{prompt.name}/{prompt.version}  {prompt.sha256[:12]}  {', '.join(prompt.kinds)}  {prompt.folder}\n")


@prompts.command(
    epilog="\b\nExamples:\n  summariser prompts show brief/v1\n  summariser prompts show any whole > mine/any/v1/whole.j2"
)
@reported()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME[/VERSION]", help="Which prompt; without VERSION the newest.")],
    question: Annotated[str | None, typer.Argument(metavar="[QUESTION]", help="Only this kind of question.")] = None,
    folder: _Folder = None,
) -> None:
    """Print a prompt's files as they are."""
    prompt = _prompt(name, folder)
    chosen = [_known(prompt, question)] if question else prompt.kinds
    for kind in chosen:
        text = (prompt.folder / f"{kind}.j2").read_text(encoding="utf-8")
        put(text if question else f"{{# {prompt.name}/{prompt.version}/{kind}.j2 #}}\n{text}\n")


@prompts.command(
    epilog="\b\nExamples:\n"
    "  summariser prompts render whole article.txt\n"
    "  summariser prompts render notes minutes.txt --schema meeting\n"
    "  summariser prompts render whole call.txt --schema calls:EarningsCall --prompts mine/"
)
@reported()
def render(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="whole, or one of those asked sentence by sentence.")
    ],
    file: Annotated[str, typer.Argument(metavar="FILE", help="A document; the first in it is taken.")],
    schema: options.Schema = None,
    examples: options.Examples = None,
    folder: _Folder = None,
) -> None:
    """Print what a model would be told first about a document, turn by turn. Nothing is sent."""
    from summariser.asking import questions
    from summariser.kinds import examples_in
    from summariser.readers import read_documents
    from summariser.recipe import Recipe
    from summariser.settings import endpoint
    from summariser.verifying import prepare
    from summariser_schemas import BaseBrief

    recipe = Recipe[BaseBrief].of(
        endpoint("any", base_url="http://localhost/v1"),
        strategy="whole" if question == "whole" else "sentences",
        policy="strict",
        schema=options.schema(schema),
        examples=None if examples is None else examples_in(examples),
        prompts=None if folder is None else str(folder),
    )
    source = prepare(read_documents([file])[0])
    asked = {one.question.path.stem: one for one in reversed(questions(source, recipe.plan, recipe.schema))}
    if question not in asked:
        raise InputError(f"{question!r} is not asked first about {file}; {', '.join(asked)} are")
    put("".join(f"--- {turn.role}\n{turn.content}\n\n" for turn in asked[question].request.messages))


def _prompt(name: str, folder: Path | None) -> Prompt:
    from summariser.templates import PROMPTS, latest, load

    called, _, version = name.partition("/")
    home = folder or PROMPTS
    return load(called, version, folder=home) if version else latest(called, folder=home)


def _known(prompt: Prompt, question: str) -> str:
    if question not in prompt.kinds:
        raise InputError(
            f"{prompt.name}/{prompt.version} has no question {question!r}; it has {', '.join(prompt.kinds)}"
        )
    return question
