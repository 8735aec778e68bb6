"""The response store: every answer on disk before it is used, and answers from disk instead of from the network.

`RecordingTransport` stands below the model client, where a network transport would. It files each response under the
SHA-256 of what was asked (`fingerprint`) in a `ResponseStore`; `FolderStore` is a folder of readable JSON files.
"""

from summariser.store.differences import Drift
from summariser.store.fingerprint import fingerprint
from summariser.store.folder import FolderStore
from summariser.store.recording import Asked, Fault, Mode, Recorded, Recording, ResponseStore
from summariser.store.redaction import kept_headers, redact, secrets_of
from summariser.store.transport import Network, RecordingTransport, Transport, asked_of
from summariser.store.upkeep import Finding, check, filed, promote

__all__ = [
    "Asked",
    "Drift",
    "Fault",
    "Finding",
    "FolderStore",
    "Mode",
    "Network",
    "Recorded",
    "Recording",
    "RecordingTransport",
    "ResponseStore",
    "Transport",
    "asked_of",
    "check",
    "filed",
    "fingerprint",
    "kept_headers",
    "promote",
    "redact",
    "secrets_of",
]
