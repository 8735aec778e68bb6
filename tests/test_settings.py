"""Which model is asked, where, and with what key."""

from __future__ import annotations

import pytest

from summariser.errors import ConfigurationError
from summariser.settings import EMBEDDED_URL, Limits, endpoint, masked, providers

KEY = "sk-proj-1234567890abcdefghij"


@pytest.mark.parametrize(
    ("model", "environ", "name", "base_url"),
    [
        ("openai/gpt-x", {"OPENAI_API_KEY": KEY}, "openai/gpt-x", "https://api.openai.com/v1"),
        ("openai", {"OPENAI_API_KEY": KEY}, "openai/gpt-4.1-mini", "https://api.openai.com/v1"),
        ("openai/m", {"OPENAI_BASE_URL": "http://gate:9/v1/"}, "openai/m", "http://gate:9/v1"),
        ("groq/openai/gpt-oss-20b", {"GROQ_API_KEY": KEY}, "groq/openai/gpt-oss-20b", "https://api.groq.com/openai/v1"),
        ("gemini/g", {"GOOGLE_API_KEY": KEY}, "gemini/g", "https://generativelanguage.googleapis.com/v1beta/openai"),
        ("ollama/llama3", {}, "ollama/llama3", "http://localhost:11434/v1"),
        ("ollama/llama3", {"OLLAMA_HOST": "box"}, "ollama/llama3", "http://box:11434/v1"),
        ("ollama/llama3", {"OLLAMA_HOST": "0.0.0.0:99"}, "ollama/llama3", "http://localhost:99/v1"),
        ("ollama/llama3", {"OLLAMA_HOST": "https://box/"}, "ollama/llama3", "https://box/v1"),
        ("ollama/llama3", {"OLLAMA_HOST": "[::1]:99"}, "ollama/llama3", "http://[::1]:99/v1"),
        ("local/some.gguf", {}, "local/some.gguf", EMBEDDED_URL),
        ("local", {}, "local/qwen2.5-coder-1.5b", EMBEDDED_URL),
    ],
)
def test_a_name_leads_to_a_model_and_an_address(model: str, environ: dict[str, str], name: str, base_url: str) -> None:
    """``provider/model`` is looked up in the table, with what the environment says about addresses."""
    found = endpoint(model, environ=environ)
    assert (found.name, found.base_url) == (name, base_url)


@pytest.mark.parametrize(
    ("model", "name", "model_there"),
    [
        ("qwen2.5-7b", "custom/qwen2.5-7b", "qwen2.5-7b"),
        ("Qwen/Qwen2.5-7B", "custom/Qwen/Qwen2.5-7B", "Qwen/Qwen2.5-7B"),
        ("vllm/Qwen/Qwen2.5-7B", "vllm/Qwen/Qwen2.5-7B", "Qwen/Qwen2.5-7B"),
        ("custom/openai/gpt-oss-20b", "custom/openai/gpt-oss-20b", "openai/gpt-oss-20b"),
    ],
)
def test_with_an_address_any_name_will_do(model: str, name: str, model_there: str) -> None:
    """A prefix that is no provider's belongs to the model's name."""
    found = endpoint(model, base_url="http://h:8000/v1", environ={})
    assert (found.name, found.model, found.base_url) == (name, model_there, "http://h:8000/v1")


@pytest.mark.parametrize(
    ("environ", "name", "why"),
    [
        ({}, "local/qwen2.5-coder-1.5b", "no provider's key"),
        ({"MISTRAL_API_KEY": KEY}, "mistral/mistral-small-latest", "MISTRAL_API_KEY is set"),
        ({"XAI_API_KEY": KEY, "DEEPSEEK_API_KEY": KEY}, "deepseek/deepseek-chat", "DEEPSEEK_API_KEY is set"),
        ({"OPENAI_API_KEY": KEY, "SUMMARISER_MODEL": "ollama/m"}, "ollama/m", "SUMMARISER_MODEL"),
        ({"OPENAI_API_KEY": ""}, "local/qwen2.5-coder-1.5b", "no provider's key"),
    ],
)
def test_without_a_model_the_environment_decides_and_it_says_so(environ: dict[str, str], name: str, why: str) -> None:
    """The model of a provider with a key is taken, else the embedded one, and the reason is kept."""
    found = endpoint(environ=environ)
    assert found.name == name
    assert why in found.chosen_by


