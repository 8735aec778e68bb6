"""Kinds of briefs by name, and files of worked examples.

A kind is built in (`KINDS`) or a class of the user's own, named as ``module:Class``. Examples are YAML, JSON or TOML: a list
under ``examples``, or by itself, in the form of `summariser.examples.Example`.
"""

from __future__ import annotations

import importlib
import json
import re
import tomllib
import traceback
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from summariser import declaring, drafting
from summariser.errors import ConfigurationError, DeclarationError, InputError
from summariser.examples import Example
from summariser.templates import PROMPTS
from summariser_schemas import BaseBrief, Brief
from summariser_schemas.agreement import Agreement
from summariser_schemas.earnings import EarningsRelease
from summariser_schemas.meeting import Meeting

__all__ = ["KINDS", "examples_in", "examples_of", "schema_named", "schema_of"]

KINDS: dict[str, type[BaseBrief]] = {
    "news": Brief,
    "meeting": Meeting,
    "earnings": EarningsRelease,
    "agreement": Agreement,
}
"""The built-in kinds. All but news come with worked examples in ``prompts/<kind>/v1/examples.json``."""

_EXAMPLES = "v1"
_MOST_SAID = 300
"""Characters of what a module of the user's own raises."""


def schema_named(name: str) -> type[BaseBrief]:
    """A built-in kind, or the class at ``module:Class``.

    Raises:
        ConfigurationError: there is no such kind, module or class.
        DeclarationError: the class cannot be a brief.
    """
    if name in KINDS:
        return KINDS[name]
    module, _, called = name.partition(":")
    if not module or not called:
        raise ConfigurationError(
            f"there is no kind of brief {name!r}: choose one of {', '.join(KINDS)}, or name a class of your own as "
            "module:Class"
        )
    home = _imported(module, name)
    found: Any = getattr(home, called, None)
    if found is None:
        there = [own for own, made in vars(home).items() if isinstance(made, type) and issubclass(made, BaseBrief)]
        briefs = ", ".join(own for own in there if own not in ("BaseBrief", "Brief"))
        raise ConfigurationError(
            f"{name!r}: the module {module!r} has no class {called!r}; its briefs are: {briefs or 'none'}"
        )
    declaring.check(found)
    return cast("type[BaseBrief]", found)


def schema_of(brief: Mapping[str, Any]) -> type[BaseBrief]:
    """The built-in kind all of whose sections a brief in JSON has; that of news where there is none."""
    kinds = (kind for kind in KINDS.values() if all(section.name in brief for section in drafting.sections(kind)))
    return next(kinds, Brief)


def _imported(module: str, name: str) -> ModuleType:
    if module.endswith(".py") or not all(part.isidentifier() for part in module.split(".")):
        own = Path(module).stem
        raise ConfigurationError(
            f"{name!r}: {module!r} is no name of a module: write {own}:{name.partition(':')[2]} in the folder of {own}.py, or "
            "with that folder in PYTHONPATH"
        )
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        hint = f" in this folder or in PYTHONPATH, where {module}.py should stand" if error.name == module else ""
        raise ConfigurationError(f"{name!r}: the module {module!r} cannot be imported: {error}{hint}") from error
    except Exception as error:  # the file is the user's, and can raise anything
        where = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).stem == module]
        line = f" (line {where[-1].lineno})" if where else ""
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:_MOST_SAID]}{line}"
        raise ConfigurationError(f"{name!r}: the module {module!r} cannot be imported: {reason}") from error


def examples_in(path: str | Path) -> tuple[Example, ...]:
    """Read a file of worked examples.

    Raises:
        InputError: it cannot be read, or is not what its ending says: YAML, TOML, or else JSON.
        DeclarationError: what it holds is no list of examples.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = _READ.get(path.suffix.lower(), json.loads)(text)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8") from None
    except ValueError as error:
        form = _FORMS.get(path.suffix.lower(), "JSON; examples are written in YAML, JSON or TOML")
        raise InputError(f"{path}: is not {form} ({' '.join(str(error).split())})") from None
    listed: Any = cast("dict[str, Any]", raw).get("examples") if isinstance(raw, dict) else raw
    try:
        return tuple(TypeAdapter(list[Example]).validate_python(listed))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise DeclarationError(f"{path}: examples.{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _yaml(text: str) -> Any:
    """YAML in which only true, false, null and whole numbers are more than words: a date or a "no" of a text stays as it is."""
    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012 -- as the library declares it
            first: [(tag, pattern) for tag, pattern in kept if tag.rpartition(":")[2] in ("null", "merge")]
            for first, kept in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?:true|false)$"), list("tf"))
    Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("(?:0|[1-9][0-9]*)$"), list("0123456789"))
    try:
        return yaml.load(text, Loader)  # noqa: S506 -- derived from the safe one
    except yaml.YAMLError as error:
        raise ValueError(error) from None


_READ: dict[str, Callable[[str], Any]] = {".yaml": _yaml, ".yml": _yaml, ".toml": tomllib.loads}
_FORMS = {".yaml": "YAML", ".yml": "YAML", ".toml": "TOML"}


@lru_cache(maxsize=16)
def examples_of(schema: type[BaseBrief]) -> tuple[Example, ...]:
    """The worked examples of a built-in kind; none for a class of the user's own."""
    kind = next((name for name, built_in in KINDS.items() if built_in is schema), None)
    path = PROMPTS / str(kind) / _EXAMPLES / "examples.json"
    return examples_in(path) if path.is_file() else ()
