"""Briefs and verifications as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from summariser.views.wording import without_surrogates

if TYPE_CHECKING:
    from summariser.verifying import Verification
    from summariser_schemas import BaseBrief

__all__ = ["as_json", "verification_as_json"]


def as_json(brief: BaseBrief, *, indent: int | None = 2) -> str:
    """Write the whole brief as JSON; ``indent`` counts spaces, and ``None`` puts it on one line."""
    try:
        return brief.model_dump_json(indent=indent)
    except ValueError:
        # A lone surrogate has no UTF-8. Its stand-in is one character too, so that every offset holds.
        return type(brief).model_validate(without_surrogates(brief.model_dump())).model_dump_json(indent=indent)


def verification_as_json(verification: Verification) -> str:
    """Write what a verification found as JSON: the items by section with their verdicts, ``rejected``, ``omitted``
    and ``of_another_text``."""
    found = {
        **{name: [item.model_dump(mode="json") for item in items] for name, items in verification.sections.items()},
        "rejected": [rejection.model_dump(mode="json") for rejection in verification.rejected],
        "omitted": [omission.model_dump(mode="json") for omission in verification.omitted],
        "of_another_text": verification.of_another_text,
    }
    return json.dumps(without_surrogates(found), indent=2, ensure_ascii=False)
