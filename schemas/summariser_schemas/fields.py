"""What a field of a brief is, seen through ``Annotated``, ``None`` and ``list``."""

from __future__ import annotations

import types
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from summariser_schemas.grounded import ByCode, Evidence, Verbatim

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from summariser_schemas.grounded import Item

__all__ = ["Asked", "asked", "core_type", "is_by_code", "is_verbatim"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A field that the model is asked for: its type, whether it is a list, and whether an item needs it.

    ``verbatim`` strings are the text's own words; others are phrases.
    """

    name: str
    core: Any
    many: bool
    required: bool
    verbatim: bool = False


@lru_cache(maxsize=256)
def asked(item: type[Item]) -> tuple[Asked, ...]:
    """The fields of an item that say something: neither filled in by code nor the evidence itself."""
    found: list[Asked] = []
    for name, info in item.model_fields.items():
        core, many = core_type(info.annotation)
        if not is_by_code(info) and core is not Evidence:
            found.append(Asked(name, core, many, info.is_required(), is_verbatim(info)))
    return tuple(found)


def core_type(annotation: Any) -> tuple[Any, bool]:
    """Strip ``Annotated``, ``None`` and ``list`` off an annotation: the type itself, and whether it was a list."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return core_type(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return core_type(next(part for part in get_args(annotation) if part is not type(None)))
    if origin is list:
        return core_type(get_args(annotation)[0])[0], True
    return annotation, False


def is_by_code(info: FieldInfo) -> bool:
    """Whether code fills the field in and the model is never asked for it."""
    return any(isinstance(mark, ByCode) for mark in info.metadata)


def is_verbatim(info: FieldInfo) -> bool:
    """Whether a field holds the text's own words, or a list of them."""
    return any(isinstance(mark, Verbatim) for mark in (*info.metadata, *_marks(info.annotation)))


def _marks(annotation: Any) -> tuple[Any, ...]:
    own = get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()
    return (*own, *(mark for part in get_args(annotation) for mark in _marks(part)))
