"""The pytest plugin, in test runs of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import openai.resources
import pytest

import summariser.backend
import summariser.client
import summariser.testing.clients
from summariser.testing import ScriptedEndpoint, completion

if TYPE_CHECKING:
    from collections.abc import Iterator

SUITE = """
import openai, pytest

def say(client, text):
    message = {"role": "user", "content": text}
    return client.chat.completions.create(model="m", messages=[message]).choices[0].message.content

@pytest.mark.recordings("kept")
def test_says_one(recordings):
    assert say(recordings.client(openai.OpenAI(base_url=URL, api_key="k")), "one") == "you said one"
"""


# A run in this process forgets the modules that it imported, and these take seconds.
_ = openai.resources, summariser.backend, summariser.client, summariser.testing.clients
QUIET = [
    f"-pno:{plugin}" for plugin in ("anyio", "asyncio", "cacheprovider", "hypothesispytest", "unraisableexception")
]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Iterator[Runner]:
    """A suite that talks to a model, to be run."""
    with ScriptedEndpoint(lambda body: completion(runner.said.format(body["messages"][-1]["content"]))) as server:
        runner = Runner(pytester, server)
        yield runner


class Runner:
    """Runs a suite and says how it went."""

    def __init__(self, pytester: pytest.Pytester, server: ScriptedEndpoint) -> None:
        self.pytester, self.server = pytester, server
        self.said = "you said {}"

    def __call__(self, *options: str, more: str = "", suite: str = SUITE) -> pytest.RunResult:
        """Run the suite, with more tests at its end."""
        self.pytester.makepyfile(test_suite=f"URL = {self.server.url!r}\n{suite}\n{more}")
        return self.pytester.runpytest_inprocess(*QUIET, "--strict-markers", *options)


def test_a_marked_test_records_once_and_replays_ever_after(run: Runner) -> None:
    """Replaying is the default."""
    run("--summariser-record").assert_outcomes(passed=1)
    asked = len(run.server.asked)
    run().assert_outcomes(passed=1)
    run("--summariser-record").assert_outcomes(passed=1)
    assert (asked, len(run.server.asked)) == (1, 1)


def test_a_miss_is_explained(run: Runner) -> None:
    """By the nearest recording, what differs, and how to record."""
    run("--summariser-record").assert_outcomes(passed=1)
    result = run(suite=SUITE.replace('"one")', '"two")'))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*ReplayMissError*differs in messages*content ('one' is recorded, 'two' asked)*"])


def test_what_is_not_recorded_is_told_without_the_way_there(run: Runner) -> None:
    """The test's own lines and the message, which names the plugin's option; no frame of another file."""
    run("--summariser-record").assert_outcomes(passed=1)
    told = run(suite=SUITE.replace('"one")', '"two")')).stdout.str()
    failure = told[told.index("= FAILURES") : told.index("\n==", told.index("= FAILURES"))].splitlines()
    assert {line.partition(":")[0] for line in failure if ".py:" in line} == {"test_suite.py"}
    (message,) = (line for line in failure if line.startswith("E "))
    assert message.endswith("record it with pytest --summariser-record")


def test_a_test_without_recordings_says_how_to_make_them(run: Runner) -> None:
    """There is no folder yet."""
    result = run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*record into it first with pytest --summariser-record"])


SNEAKY = """
@pytest.mark.recordings("kept"{allow})
def test_sneaks_out(recordings):
    import threading
    def call():
        try:
            with openai.OpenAI(base_url=URL, api_key="k", max_retries=0) as client:
                say(client, "live")
        except Exception:
            pass
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
"""


def test_a_replaying_test_cannot_reach_the_network_in_any_thread(run: Runner) -> None:
    """Though it swallows the error: it fails, and nothing is asked."""
    run("--summariser-record").assert_outcomes(passed=1)
    run.server.asked.clear()
    result = run(more=SNEAKY.format(allow=""))
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*while recordings were replayed something tried to reach '127.0.0.1'*"])
    assert not run.server.asked


def test_hosts_can_be_allowed(run: Runner) -> None:
    """A database of the test's own, say."""
    run("--summariser-record").assert_outcomes(passed=1)
    run(more=SNEAKY.format(allow=", allow=['localhost']")).assert_outcomes(passed=2)


