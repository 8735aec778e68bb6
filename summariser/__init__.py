"""Typed briefs of news texts, every item proved by the sentence it came from.

>>> from summariser import Summariser
>>> brief = Summariser().summarise(open("article.txt").read())  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

from summariser.version import __version__

__all__ = ["Brief", "Document", "Policy", "Summariser", "SummariserError", "__version__", "verify"]

if TYPE_CHECKING:
    from summariser.client import Summariser
    from summariser.errors import SummariserError
    from summariser.grounding.verdicts import Policy
    from summariser.verifying import verify
    from summariser_schemas import Brief, Document

_HOMES = {
    "Brief": "summariser_schemas",
    "Document": "summariser_schemas",
    "Policy": "summariser.grounding.verdicts",
    "Summariser": "summariser.client",
    "SummariserError": "summariser.errors",
    "verify": "summariser.verifying",
}


def __getattr__(name: str) -> Any:
    # pydantic and what stands on it take longer to import than the command line takes to answer --help.
    if name in _HOMES:
        from importlib import import_module

        import_module("summariser.views.notebook")  # so that a brief can show itself
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
