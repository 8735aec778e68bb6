"""Is a class fit to be a brief? What is wrong with one is said before anything is spent on it.

What passes here keeps to the dialect of JSON schema that OpenAI's strict mode takes
(https://platform.openai.com/docs/guides/structured-outputs, "Supported schemas"): objects and lists without recursion, at
most five levels deep, and far below its limits on properties and choices.
"""

from __future__ import annotations

import re
import types
from enum import Enum
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.errors import PydanticUndefinedAnnotation

from summariser import drafting
from summariser.errors import DeclarationError
from summariser_schemas import (
    Attribution,
    BaseBrief,
    Evidence,
    Item,
    Mention,
    Party,
    PartyRef,
    Quantity,
    When,
)
from summariser_schemas.fields import asked, core_type, is_by_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

__all__ = ["MOST_CHOICES", "MOST_FIELDS", "check", "faults"]

MOST_FIELDS = 100
"""Fields that a model is asked for, all sections together: what the narrowest strict mode takes (Azure's)."""
MOST_CHOICES = 500
"""Values of all literals together."""

_FIT_NAME = re.compile(r"[A-Za-z0-9_]{1,50}")
"""OpenAI and those like it take 64 characters for the name of a schema, and ours get a word behind them."""
_TYPES = (str, bool, Quantity, When, PartyRef, Attribution, Mention)
_INSTEAD: dict[Any, str] = {
    int: "a number is proved by its words in the text: use Quantity",
    float: "a number is proved by its words in the text: use Quantity",
    "Decimal": "a number is proved by its words in the text: use Quantity",
    "date": "a date is proved by its words in the text: use When",
    "datetime": "a date is proved by its words in the text: use When",
    "dict": "use fields with names of their own",
    dict: "use fields with names of their own",
}
_TABLES = frozenset("documents evidence mentions verdicts parties_of failures document summary".split())
"""Names that stand for something else in tables and reports."""
_GOLD = frozenset("text value low high unit per qualifier".split())
"""Names that the parts of an item's number bear in gold files and tables."""


def check(brief: Any) -> None:
    """Refuse a class that is not fit to be a brief.

    Raises:
        DeclarationError: the message says what is wrong with it, all of it.
    """
    wrong = list(faults(brief))
    if wrong:
        more = f" (and {len(wrong) - 1} more: {'; '.join(wrong[1:])})" if len(wrong) > 1 else ""
        raise DeclarationError(f"{getattr(brief, '__name__', brief)!s} cannot be a brief: {wrong[0]}{more}")


def faults(brief: Any) -> Iterator[str]:
    """Say what is wrong with a class that should be a brief."""
    if not (isinstance(brief, type) and issubclass(brief, BaseBrief)):
        yield "it is not derived from BaseBrief"
        return
    if brief is BaseBrief:
        yield "it has no sections; derive a class of your own from it"
        return
    if (unknown := _undefined(brief)) is not None:
        yield f"it refers to {unknown}, which is not defined: import it at the top of the module, not for type checkers alone"
        return
    if not _FIT_NAME.fullmatch(brief.__name__):
        yield "its name must be of A-Z, a-z, 0-9 and _, at most 50 of them: providers call its JSON schema by it"
    own = {name: info for name, info in brief.model_fields.items() if name not in BaseBrief.model_fields}
    for name, info in BaseBrief.model_fields.items():
        if brief.model_fields[name].annotation != info.annotation:
            yield f"{name!r} is a field of every brief and cannot be of another type"
    if not own:
        yield "it has no sections: give it fields that are lists of a class of Item"
    if not cleandoc(brief.__doc__ or ""):
        yield "it has no docstring, which tells the model what the brief is about"
    found = list(_section_faults(own))
    yield from found
    if not found and own:
        yield from _item_faults(brief)


def _section_faults(own: dict[str, FieldInfo]) -> Iterator[str]:
    for name, info in own.items():
        core, many = core_type(info.annotation)
        if _aliased(info):
            yield f"{name!r} has an alias: call the section itself by that name"
        if name in _TABLES or hasattr(BaseBrief, name):
            yield f"the section {name!r} must be called otherwise: the name is taken"
        if is_by_code(info):
            continue
        if not (isinstance(core, type) and issubclass(core, BaseModel)):
            yield f"{name!r} is {_called(info.annotation)}, and not a list of a class of Item"
        elif not issubclass(core, Item):
            yield f"the entries of {name!r} carry no evidence: derive {core.__name__} from Item"
        elif not many:
            yield f"{name!r} is a single {core.__name__}: make it list[{core.__name__}]"
        elif issubclass(core, Party) and core is not Party:
            yield f"{name!r}: parties are merged as Party, and {core.__name__} cannot stand for it"
        elif not (info.description or cleandoc(core.__doc__ or "")):
            yield f"neither {name!r} nor {core.__name__} says what it is: give one a description or a docstring"
    if sum(core_type(info.annotation)[0] is Party for info in own.values()) > 1:
        yield "it has more than one section of Party"


