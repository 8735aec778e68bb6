"""Which model is asked, where it lives and with what key: the one place that reads the environment."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from summariser.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CUSTOM",
    "EMBEDDED_MODEL",
    "EMBEDDED_URL",
    "KEY_SHAPED",
    "SECONDS_HEADER",
    "Endpoint",
    "Limits",
    "endpoint",
    "masked",
    "providers",
    "usable_key",
]

EMBEDDED_MODEL = "qwen2.5-coder-1.5b"
"""The embedded model that is used when nothing else is named."""
EMBEDDED_URL = "http://embedded/v1"
"""Stands for the model inside the process; it is never resolved."""

CUSTOM = "custom"
"""The provider of a model that is named by its address alone."""

SECONDS_HEADER = "x-summariser-seconds"
"""Header of a response that is on disk: how long it took when it was recorded. Set by the store, read by the backend."""

KEY_SHAPED = re.compile(
    r"""
      \bsk-(?=[\w*-]*\d)[\w*-]{16,}                          # OpenAI, Anthropic, DeepSeek, OpenRouter
    | \b(?:gsk|hf|fw|tgp|r8|gh[oprsu]|github_pat|sk_live|rk_live)_[\w*]{16,}
    | \b(?:xai|pplx|csk|nvapi|glpat|xox[abprs])-[\w*-]{16,}
    | \bAIza[\w*-]{24,}                                      # Google
    | \bAKIA[0-9A-Z]{16}\b                                   # AWS
    | \beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}                  # JSON web token
    | \b(?:org|proj)[-_](?=[A-Za-z0-9]*\d)[A-Za-z0-9]{20,}  # OpenAI's organisations and projects
    | (?<=\bBearer\s)[A-Za-z0-9._~+/=-]{16,}
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----[^-]*(?:-----END[A-Z ]*-----)?
    """,
    re.VERBOSE,
)

_SENDABLE = re.compile(r"[ -~]*")
"""What a header of a request may hold."""

_SIZE = re.compile(r"(?<![\d.a-z])(\d+(?:\.\d+)?)b(?![a-z])")
"""Billions of parameters in a model's name: "qwen2.5:1.5b"."""
_SMALL = 4.0
"""Billions of parameters up to which a model is small."""

