"""Files that take a library which is installed only where it is wanted."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from summariser.errors import ConfigurationError
from summariser.version import installing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summariser.readers.inputs import Source

__all__ = ["check", "needs"]

_EXTRAS = {
    "pdf": ("reading PDF", "pypdfium2"),
    "html": ("reading HTML", "trafilatura"),
    "parquet": ("reading Parquet", "pyarrow"),
    "zstd": ("unpacking zstd", "zstandard"),
}
"""What each is for, and the library that does it."""
_ENDINGS = {
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".parquet": "parquet",
    ".zst": "zstd",
}


def needs(extra: str, name: str) -> ConfigurationError:
    """The error of a file that needs an extra which is not installed."""
    what, library = _EXTRAS[extra]
    return ConfigurationError(
        f"{name}: {what} needs {library} (the extra {extra!r}), which is not installed: {installing(extra)}"
    )


def check(sources: Iterable[Source]) -> None:
    """Refuse the first file whose name says that it needs an extra which is not installed.

    The files are looked through only where one of the extras is missing.

    Raises:
        ConfigurationError: there is one.
    """
    missing = {extra for extra, (_, library) in _EXTRAS.items() if find_spec(library) is None}
    for source in sources if missing else ():
        packing = "" if source.path is None else source.path.suffix.lower()
        for ending in (packing, source.ending):
            if _ENDINGS.get(ending) in missing:
                raise needs(_ENDINGS[ending], source.name)
