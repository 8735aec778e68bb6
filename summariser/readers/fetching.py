"""Web pages, where the user asked for them: robots.txt honoured, private addresses refused, size and time bounded."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import time
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.robotparser import RobotFileParser

import httpx2

from summariser.errors import InputError
from summariser.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address

__all__ = ["Fetched", "Fetcher", "is_public"]

_AGENT = "summariser"
_MOST_BYTES = 20 << 20
_MOST_ROBOTS_BYTES = 512 << 10
_MOST_SECONDS = 30.0
_MOST_REDIRECTS = 5
_MOST_SITES = 256
"""Sites whose robots.txt is kept."""
_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that a gateway turns into the IPv4 address in their last four bytes (RFC 6052)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: the address after redirects, the media type and charset that the server named, and the bytes."""

    url: str
    media_type: str
    charset: str | None
    data: bytes


def is_public(address: Address) -> bool:
    """Whether an address is on the open internet: not private, loopback, link-local, shared or reserved."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None and not is_public(inner):
            return False
    return address.is_global and not address.is_multicast


class Fetcher:
    """Fetches pages for one job. ``allows`` decides which addresses may be connected to.

    A host is resolved once for each request, every address it has is checked, and the connection goes to one that was: what
    a name server says a moment later changes nothing. No cookies, no proxies, no credentials.
    """

    def __init__(
        self, *, allows: Callable[[Address], bool] = is_public, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._allows = allows
        self._clock = clock
        self._robots: OrderedDict[str, RobotFileParser | str] = OrderedDict()
        self._transport: httpx2.HTTPTransport | None = None

    def fetch(self, url: str) -> Fetched:
        """Fetch a page.

        Raises:
            InputError: the address is refused, robots.txt forbids it, or the server does not answer with a page.
        """
        deadline = self._clock() + _MOST_SECONDS
        target = _parsed(url, url)
        for _ in range(_MOST_REDIRECTS + 1):
            self._check_robots(target, url, deadline)
            response, data = self._get(target, url, _MOST_BYTES, deadline)
            if response.status_code in _REDIRECTS and "location" in response.headers:
                target = _parsed(str(target.join(response.headers["location"])), url)
                continue
            if response.status_code != HTTPStatus.OK:
                raise InputError(f"{url}: the server answered {response.status_code} {response.reason_phrase}".rstrip())
            media_type, _, rest = response.headers.get("content-type", "").partition(";")
            charset = rest.casefold().partition("charset=")[2].partition(";")[0].strip("\"' ")
            return Fetched(str(target), media_type.strip().lower(), charset or None, data)
        raise InputError(f"{url}: redirects more than {_MOST_REDIRECTS} times")

    def close(self) -> None:
        """Close the connections."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _check_robots(self, target: httpx2.URL, url: str, deadline: float) -> None:
        site = f"{target.scheme}://{target.netloc.decode('ascii')}"
        if site not in self._robots:
            self._robots[site] = self._read_robots(httpx2.URL(f"{site}/robots.txt"), url, deadline)
            while len(self._robots) > _MOST_SITES:
                self._robots.popitem(last=False)
        rules = self._robots[site]
        if isinstance(rules, str):
            raise InputError(f"{url}: {site}/robots.txt could not be read ({rules}), so the page is left alone")
        if not rules.can_fetch(_AGENT, str(target)):
            raise InputError(f"{url}: {site}/robots.txt asks that programs leave it alone")

    def _read_robots(self, target: httpx2.URL, url: str, deadline: float) -> RobotFileParser | str:
        """The rules of a site (RFC 9309): none where it has no such file, a reason where it cannot be known."""
        for _ in range(_MOST_REDIRECTS + 1):
            response, data = self._get(target, url, _MOST_ROBOTS_BYTES, deadline)
            if response.status_code in _REDIRECTS and "location" in response.headers:
                target = _parsed(str(target.join(response.headers["location"])), url)
                continue
            if response.is_server_error:
                return f"the server answered {response.status_code}"
            rules = RobotFileParser()
            rules.parse(data.decode("utf-8", "replace").splitlines() if response.is_success else [])
            return rules
        return f"it redirects more than {_MOST_REDIRECTS} times"

    def _get(self, target: httpx2.URL, url: str, most: int, deadline: float) -> tuple[httpx2.Response, bytes]:
        """Send one request to an address that was checked, and read the answer within the limits."""
        if self._transport is None:
            self._transport = httpx2.HTTPTransport(trust_env=False)
        reason: Exception | None = None
        for address in self._addresses(target, url):
            left = max(0.1, min(10.0, deadline - self._clock()))
            request = httpx2.Request(
                "GET",
                target.copy_with(host=str(address), fragment=None),
                headers={
                    "Host": target.netloc.decode("ascii"),
                    "User-Agent": f"{_AGENT}/{__version__}",
                    "Accept": "text/html, application/xhtml+xml, application/pdf, application/xml;q=0.9, */*;q=0.5",
                    "Accept-Encoding": "gzip",
                },
                # The certificate is checked against the name, not the address.
                extensions={
                    "sni_hostname": target.host,
                    "timeout": {"connect": left, "read": left, "write": left, "pool": left},
                },
            )
            try:
                response = self._transport.handle_request(request)
                response.request = request
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                reason = error
                continue
            except (httpx2.HTTPError, ssl.SSLError, OSError) as error:
                raise InputError(f"{url}: {target.host} does not answer ({_reason(error)})") from None
            with contextlib.closing(response):
                return response, self._read(response, url, most, deadline)
        raise InputError(f"{url}: no connection to {target.host} ({_reason(reason)})")

    def _read(self, response: httpx2.Response, url: str, most: int, deadline: float) -> bytes:
        data = bytearray()
        try:
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > most:
                    raise InputError(f"{url}: is larger than {most >> 20 or 1} MiB; it is refused")
                if self._clock() > deadline:
                    raise InputError(f"{url}: took longer than {_MOST_SECONDS:.0f} s; it is given up")
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            raise InputError(f"{url}: the answer broke off ({_reason(error)})") from None
        return bytes(data)

    def _addresses(self, target: httpx2.URL, url: str) -> list[Address]:
        port = target.port or (443 if target.scheme == "https" else 80)
        addresses = _resolved(target.host, port, url)
        refused = next((address for address in addresses if not self._allows(address)), None)
        if refused is not None:
            raise InputError(
                f"{url}: {target.host} is {refused}, not on the open internet; fetch it yourself and give the file"
            )
        return addresses


def _resolved(host: str, port: int, url: str) -> list[Address]:
    with contextlib.suppress(ValueError):
        return [ipaddress.ip_address(host)]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(f"{url}: {host} is not found ({_reason(error)})") from None
    return list(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))


def _parsed(text: str, url: str) -> httpx2.URL:
    try:
        target = httpx2.URL(text)
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise InputError(f"{url}: is no web address ({error})") from None
    if target.scheme not in ("http", "https") or not target.host:
        raise InputError(f"{url}: leads to {text[:80]!r}; only http and https addresses are fetched")
    if target.userinfo:
        raise InputError(f"{url.partition('://')[0]}://…: has a name or password in it; give the address without")
    return target


def _reason(error: Exception | None) -> str:
    if error is None:
        return "no address"
    return " ".join(str(error).split()) or type(error).__name__
