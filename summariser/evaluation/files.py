"""Files of gold and of briefs; what is wrong with one is named by file and line."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from summariser import drafting
from summariser.errors import InputError
from summariser.evaluation.form import Cost, Gold, Made, bounds_of, entries, made_of, number_of
from summariser.evaluation.scoring import Judge
from summariser.kinds import KINDS
from summariser_schemas import BaseBrief, Brief, Document, Party

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from summariser.drafting import Section
    from summariser.evaluation.form import Entry

__all__ = ["read_briefs", "read_gold"]


class _GoldFile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    title: str | None = None
    published: Any = None
    source: str | None = None
    language: str | None = None
    gold: dict[str, Any]


def read_gold(paths: Iterable[str | Path], *, brief: type[BaseModel] = Brief) -> list[Gold]:
    """Read gold files, and all files named ``*.json`` in folders, in the order of their names.

    Raises:
        InputError: a file is missing, no gold, or contradicts its own text; the message names file and line.
    """
    files: list[Path] = []
    for path in map(Path, paths):
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not found:
            if inner := sorted(path.glob("*/*.json")):
                raise InputError(
                    f"{path}: no gold in this folder itself, but in folders within it: name those, such as {inner[0].parent}"
                )
            raise InputError(f"{path}: no gold in this folder; gold files are named *.json")
        files += found
    if not files:
        raise InputError("no gold: name gold files or folders of them")
    golds: list[Gold] = []
    homes: dict[str, Path] = {}
    for file in files:
        gold = _gold_of(file, brief)
        if gold.id in homes:
            raise InputError(
                f"{file}: has the same id {gold.id!r} as {homes[gold.id]}; give each document one of its own"
            )
        homes[gold.id] = file
        golds.append(gold)
    return golds


def _gold_of(file: Path, brief: type[BaseModel]) -> Gold:
    text = _text_of(file)
    raw = _json_of(text, str(file))
    try:
        head = _GoldFile.model_validate(raw)
        title = None if head.title is None or head.text.startswith(head.title) else head.title
        document = Document(
            text=head.text,
            id=head.id,
            title=title,
            published=head.published,
            source=head.source,
            language=head.language,
        )
    except ValidationError as error:
        raise InputError(_what_is_wrong(str(file), text, error)) from None
    try:
        sections = entries(head.gold, brief=brief)
    except ValidationError as error:
        hint = _another_kind(error, brief, lambda kind: entries(head.gold, brief=kind))
        raise InputError(_what_is_wrong(str(file), text, error, "gold") + hint) from None
    judge = Judge(document)
    for section in drafting.sections(brief):
        for number, entry in enumerate(sections[section.name]):
            if (wrong := _unusable(section, entry, judge)) is not None:
                line = _line_of(text, ("gold", section.name, number))
                raise InputError(f"{file}, line {line}: gold.{section.name}.{number} {wrong}")
    return Gold(head.id, document, sections)


def _unusable(section: Section, entry: Entry, judge: Judge) -> str | None:
    """Why an item of a gold file cannot be scored against."""
    if not issubclass(section.item, Party) and not entry.evidence:
        return "has no evidence; quote the sentence that says so"
    for quote in entry.evidence:
        if not judge.places(quote):
            return f"quotes as evidence what is not in the text: {quote.text[:60]!r}"
    if number_of(section.item) and bounds_of(entry) is None:
        return "has neither a value nor low and high"
    return None


def read_briefs(path: str | Path, *, brief: type[BaseBrief] = Brief) -> list[Made]:
    """Read a file of briefs, one a line or a single one.

    A line is a brief, as ``summariser brief --format json`` writes it; or an object with an ``id`` and, under ``gold``,
    the sections in the form of gold files, for briefs that other tools made; or one with an ``id`` and an ``error``.

    Raises:
        InputError: the file is missing or holds something else; the message names file and line.
    """
    path = Path(path)
    text = _text_of(path)
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return [_made_of_line(_json_of(line, str(path), n), line, f"{path}, line {n}", brief) for n, line in lines]
    return [_made_of_line(whole, text, str(path), brief)]


def _made_of_line(raw: Any, text: str, where: str, brief: type[BaseBrief]) -> Made:
    told = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
    try:
        if "provenance" in told:
            return made_of(brief.model_validate_json(text))
        if isinstance(told.get("id"), str):
            if "error" in told:
                return Made(told["id"], None, error=str(told["error"]))
            if isinstance(told.get("gold"), dict):
                cost = told.get("cost")
                return Made(
                    told["id"],
                    entries(told["gold"], brief=brief),
                    cost=_cost_of(cost) if isinstance(cost, dict) else Cost(),
                )
    except ValidationError as error:
        first = error.errors()[0]
        hint = _another_kind(
            error,
            brief,
            lambda kind: kind.model_validate_json(text) if "provenance" in told else entries(told["gold"], brief=kind),
        )
        raise InputError(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}{hint}") from None
    raise InputError(
        f"{where}: is no brief; a line is a brief in JSON, or an object with an id and its sections under gold"
    )


def _another_kind(error: ValidationError, expected: type[BaseModel], read: Callable[[type[BaseBrief]], object]) -> str:
    """Which kind it is of, if not of the one expected, and how to say so; empty when it does not look like one."""
    for name, kind in KINDS.items():
        with suppress(ValidationError):
            if kind is not expected:
                read(kind)
                return f"; it is of the kind {name!r}: name that (--schema {name}, brief= from Python)"
    if any(one["type"] == "extra_forbidden" and len(one["loc"]) == 1 for one in error.errors()):
        return "; if it is of another kind, name that (--schema module:Class, brief= from Python)"
    return ""


def _cost_of(raw: Any) -> Cost:
    return Cost(
        **{k: raw.get(k) for k in ("input_tokens", "cached_tokens", "output_tokens", "seconds")},
        dollars=None if raw.get("dollars") is None else Decimal(str(raw["dollars"])),
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _json_of(text: str, file: str, first: int = 1) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line = error.lineno + first - 1
        raise InputError(f"{file}, line {line}, column {error.colno}: not JSON ({error.msg})") from None


def _what_is_wrong(file: str, text: str, error: ValidationError, *within: str) -> str:
    first = error.errors()[0]
    path = (*within, *first["loc"])
    said = "" if first["type"] == "missing" else f", not {str(first['input'])[:40]!r}"
    return f"{file}, line {_line_of(text, path)}: {'.'.join(map(str, path)) or 'gold'}: {first['msg']}{said}"


_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def _line_of(text: str, path: Sequence[str | int]) -> int:
    """The line on which the value at a path of a JSON text begins, or the innermost one around it."""
    place = _skip(text, 0)
    for step in path:
        inner = next((start for name, start in _children(text, place) if name == step), None)
        if inner is None:
            break
        place = inner
    return text.count("\n", 0, place) + 1


def _children(text: str, place: int) -> Iterator[tuple[str | int, int]]:
    """Names and places of the values inside the JSON object or array at a place."""
    opening, index = text[place], 0
    if opening not in "{[":
        return
    place = _skip(text, place + 1)
    while text[place] not in "}]":
        name: str | int = index
        if opening == "{":
            name, place = _DECODER.raw_decode(text, place)
            place = _skip(text, _skip(text, place) + 1)
        yield name, place
        _, place = _DECODER.raw_decode(text, place)
        place = _skip(text, place)
        if text[place] == ",":
            place = _skip(text, place + 1)
        index += 1


def _skip(text: str, place: int) -> int:
    space = _SPACE.match(text, place)
    return space.end() if space is not None else place