LimitField = Literal["max_tokens", "max_completion_tokens"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often an endpoint is asked.

    ``attempts`` is the number of requests for one answer, those answered with 429 not counted; ``timeout`` the seconds
    one request may take; ``patience`` the seconds one answer may spend waiting between requests; ``concurrency`` the
    number of requests under way at once for one document, and ``batch_concurrency`` for a job.
    """

    attempts: int = 5
    timeout: float = 120.0
    patience: float = 600.0
    concurrency: int = 4
    batch_concurrency: int = 64

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.concurrency < 1 or self.timeout <= 0 or self.patience < 0:
            raise ConfigurationError(
                f"limits must be at least one attempt, one request at once and some time, not {self!r}"
            )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model at an address. ``key`` never shows in a repr or a message."""

    provider: str
    model: str
    base_url: str
    key: str | None = field(default=None, repr=False)
    chosen_by: str = "it was named"
    """Why this one, in words that follow its name."""
    limits: Limits = field(default_factory=Limits)
    context: int = 128_000
    """Tokens of question and answer together."""
    max_output: int = 8_192
    """Tokens an answer may have."""
    limit_field: LimitField = "max_tokens"
    """What the endpoint calls the limit of the answer."""
    seed_field: str | None = "seed"
    """What the endpoint calls the seed; None where it takes none."""
    strict_schema: bool = False
    """Whether schemas must be sent in the strict dialect of OpenAI."""
    takes_schema: bool = False
    """Whether it is known beforehand that answers can be held to a JSON schema."""
    price_id: str | None = None
    """The provider's name in genai-prices; None where tokens have no list price."""

    @property
    def strategy(self) -> Literal["whole", "sentences"]:
        """How a model of this size is best asked: about the whole document, or one sentence at a time.

        Small models, asked about a whole document, repeat parties and invent deadlines.
        """
        sizes = [float(size) for size in _SIZE.findall(self.model.casefold())]
        if self.provider == "local":
            return "whole" if sizes and max(sizes) > _SMALL else "sentences"
        return "sentences" if sizes and max(sizes) <= _SMALL else "whole"

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The variables that a key for it is read from."""
        known = _PROVIDERS.get(self.provider, _UNNAMED)
        return _key_variables(self.provider, known, own_address=self.base_url != known.base_url)

    @property
    def name(self) -> str:
        """``provider/model``."""
        return f"{self.provider}/{self.model}"


@dataclass(frozen=True, slots=True)
class _Provider:
    base_url: str
    keys: tuple[str, ...] = ()
    default_model: str | None = None
    price_id: str | None = None
    context: int = 128_000
    max_output: int = 8_192
    limit_field: LimitField = "max_tokens"
    seed_field: str | None = "seed"
    strict_schema: bool = False
    takes_schema: bool = False


# Ollama cuts off what exceeds its context without a word, so the context named here is its default, not the model's.
_PROVIDERS: dict[str, _Provider] = {
    "openai": _Provider(
        "https://api.openai.com/v1",
        keys=("OPENAI_API_KEY",),
        default_model="gpt-4.1-mini",
        price_id="openai",
        max_output=16_384,
        limit_field="max_completion_tokens",
        strict_schema=True,
        takes_schema=True,
    ),
    "mistral": _Provider(
        "https://api.mistral.ai/v1",
        keys=("MISTRAL_API_KEY",),
        default_model="mistral-small-latest",
        price_id="mistral",
        seed_field="random_seed",
        takes_schema=True,
    ),
    "gemini": _Provider(
        "https://generativelanguage.googleapis.com/v1beta/openai",
        keys=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        default_model="gemini-2.5-flash",
        price_id="google",
        context=1_000_000,
        max_output=32_768,
        takes_schema=True,
    ),
    "groq": _Provider(
        "https://api.groq.com/openai/v1",
        keys=("GROQ_API_KEY",),
        default_model="openai/gpt-oss-20b",
        price_id="groq",
    ),
    "deepseek": _Provider(
        "https://api.deepseek.com/v1",
        keys=("DEEPSEEK_API_KEY",),
        default_model="deepseek-chat",
        price_id="deepseek",
    ),
    "openrouter": _Provider(
        "https://openrouter.ai/api/v1",
        keys=("OPENROUTER_API_KEY",),
        price_id="openrouter",
        strict_schema=True,
    ),
    "together": _Provider("https://api.together.xyz/v1", keys=("TOGETHER_API_KEY",), price_id="together"),
    "fireworks": _Provider("https://api.fireworks.ai/inference/v1", keys=("FIREWORKS_API_KEY",), price_id="fireworks"),
    "xai": _Provider("https://api.x.ai/v1", keys=("XAI_API_KEY",), price_id="x-ai", takes_schema=True),
    "perplexity": _Provider("https://api.perplexity.ai", keys=("PERPLEXITY_API_KEY",), price_id="perplexity"),
    "ollama": _Provider("http://localhost:11434/v1", context=8_192, max_output=4_096),
    "lmstudio": _Provider("http://localhost:1234/v1", context=32_768),
    "vllm": _Provider("http://localhost:8000/v1", context=32_768),
    "llamacpp": _Provider("http://localhost:8080/v1", context=32_768, takes_schema=True),
    "local": _Provider(EMBEDDED_URL, default_model=EMBEDDED_MODEL, context=16_384, max_output=4_096, takes_schema=True),
}
_UNNAMED = _Provider("", context=32_768)

_HOSTED_TIMEOUT, _OWN_TIMEOUT = 120.0, 600.0
"""Seconds; a model on this machine may compute for minutes."""


def providers() -> tuple[str, ...]:
    """The names that can stand before the slash of a model's name."""
    return tuple(_PROVIDERS)


def endpoint(
    model: str | None = None,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    replaying: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Endpoint:
    """Find out which model to ask, where, and with what key.

    ``model`` is ``provider/model``. With ``base_url``, the address of any OpenAI-compatible server, it may be a bare
    name, and a prefix that is no provider's is part of the name; write ``custom/…`` before a name whose own prefix
    happens to be a provider's. Without a model: ``SUMMARISER_MODEL``, else the model of a provider whose key is in
    ``environ``, else the embedded one. When ``replaying`` recordings no key is needed.

    Raises:
        ConfigurationError: unknown provider, missing key, one that cannot be sent, missing model, or an address that is none.
    """
    url = None if base_url is None else _checked(base_url)
    named, why = _named(model, url, environ)
    provider, bare = _split(named, url)
    known = _PROVIDERS.get(provider, _UNNAMED)
    if provider == "local" and url is not None:
        raise ConfigurationError(
            f"{named!r} runs inside the process and has no address: leave out --base-url {url!r}, or name another model"
        )
    address = url or _address(provider, known, environ)
    key = usable_key(api_key or "", "api_key") or _key(provider, known, environ, own_address=address != known.base_url)
    if key is None and known.keys and address == known.base_url and not replaying:
        raise ConfigurationError(f"{named!r} needs a key: set {' or '.join(known.keys)}")
    own = provider == "local" or _is_loopback(address)
    return Endpoint(
        provider=provider,
        model=bare,
        base_url=address,
        key=key,
        chosen_by=why,
        # The embedded server has one slot: a queue before it would only lengthen the times it reports.
        limits=Limits(timeout=_OWN_TIMEOUT, concurrency=1, batch_concurrency=1)
        if provider == "local"
        else Limits(timeout=_OWN_TIMEOUT, batch_concurrency=16)
        if own
        else Limits(timeout=_HOSTED_TIMEOUT),
        context=known.context,
        max_output=known.max_output,
        limit_field=known.limit_field,
        seed_field=known.seed_field,
        strict_schema=known.strict_schema and address == known.base_url,
        takes_schema=known.takes_schema,
        price_id=known.price_id,
    )


def usable_key(key: str, where: str) -> str:
    """A key without the white space around it, as files and pasting add; ``where`` says in a message where it stands.

    Raises:
        ConfigurationError: it cannot stand in the header of a request.
    """
    stripped = key.strip()
    if not _SENDABLE.fullmatch(stripped):
        # The key is not repeated, nor what is wrong in it.
        raise ConfigurationError(
            f"{where} holds no key: a line break, a typographic quote or another character that no key has stands in it; copy "
            "the key once more, without quotes"
        )
    return stripped


def masked(text: str) -> str:
    """The text with everything replaced that has the shape of a key, a token or an organisation's id."""
    return KEY_SHAPED.sub("[redacted]", text)


def _named(model: str | None, url: str | None, environ: Mapping[str, str]) -> tuple[str, str]:
    """The model's full name and why it was chosen."""
    if model:
        return model, "it was named"
    if asked := environ.get("SUMMARISER_MODEL"):
        return asked, "SUMMARISER_MODEL names it"
    if url is not None:
        raise ConfigurationError(f"no model named for {url}: add --model with a name that the server knows")
    with_keys = _keys_set(environ)
    for name, variable in with_keys:
        known = _PROVIDERS[name]
        # A default model is one of the provider's own; at another address it may not exist.
        if known.default_model and _address(name, known, environ) == known.base_url:
            return f"{name}/{known.default_model}", f"{variable} is set"
    if with_keys:
        name, variable = with_keys[0]
        raise ConfigurationError(
            f"{variable} is set, and there is no default model to use with it: add --model {name}/… with a model's name"
        )
    return f"local/{EMBEDDED_MODEL}", "no model is named and no provider's key is set"


def _keys_set(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (name, variable)
        for name, provider in _PROVIDERS.items()
        for variable in provider.keys
        if environ.get(variable, "").strip()
    ]


def _split(named: str, url: str | None) -> tuple[str, str]:
    """Provider and the model's name there."""
    prefix, slash, rest = named.partition("/")
    if prefix in _PROVIDERS or (prefix == CUSTOM and url is not None):
        bare = rest or (_PROVIDERS[prefix].default_model if prefix in _PROVIDERS and url is None else None)
        if not bare:
            raise ConfigurationError(f"model {named!r} names a provider and no model: write {prefix}/… with its name")
        return prefix, bare
    if url is not None:
        return CUSTOM, named
    if not slash:
        raise ConfigurationError(
            f"model {named!r} does not say where it runs: write provider/{named} ({', '.join(_PROVIDERS)}), "
            "or add --base-url with the address of its server"
        )
    near = difflib.get_close_matches(prefix, _PROVIDERS, n=1, cutoff=0.5)
    guess = f", did you mean {near[0]!r}?" if near else f"; known are {', '.join(_PROVIDERS)}."
    raise ConfigurationError(
        f"unknown provider {prefix!r} in model {named!r}{guess} For any other OpenAI-compatible server add --base-url"
    )


def _address(provider: str, known: _Provider, environ: Mapping[str, str]) -> str:
    if provider == "openai" and (url := environ.get("OPENAI_BASE_URL")):
        return _checked(url)
    if provider == "ollama" and (host := environ.get("OLLAMA_HOST", "").strip()):
        return _ollama(host)
    return known.base_url


def _ollama(host: str) -> str:
    """OLLAMA_HOST is a host, a port, both, or an address; a server's 0.0.0.0 is this machine."""
    has_scheme = "://" in host
    parts = urlsplit(host if has_scheme else f"http://{host}")
    try:
        port = parts.port or (None if has_scheme else 11434)
    except ValueError:
        raise ConfigurationError(f"OLLAMA_HOST is {host!r}: expected host:port or http://host:port") from None
    name = parts.hostname or "localhost"
    name = "localhost" if name in ("0.0.0.0", "::") else f"[{name}]" if ":" in name else name  # noqa: S104 -- replaced
    return f"{parts.scheme}://{name}{'' if port is None else f':{port}'}/v1"


def _key(provider: str, known: _Provider, environ: Mapping[str, str], *, own_address: bool) -> str | None:
    variables = _key_variables(provider, known, own_address=own_address)
    return next((key for name in variables if (key := usable_key(environ.get(name, ""), name))), None)


def _key_variables(provider: str, known: _Provider, *, own_address: bool) -> tuple[str, ...]:
    return (
        *(("SUMMARISER_API_KEY",) if own_address else ()),
        *known.keys,
        *(("OPENAI_API_KEY",) if provider == CUSTOM else ()),
    )


def _checked(url: str) -> str:
    """An address without a trailing slash or the path of the chat completions."""
    parts = urlsplit(url.strip())
    if parts.username or parts.password or parts.query:
        raise ConfigurationError(
            f"the address of {parts.hostname!r} holds credentials or a query: give the address alone, and the key in "
            "SUMMARISER_API_KEY"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname:
        shown = url.rpartition("@")[2]  # what stands before an @ may be a password
        raise ConfigurationError(f"not an address: {shown!r}; expected one like 'http://localhost:8000/v1'")
    return parts.geturl().rstrip("/").removesuffix("/chat/completions")


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