def test_unused_recordings_are_reported(run: Runner) -> None:
    """When all tests ran; else nobody knows."""
    extra = SUITE.split("\n\n")[-1].replace("one", "two")
    run("--summariser-record", more=extra).assert_outcomes(passed=2)
    assert "no test used" not in run(more=extra).stdout.str()
    assert "no test used" not in run("-k", "one", more=extra).stdout.str()
    assert "no test used" not in run("test_suite.py::test_says_one", more=extra).stdout.str()
    result = run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*recordings that no test used*", "*kept: *.json"])


def test_drift_is_reported_and_fails_the_run(run: Runner) -> None:
    """The test itself passes: it heard what is recorded."""
    run("--summariser-record").assert_outcomes(passed=1)
    run.said = "you now say {}"
    result = run("--summariser-mode=verify")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*recordings that are answered differently now*", "*'you said one' is recorded*"])


def test_drift_is_reported_whoever_asks(run: Runner) -> None:
    """A `Summariser` that is handed the store, too."""
    suite = """
import pytest
from summariser import Summariser

@pytest.mark.recordings("kept")
def test_brief(recordings):
    with Summariser("m", base_url=URL, recordings=recordings.store, mode=recordings.mode) as summariser:
        assert summariser.summarise("The Aster Port Authority closed two warehouses.").document
"""
    with ScriptedEndpoint() as model:
        runner = Runner(run.pytester, model)
        runner("--summariser-record", suite=suite).assert_outcomes(passed=1)
        for path in (run.pytester.path / "kept").iterdir():
            path.write_text(path.read_text().replace("warehouses", "granaries"))
            told = path.read_text()
            kept = told.index('"responses"')
            path.write_text(told[:kept].replace("granaries", "warehouses") + told[kept:])
        result = runner("--summariser-mode=verify", suite=suite)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*recordings that are answered differently now*", "*granaries*is recorded*"])


def test_refresh_asks_anew(run: Runner) -> None:
    """Everything that the tests ask."""
    for _ in range(2):
        run("--summariser-mode=refresh").assert_outcomes(passed=1)
    assert len(run.server.asked) == 2


def test_the_fixture_needs_the_marker(run: Runner) -> None:
    """Else it does not know where."""
    result = run(suite="def test_x(recordings): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*mark the test with @pytest.mark.recordings*"])


def test_a_marker_without_a_folder_is_refused(run: Runner) -> None:
    """It says what it takes."""
    result = run(suite="import pytest\n@pytest.mark.recordings\ndef test_x(recordings): pass")
    result.stdout.fnmatch_lines(["*takes the folder of the recordings*"])


def test_summariser_itself_answers_from_the_recordings_of_a_test(run: Runner) -> None:
    """The store goes wherever a folder does, and what it uses is counted."""
    suite = """
import pytest
from summariser import Summariser

@pytest.mark.recordings("kept")
def test_brief(recordings):
    with Summariser("m", base_url=URL, recordings=recordings.store, mode=recordings.mode) as summariser:
        assert summariser.summarise("The Aster Port Authority closed two warehouses.").document
"""
    with ScriptedEndpoint() as model:
        runner = Runner(run.pytester, model)
        runner("--summariser-record", suite=suite).assert_outcomes(passed=1)
    result = runner(suite=suite)
    result.assert_outcomes(passed=1)
    assert "no test used" not in result.stdout.str()


def test_a_suite_that_does_not_use_it_pays_next_to_nothing() -> None:
    """Loading the plugin imports nothing of the package that takes time."""
    code = "import pytest, sys; before = set(sys.modules); import summariser.testing.plugin; print(set(sys.modules) - before)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert eval(out) <= {
        "summariser", "summariser.version", "summariser.testing", "summariser.testing.plugin"
    }  # fmt: skip
