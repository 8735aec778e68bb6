"""The version, and how to install what is missing, in a place that everything may import."""

__all__ = ["__version__", "installing"]

__version__ = "0.1.0"


def installing(extra: str) -> str:
    """The command that installs what an extra needs.

    It names the libraries themselves, as this package asks for them: that works wherever the package itself came from, a
    clone, a wheel or an index.
    """
    from importlib.metadata import PackageNotFoundError, requires

    try:
        found = requires("summariser") or []
    except PackageNotFoundError:
        found = []
    needed = (requirement.partition(";") for requirement in found)
    wanted = [name.strip() for name, _, when in needed if when.split("extra == ")[-1].strip("\"' ") == extra]
    return "python -m pip install " + " ".join(f"'{name}'" for name in wanted or [f".[{extra}]"])
