"""Pages are fetched where that was asked for, from the open internet alone, and by the rules of their sites."""

from __future__ import annotations

import gzip
import ipaddress
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from summariser.errors import InputError
from summariser.readers import Damaged, Entry, stream_documents
from summariser.readers.fetching import Fetcher, is_public

if TYPE_CHECKING:
    from collections.abc import Generator

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address

TEXT = "The harbour of Sarn reopened on Tuesday."
Answer = tuple[int, dict[str, str], bytes]


class Site:
    """A web server on loopback: what it answers by path, and the paths and headers it was asked with."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {
            "/a.txt": (200, {"Content-Type": "text/plain; charset=utf-8"}, TEXT.encode())
        }
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                status, headers, body = site.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the name it has
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [path for path, _ in self.asked]


@pytest.fixture
def site() -> Generator[Site]:
    """A running site."""
    made = Site()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def fetcher() -> Generator[Fetcher]:
    """What fetches from loopback, which users have no way to allow."""
    made = Fetcher(allows=lambda address: address.is_loopback)
    yield made
    made.close()


def refusal(url: str, fetcher: Fetcher) -> str:
    """Why a page is not fetched."""
    (item,) = stream_documents([url], fetcher=fetcher)
    assert isinstance(item, Damaged)
    assert str(item.error).startswith(url)
    return str(item.error).removeprefix(f"{url}: ")


def test_nothing_is_fetched_unasked(site: Site) -> None:
    """Without a fetcher an address is refused before anything is read, and the message says how to allow it."""
    with pytest.raises(InputError, match="nothing is fetched unasked: give --fetch"):
        stream_documents([f"{site.url}/a.txt"])
    assert site.asked == []


def test_a_page_is_fetched(site: Site, fetcher: Fetcher) -> None:
    """Its address is the document's, and robots.txt is asked first, once for a site."""
    items = list(stream_documents([f"{site.url}/a.txt", f"{site.url}/a.txt"], fetcher=fetcher))
    for item in items:
        assert isinstance(item, Entry)
        assert (item.document.text, item.document.url) == (TEXT, f"{site.url}/a.txt")
        assert (item.document.source, item.document.id) == (f"{site.url}/a.txt", None)
    assert site.paths == ["/robots.txt", "/a.txt", "/a.txt"]


def test_the_media_type_tells_the_format(site: Site, fetcher: Fetcher) -> None:
    """A page without an ending is read as what its server calls it, in the encoding that it names."""
    page = "<article><p>Порт Сарна открылся во вторник после забастовки, которая длилась три недели.</p></article>"
    site.answers["/page"] = (200, {"Content-Type": "text/html; charset=windows-1251"}, page.encode("cp1251"))
    (item,) = stream_documents([f"{site.url}/page"], fetcher=fetcher)
    assert isinstance(item, Entry)
    assert item.document.text.startswith("Порт Сарна открылся")


@pytest.mark.parametrize(
    ("robots", "said"),
    [
        pytest.param((200, {}, b"User-agent: *\nDisallow: /a"), "asks that programs leave it alone", id="all"),
        pytest.param((200, {}, b"User-agent: summariser\nDisallow: /"), "asks that programs leave it alone", id="us"),
        pytest.param((503, {}, b""), "could not be read (the server answered 503)", id="broken"),
    ],
)
def test_robots_are_honoured(site: Site, fetcher: Fetcher, robots: Answer, said: str) -> None:
    """A site that asks to be left alone, or cannot say, is left alone."""
    site.answers["/robots.txt"] = robots
    assert said in refusal(f"{site.url}/a.txt", fetcher)
    assert site.paths == ["/robots.txt"]


def test_a_redirect_is_followed_and_keeps_no_cookies(site: Site, fetcher: Fetcher) -> None:
    """The document's address is the last one."""
    site.answers["/old"] = (301, {"Location": "/a.txt", "Set-Cookie": "k=v"}, b"")
    (item,) = stream_documents([f"{site.url}/old"], fetcher=fetcher)
    assert isinstance(item, Entry)
    assert item.document.url == f"{site.url}/a.txt"
    assert all("cookie" not in headers for _, headers in site.asked)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        pytest.param("http://10.0.0.1/a", "10.0.0.1 is 10.0.0.1, not on the open internet", id="private"),
        pytest.param("http://169.254.169.254/latest", "not on the open internet", id="link-local"),
        pytest.param("http://[::ffff:10.0.0.1]/", "not on the open internet", id="mapped"),
        pytest.param("file:///etc/passwd", "only http and https addresses are fetched", id="file"),
        pytest.param("http://user:secret@127.0.0.1/", "has a name or password in it", id="password"),
        pytest.param("/loop", "redirects more than 5 times", id="loop"),
    ],
)
def test_a_redirect_leads_nowhere_private(site: Site, fetcher: Fetcher, target: str, said: str) -> None:
    """Each address on the way is checked anew."""
    site.answers["/loop"] = (302, {"Location": target}, b"")
    url = f"{site.url}/loop"
    (item,) = stream_documents([url], fetcher=fetcher)
    assert isinstance(item, Damaged)
    assert said in str(item.error)
    assert "secret" not in str(item.error)


def test_users_cannot_reach_this_machine(site: Site) -> None:
    """What fetches for users refuses loopback, whatever the name."""
    assert "not on the open internet" in refusal(f"{site.url}/a.txt", Fetcher())
    assert "not on the open internet" in refusal(site.url.replace("127.0.0.1", "localhost"), Fetcher())
    assert site.asked == []


def test_the_connection_goes_to_the_address_that_was_checked(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name is resolved once for a request: what its server says a moment later changes nothing."""
    port = site.server.server_port
    resolved: list[str] = []

    def resolve(host: str, *_: object, **__: object) -> list[object]:
        resolved.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("summariser.readers.fetching.socket.getaddrinfo", resolve)
    (item,) = stream_documents([f"http://port.example:{port}/a.txt"], fetcher=fetcher)
    assert isinstance(item, Entry)
    assert [headers["host"] for _, headers in site.asked] == [f"port.example:{port}"] * 2
    # Connecting looks the bare address up too, which asks no name server.
    assert [host for host in resolved if host != "127.0.0.1"] == ["port.example", "port.example"]


def test_sizes_are_bounded(site: Site, fetcher: Fetcher) -> None:
    """A small answer that unpacks to a large one is refused too."""
    site.answers["/bomb"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(30 << 20), 1))
    assert refusal(f"{site.url}/bomb", fetcher) == "is larger than 20 MiB; it is refused"


def test_time_is_bounded(site: Site) -> None:
    """An answer that takes longer than the limit is given up."""
    now = iter(range(0, 10_000, 20))
    made = Fetcher(allows=lambda address: address.is_loopback, clock=lambda: float(next(now)))
    assert "took longer than 30 s" in refusal(f"{site.url}/a.txt", made)
    made.close()


def test_what_a_server_says_is_told(site: Site, fetcher: Fetcher) -> None:
    """The status is part of the message."""
    assert refusal(f"{site.url}/none", fetcher) == "the server answered 404 Not Found"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    """Private networks, this machine, and IPv6 addresses that stand for either, are not."""
    assert is_public(ipaddress.ip_address(address)) is public
