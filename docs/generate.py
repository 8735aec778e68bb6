"""Write the pages that are made from the program: the commands and the fields of a brief.

    python docs/generate.py

A test holds the pages to what this makes of the present program.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from typer.main import get_command

from summariser.cli import app
from summariser_schemas import Brief

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOCS = Path(__file__).parent


def commands_page() -> str:
    """All commands with their arguments and options."""
    parts = [
        "# Commands\n",
        "Made from the program, as `--help` shows it.\n",
        *_command(get_command(app), "summariser"),
    ]
    return "\n".join(parts)


def fields_page() -> str:
    """All fields of a brief, with what the schema says of them."""
    schema = Brief.model_json_schema(mode="serialization")
    parts = [
        "# Every field\n",
        "Made from the schema, whose descriptions are also what a model is told. `summariser schema` prints it as JSON "
        "schema. What the words mean is on the page [What its words mean](brief.md).\n",
    ]
    for name, model in {"Brief": schema, **_by_use(schema)}.items():
        parts += [f"## {name}\n", f"{_plain(model.get('description', ''))}\n"]
        if "enum" in model:
            parts.append("One of " + ", ".join(f"`{value}`" for value in model["enum"]) + ".\n")
        if "properties" in model:
            rows = [(f"`{field}`", _type(told), _meaning(told, schema)) for field, told in model["properties"].items()]
            parts += [_table(("Field", "Type", "Meaning"), rows)]
    return "\n".join(parts)


def _command(command: Any, name: str) -> Iterator[str]:
    if name != "summariser":
        yield f"## {name}\n"
    if command.help:
        yield f"{_plain(command.help)}\n"
    options = [parameter for parameter in command.params if not parameter.hidden]
    if options:
        yield _table(("Argument or option", "Default", "Meaning"), [_parameter(parameter) for parameter in options])
    if command.epilog:
        yield f"```text\n{_epilog(command.epilog)}\n```\n"
    for sub, known in getattr(command, "commands", {}).items():
        yield from _command(known, f"{name} {sub}")


def _parameter(parameter: Any) -> tuple[str, str, str]:
    is_option = parameter.opts[0].startswith("-")
    names = [*parameter.opts, *parameter.secondary_opts] if is_option else [parameter.metavar or parameter.name.upper()]
    shown = ", ".join(f"`{name}`" for name in names)
    if is_option and not parameter.is_flag:
        shown += f" `{parameter.metavar or _choices(parameter.type_descriptor.annotation)}`"
    default = parameter.default
    plain = default is None or callable(default) or default in (False, (), [])
    return shown, "required" if parameter.required else "" if plain else f"`{default}`", _plain(parameter.help or "")


def _choices(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "|".join(map(str, get_args(kind)))
    return str(getattr(kind, "__name__", kind)).upper()


def _epilog(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text.replace("\b\n", "")).strip()


def _by_use(schema: dict[str, Any]) -> dict[str, Any]:
    """The models that a brief is made of, in the order in which they are met."""
    found: dict[str, Any] = {}

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found and schema["$defs"][name]:
                found[name] = schema["$defs"][name]
                walk(found[name])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    for told in schema["properties"].values():
        walk(told)
    return found


def _type(told: dict[str, Any]) -> str:
    if "$ref" in told:
        name = told["$ref"].rpartition("/")[2]
        return "any JSON" if name == "JsonValue" else f"[{name}](#{name.lower()})"
    for joint in ("anyOf", "oneOf"):
        if joint in told:
            return " or ".join(dict.fromkeys(_type(part) for part in told[joint]))
    if "enum" in told:
        return ", ".join(f"`{value}`" for value in told["enum"])
    if "const" in told:
        return f"`{told['const']}`"
    if told.get("type") == "array":
        return f"list of {_type(told.get('items', {}))}"
    if told.get("type") == "object":
        more = told.get("additionalProperties")
        return f"object of {_type(more)}" if isinstance(more, dict) and more else "object"
    return str(told.get("format") or told.get("type", "any"))


def _meaning(told: dict[str, Any], schema: dict[str, Any]) -> str:
    if "description" in told:
        return _plain(told["description"])
    name = str(told.get("$ref", "") or told.get("items", {}).get("$ref", "")).rpartition("/")[2]
    return _plain(schema["$defs"][name].get("description", "").split("\n\n")[0]) if name else ""


def _plain(text: str) -> str:
    """The text on one line a paragraph, with Markdown's code marks."""
    paragraphs = [" ".join(part.split()) for part in text.replace("``", "`").replace("\b", "").split("\n\n")]
    return "\n\n".join(paragraphs)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    def line(cells: tuple[str, ...]) -> str:
        # A cell is one line, and | ends it even inside code.
        return "| " + " | ".join(cell.replace("\n\n", "<br>").replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), "|" + " --- |" * len(head), *map(line, rows)]) + "\n"


PAGES = {"commands.md": commands_page, "fields.md": fields_page}


def main() -> None:
    """Write the pages."""
    for name, made in PAGES.items():
        (DOCS / name).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
