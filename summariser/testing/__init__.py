"""For tests of programs that use summariser, or any client of a model server: an endpoint that does what it is told.

>>> from summariser.testing import ScriptedEndpoint, documents
>>> with ScriptedEndpoint(faults={"429": 0.2}) as model, Summariser("m", base_url=model.url) as summariser:
...     briefs = [summariser.summarise(document) for document in documents(3)]  # doctest: +SKIP
"""

from summariser.testing.answers import FAULTS, Answer, completion, failure, page, rate_limited, tool_call
from summariser.testing.batches import BatchScript
from summariser.testing.counters import Counters
from summariser.testing.documents import documents, draft_of, truthful
from summariser.testing.limits import RateLimits
from summariser.testing.server import AskedOf, ScriptedEndpoint

__all__ = [
    "FAULTS",
    "Answer",
    "AskedOf",
    "BatchScript",
    "Counters",
    "RateLimits",
    "ScriptedEndpoint",
    "completion",
    "documents",
    "draft_of",
    "failure",
    "page",
    "rate_limited",
    "tool_call",
    "truthful",
]
