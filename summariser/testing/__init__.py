"""For tests of programs that use summariser, or any client of a model server: recorded answers, and an endpoint that does
what it is told.

>>> from summariser.testing import recorded_client
>>> client = recorded_client("tests/recordings")  # an openai.OpenAI that never reaches the network  # doctest: +SKIP

>>> from summariser.testing import ScriptedEndpoint, documents
>>> with ScriptedEndpoint(faults={"429": 0.2}) as model, Summariser("m", base_url=model.url) as summariser:
...     briefs = [summariser.summarise(document) for document in documents(3)]  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from summariser.testing.answers import FAULTS, Answer, completion, failure, page, rate_limited, tool_call
    from summariser.testing.authored import author, author_faults
    from summariser.testing.batches import BatchScript
    from summariser.testing.clients import RecordingDriftWarning, recorded_client
    from summariser.testing.counters import Counters
    from summariser.testing.limits import RateLimits
    from summariser.testing.network import NetworkBlockedError, network_blocked
    from summariser.testing.server import AskedOf, ScriptedEndpoint
    from summariser.testing.synthetic import documents, draft_of, truthful

__all__ = [
    "FAULTS",
    "Answer",
    "AskedOf",
    "BatchScript",
    "Counters",
    "NetworkBlockedError",
    "RateLimits",
    "RecordingDriftWarning",
    "ScriptedEndpoint",
    "author",
    "author_faults",
    "completion",
    "documents",
    "draft_of",
    "failure",
    "network_blocked",
    "page",
    "rate_limited",
    "recorded_client",
    "tool_call",
    "truthful",
]

_HOMES = {
    "answers": ("FAULTS", "Answer", "completion", "failure", "page", "rate_limited", "tool_call"),
    "authored": ("author", "author_faults"),
    "batches": ("BatchScript",),
    "clients": ("RecordingDriftWarning", "recorded_client"),
    "counters": ("Counters",),
    "synthetic": ("documents", "draft_of", "truthful"),
    "limits": ("RateLimits",),
    "network": ("NetworkBlockedError", "network_blocked"),
    "server": ("AskedOf", "ScriptedEndpoint"),
}


def __getattr__(name: str) -> Any:
    # The pytest plugin lives in this package and is loaded into every test run, those that have nothing to do with it
    # among them.
    for home, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