@pytest.mark.parametrize(
    ("model", "base_url", "environ", "words"),
    [
        ("opnai/gpt-x", None, {}, ["unknown provider 'opnai'", "did you mean 'openai'", "--base-url"]),
        ("zzz/gpt-x", None, {}, ["unknown provider 'zzz'", "openrouter", "--base-url"]),
        ("gpt-x", None, {}, ["'gpt-x'", "provider/gpt-x", "--base-url"]),
        ("xai/", None, {"XAI_API_KEY": KEY}, ["'xai/'", "no model"]),
        ("custom/m", None, {}, ["unknown provider 'custom'"]),
        ("openai/m", None, {}, ["OPENAI_API_KEY"]),
        ("gemini/m", None, {}, ["GEMINI_API_KEY or GOOGLE_API_KEY"]),
        (None, "http://h/v1", {}, ["--model", "http://h/v1"]),
        (None, None, {"XAI_API_KEY": KEY}, ["XAI_API_KEY", "--model xai/"]),
        (None, None, {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://h/v1"}, ["--model openai/"]),
        ("m", "localhost:8000", {}, ["not an address", "'localhost:8000'", "http://"]),
        ("m", "ftp://h/v1", {}, ["not an address"]),
        ("m", f"http://user:{KEY}@h/v1", {}, ["SUMMARISER_API_KEY"]),
        ("m", f"user:{KEY}@h/v1", {}, ["not an address"]),
        ("m", f"http://h/v1?key={KEY}", {}, ["SUMMARISER_API_KEY"]),
        ("local/m", "http://h/v1", {}, ["--base-url"]),
        ("ollama/m", None, {"OLLAMA_HOST": "h:port"}, ["OLLAMA_HOST", "'h:port'"]),
    ],
)
def test_what_makes_no_sense_is_said_with_what_to_do(
    model: str | None, base_url: str | None, environ: dict[str, str], words: list[str]
) -> None:
    """Each mistake is one line that names the value and the way out, and never a key."""
    with pytest.raises(ConfigurationError) as caught:
        endpoint(model, base_url=base_url, environ=environ)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message
    assert KEY not in message


@pytest.mark.parametrize(
    ("model", "base_url", "environ", "key"),
    [
        ("openai/m", None, {"OPENAI_API_KEY": "a"}, "a"),
        ("openai/m", None, {"OPENAI_API_KEY": "a", "SUMMARISER_API_KEY": "b"}, "a"),
        ("m", "http://h/v1", {"OPENAI_API_KEY": "a", "SUMMARISER_API_KEY": "b"}, "b"),
        ("m", "http://h/v1", {"OPENAI_API_KEY": "a"}, "a"),
        ("m", "http://h/v1", {"MISTRAL_API_KEY": "a"}, None),
        ("mistral/m", "http://h/v1", {"OPENAI_API_KEY": "a", "MISTRAL_API_KEY": "c"}, "c"),
        ("ollama/m", None, {"OPENAI_API_KEY": "a"}, None),
        ("local/m", None, {"OPENAI_API_KEY": "a"}, None),
    ],
)
def test_a_key_goes_only_where_it_belongs(
    model: str, base_url: str | None, environ: dict[str, str], key: str | None
) -> None:
    """Providers get their own key; an address of the user's own gets SUMMARISER_API_KEY before any other."""
    assert endpoint(model, base_url=base_url, environ=environ).key == key


def test_a_named_key_wins() -> None:
    """What is passed in comes before the environment."""
    assert endpoint("openai/m", api_key="x", environ={"OPENAI_API_KEY": "a"}).key == "x"


def test_white_space_around_a_key_is_no_part_of_it() -> None:
    """A key read from a file ends in a line break; where there is nothing else, there is no key."""
    assert endpoint("openai/m", api_key="x\n", environ={}).key == "x"
    assert endpoint("gemini/m", environ={"GEMINI_API_KEY": " \n", "GOOGLE_API_KEY": "\tb\r\n"}).key == "b"
    assert endpoint(environ={"OPENAI_API_KEY": "\n"}).provider == "local"


@pytest.mark.parametrize("key", [f"“{KEY}”", f"{KEY}\nx", f"{KEY}\ud800", f"{KEY}é"])
def test_what_no_request_can_carry_is_no_key(key: str) -> None:
    """It is refused before anything is asked, with the name of its variable and without the key."""
    for given, environ, named in ((None, {"OPENAI_API_KEY": key}, "OPENAI_API_KEY"), (key, {}, "api_key")):
        with pytest.raises(ConfigurationError, match=f"^{named} holds no key: ") as caught:
            endpoint("openai/m", api_key=given, environ=environ)
        assert KEY not in str(caught.value)


def test_the_key_is_in_no_repr() -> None:
    """An endpoint can be logged."""
    found = endpoint("openai/m", environ={"OPENAI_API_KEY": KEY})
    assert found.key == KEY
    assert KEY not in repr(found)


def test_a_replay_needs_no_key() -> None:
    """Recordings can be played by somebody who has no account."""
    assert endpoint("openai/m", replaying=True, environ={}).key is None


@pytest.mark.parametrize(
    ("model", "base_url", "timeout"),
    [("openai/m", None, 120), ("local", None, 600), ("m", "http://127.0.0.1:1/v1", 600), ("m", "http://h/v1", 120)],
)
def test_models_on_this_machine_get_more_time(model: str, base_url: str | None, timeout: int) -> None:
    """A model that computes here may take minutes; a hosted one that does has failed."""
    found = endpoint(model, base_url=base_url, environ={"OPENAI_API_KEY": "a"})
    assert found.limits.timeout == timeout


@pytest.mark.parametrize("limits", [{"attempts": 0}, {"timeout": 0}, {"concurrency": 0}, {"patience": -1}])
def test_limits_that_allow_nothing_are_refused(limits: dict[str, int]) -> None:
    """At least one attempt, one request at a time, and some time."""
    with pytest.raises(ConfigurationError):
        Limits(**limits)


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "sk-ant-api03-abcdef0123456789abcdef",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv",
        "gsk_abcdefghij0123456789",
        "hf_abcdefghij0123456789",
        "xai-abcdefghij0123456789",
        "org-abcdefghij0123456789ABCD",
        "sk-proj-ab************wxY2",
    ],
)
def test_key_shaped_text_is_masked(key: str) -> None:
    """Keys of the usual providers are recognised within a sentence."""
    assert masked(f"Incorrect key: {key}, see") == "Incorrect key: [redacted], see"


@pytest.mark.parametrize(
    "text", ["a task-oriented-well-documented-plan2", "the xai-based model", "Bearer of good news", "sk-learn"]
)
def test_prose_is_not_masked(text: str) -> None:
    """Words that begin like a key stay."""
    assert masked(text) == text


def test_every_provider_has_an_address() -> None:
    """Each name in the table leads somewhere."""
    assert {"openai", "ollama", "local", "gemini", "openrouter"} <= set(providers())
    for name in providers():
        assert endpoint(f"{name}/m", replaying=True, environ={}).base_url.startswith("http")
