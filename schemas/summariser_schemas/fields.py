"""What a field of a brief is, seen through ``Annotated``, ``None`` and ``list``."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from summariser_schemas.grounded import ByCode

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

__all__ = ["core_type", "is_by_code"]


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
