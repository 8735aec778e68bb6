"""The pytest plugin: tests that replay recorded answers, with no way out to the network.

    @pytest.mark.recordings("recordings/weather")          # beside the test's file
    def test_weather(recordings):
        client = recordings.client()                       # an openai.OpenAI; .client(openai.AsyncOpenAI) likewise
        with Summariser("openai/gpt-4o-mini", recordings=recordings.store, mode=recordings.mode) as summariser: ...

``pytest --summariser-record`` asks for what is not recorded yet; ``--summariser-mode`` knows the other modes. The options
carry the package's name because this plugin is loaded wherever the package is installed, and two plugins with the same
option keep pytest from starting.

It is loaded into every test run, so it imports nothing of the package before a test is marked.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

import pytest

if TYPE_CHECKING:
    import openai

    from summariser.store import Drift, FolderStore, Mode
    from summariser.testing.network import Block

    _Client = TypeVar("_Client", bound=openai.OpenAI | openai.AsyncOpenAI)

__all__ = ["Recordings"]

_MARK = "recordings"
_MODES = ("replay", "record", "refresh", "verify", "live")
_MOST_NAMED = 10


@dataclass(frozen=True)
class Recordings:
    """The recordings of a test: what the fixture ``recordings`` is."""

    store: FolderStore
    mode: Mode
    _opened: list[openai.OpenAI] = field(default_factory=list["openai.OpenAI"])

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self.store.folder

    @overload
    def client(self) -> openai.OpenAI: ...
    @overload
    def client(self, client: _Client | type[_Client]) -> _Client: ...
    def client(self, client: Any = None) -> Any:
        """A client whose answers come from the recordings; see `summariser.testing.recorded_client`.

        It is closed when the test ends, if it is synchronous; an asynchronous one belongs to its event loop.
        """
        import openai

        from summariser.testing.clients import recorded_client

        made = cast(
            "Any", recorded_client(self.store, client or openai.OpenAI, mode=self.mode, on_drift=_reported_later)
        )
        if isinstance(made, openai.OpenAI):
            self._opened.append(made)
        return made

    def close(self) -> None:
        """Close the synchronous clients that were made."""
        for client in self._opened:
            client.close()


@dataclass
class _Suite:
    """What the tests of a run have to do with recordings."""

    mode: Mode
    stores: dict[Path, FolderStore] = field(default_factory=dict[Path, "FolderStore"])
    used: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """Names of recordings by folder, of other processes of the run."""
    told_drifts: list[str] = field(default_factory=list[str])
    """Likewise."""
    partial: bool = False
    """Whether some tests were left out, so that nobody knows what they would have used."""

    def store(self, folder: Path) -> FolderStore:
        from summariser.store import FolderStore

        folder = folder.resolve()
        if folder not in self.stores:
            create = self.mode in ("record", "refresh")
            self.stores[folder] = FolderStore(folder, create=create, advice="pytest --summariser-record")
        return self.stores[folder]

    @property
    def drifts(self) -> list[str]:
        """What is answered differently now, whatever asked, and however often."""
        own = (str(drift) for store in self.stores.values() for drift in store.drifts)
        return list(dict.fromkeys((*own, *self.told_drifts)))

    def told(self) -> dict[str, Any]:
        """What one process of a run tells the one that leads it."""
        used = {str(folder): sorted(store.used) for folder, store in self.stores.items()}
        return {"used": used, "drifts": self.drifts}

    def hear(self, told: dict[str, Any]) -> None:
        """What another process of the run has used."""
        for folder, names in told["used"].items():
            self.used.setdefault(folder, set()).update(names)
        self.told_drifts += told["drifts"]

    def unused(self) -> dict[str, list[str]]:
        """Recordings by folder that no test has looked up."""
        from summariser.store import FolderStore

        self.hear({**self.told(), "drifts": []})
        return {
            folder: unused
            for folder, names in sorted(self.used.items())
            if (unused := [path.name for path in FolderStore(folder).paths() if path.stem not in names])
        }


_SUITE = pytest.StashKey[_Suite]()
_BLOCK: pytest.StashKey[Block] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("summariser", "recorded answers of models")
    group.addoption(
        "--summariser-mode",
        choices=_MODES,
        default="replay",
        help="what tests marked with recordings do: replay (the default) asks nobody; record asks for what is missing; "
        "refresh asks for everything anew; verify replays, asks as well and reports what is answered differently now; "
        "live asks and keeps nothing",
    )
    group.addoption(
        "--summariser-record",
        action="store_const",
        const="record",
        dest="summariser_mode",
        help="the same as --summariser-mode=record",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        "recordings(folder, allow=()): the test's models answer from this folder beside its file (fixture: recordings), "
        "and while they do nothing reaches the network but the hosts in allow; 'localhost' is all of loopback",
    )
    config.stash[_SUITE] = _Suite(cast("Mode", config.getoption("summariser_mode")))


@pytest.fixture
def recordings(request: pytest.FixtureRequest) -> Iterator[Recordings]:
    """The recordings in the folder that the test's marker names."""
    suite = request.config.stash[_SUITE]
    marker = request.node.get_closest_marker(_MARK)
    if marker is None:
        pytest.fail(
            "the fixture 'recordings' needs to know where: mark the test with @pytest.mark.recordings('FOLDER')"
        )
    with closing(Recordings(suite.store(request.path.parent / _folder(marker)), suite.mode)) as found:
        yield found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Block the network around a marked test, its setup and its teardown."""
    marker = item.get_closest_marker(_MARK)
    if marker is None or item.config.stash[_SUITE].mode != "replay":
        return (yield)
    from summariser.testing.network import network_blocked

    with network_blocked(allow=_allowed(**marker.kwargs)) as block:
        item.stash[_BLOCK] = block
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test fail that tried to reach the network, though something swallowed the error."""
    result = yield
    _no_attempts(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Likewise for what threads of the test did afterwards."""
    result = yield
    _no_attempts(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show of what is not recorded the message and the lines of the test: how this package and openai got there says nothing."""
    report = yield
    errors = sys.modules.get("summariser.errors")
    info = call.excinfo
    if errors is None or info is None or not isinstance(info.value, errors.StoreError) or item.config.option.fulltrace:
        return report
    own = info.traceback.filter(lambda entry: Path(entry.path) == item.path)
    if own:
        info.traceback = own
    report.longrepr = info.getrepr(style="short" if own else "value", chain=False)
    return report


def pytest_collection_finish(session: pytest.Session) -> None:
    """Notice that single tests were named."""
    if any("::" in str(argument) for argument in session.config.args):
        session.config.stash[_SUITE].partial = True


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Notice that tests were left out."""
    for item in items[:1]:
        item.config.stash[_SUITE].partial = True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the leading process what was used; a run whose recordings have drifted is no success."""
    suite = session.config.stash[_SUITE]
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["summariser"] = suite.told()
    elif suite.drifts and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from a process of pytest-xdist."""
    if told := getattr(node, "workeroutput", {}).get("summariser"):
        node.config.stash[_SUITE].hear(told)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode, config: pytest.Config
) -> None:
    """Report recordings that have drifted, and those that nothing used."""
    suite = config.stash[_SUITE]
    if suite.drifts:
        terminalreporter.section("recordings that are answered differently now", yellow=True)
        for drift in suite.drifts:
            terminalreporter.line(drift)
    if suite.partial or exitstatus != pytest.ExitCode.OK or not (suite.stores or suite.used):
        return
    if unused := suite.unused():
        terminalreporter.section("recordings that no test used", yellow=True)
        for folder, names in unused.items():
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            terminalreporter.line(f"{folder}: {', '.join(names[:_MOST_NAMED])}{more}")


def _reported_later(_: Drift) -> None:
    """The store keeps it."""


def _folder(marker: pytest.Mark) -> str:
    if len(marker.args) != 1 or not isinstance(marker.args[0], str | Path):
        raise pytest.UsageError("@pytest.mark.recordings takes the folder of the recordings: recordings('FOLDER')")
    return str(marker.args[0])


def _allowed(*, allow: tuple[str, ...] = ()) -> tuple[str, ...]:
    return (allow,) if isinstance(allow, str) else tuple(allow)


def _no_attempts(item: pytest.Item) -> None:
    block = item.stash.get(_BLOCK, None)
    if block is not None and block.attempts:
        hosts = ", ".join(map(repr, dict.fromkeys(block.attempts)))
        block.attempts.clear()
        pytest.fail(f"while recordings were replayed something tried to reach {hosts}", pytrace=False)