def _item_faults(brief: type[BaseBrief]) -> Iterator[str]:
    sections = drafting.sections(brief)
    parties = any(section.item is Party for section in sections)
    fields = choices = 0
    for item in dict.fromkeys(section.item for section in sections):
        wrong = list(_field_faults(item, parties=parties))
        yield from wrong
        if wrong:
            continue
        said = asked(item)
        if not any(f.core is str and f.required and not f.many for f in said):
            yield f"{item.__name__} has no required str field: one must say in words what the item is"
        if item.said_as and not (
            any(f.core is When for f in said) and any(f.name == "by" and f.core is PartyRef for f in said)
        ):
            yield f"{item.__name__} has said_as, and so needs by: list[PartyRef] and a field that is a When"
    for section in sections:
        fields += 2 + len(asked(section.item))
        choices += sum(len(get_args(f.core)) for f in asked(section.item) if get_origin(f.core) is Literal)
    if fields > MOST_FIELDS:
        yield f"it is too wide: a model would be asked for {fields} fields, and {MOST_FIELDS} is the most; make several briefs"
    if choices > MOST_CHOICES:
        yield f"its literals have {choices} values, and {MOST_CHOICES} is the most"


def _field_faults(item: type[Item], *, parties: bool) -> Iterator[str]:
    for name in item.model_computed_fields:
        yield f"{item.__name__}.{name} is a computed field, which a brief that is read back does not take: make it a property"
    evidence = item.model_fields["evidence"]
    if core_type(evidence.annotation) != (Evidence, True) or not evidence.is_required():
        yield f"{item.__name__}.evidence must stay a list of Evidence that every item needs"
    number = any(f.core is Quantity and f.required and not f.many for f in asked(item))
    for name, info in item.model_fields.items():
        if name in Item.model_fields or is_by_code(info):
            continue
        core, many = core_type(info.annotation)
        where = f"{item.__name__}.{name}"
        if _aliased(info):
            yield f"{where} has an alias: call the field itself by that name"
        if name == "flagged" or name == "optional" or (number and name in _GOLD and core is not Quantity):
            yield f"{where} must be called otherwise: the name is taken"
        if (odd := _odd(info.annotation)) is not None:
            yield f"{where} is {odd}"
        elif isinstance(core, type) and issubclass(core, Item):
            nested = "recursive" if issubclass(item, core) or issubclass(core, item) else "an item inside an item"
            yield f"{where} is {nested}: give {core.__name__} a section of its own"
        elif get_origin(core) is Literal:
            if not all(isinstance(value, str) for value in get_args(core)):
                yield f"{where} has choices that are no strings"
        elif isinstance(core, type) and issubclass(core, Enum):
            choices = ", ".join(repr(str(member.value)) for member in core)
            yield f"{where} is the enum {core.__name__}: use Literal[{choices}]"
        elif core not in _TYPES:
            instead = _INSTEAD.get(core) or _INSTEAD.get(getattr(core, "__name__", "")) or _SUPPORTED
            yield f"{where} is {_called(core)}, which is not supported: {instead}"
        if core is PartyRef and not parties:
            yield f"{where} refers to a party, and the brief has no section of Party"
        if not info.description:
            yield f"{where} has no description, which is all that a model is told of it: Field(description=...)"
        if not info.is_required() and not many and info.get_default(call_default_factory=True) not in (None, False, ""):
            yield f"{where} has a default that the text need not say: make it None"


def _undefined(brief: type[BaseBrief]) -> str | None:
    """The first name in the declaration of a brief that stands for nothing."""
    try:
        brief.model_rebuild()
    except PydanticUndefinedAnnotation as error:
        return error.name
    return None


def _aliased(info: FieldInfo) -> bool:
    return any(one is not None for one in (info.alias, info.validation_alias, info.serialization_alias))


_SUPPORTED = "use str, Words, bool, Literal, Quantity, When, PartyRef, Attribution, Mention, or a list of one of these"


def _odd(annotation: Any) -> str | None:
    """What of a type cannot be drafted: a choice of types, a list in a list, a container that is no list."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        some = [part for part in parts if part is not type(None)]
        return f"a choice of types ({_called(annotation)}): take one" if len(some) > 1 else _odd(some[0])
    if origin is list:
        inner = parts[0] if parts else Any
        return f"a list of lists ({_called(annotation)})" if get_origin(inner) is list else _odd(inner)
    if origin in (dict, set, frozenset, tuple) or annotation in (list, dict, set, frozenset, tuple):
        return f"{_called(annotation)}, which is not supported: {_SUPPORTED}"
    return None


def _called(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
