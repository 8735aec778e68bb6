"""Every error this package raises on purpose.

    SummariserError
    ├── InputError                 a document or an argument cannot be used
    ├── ConfigurationError         unknown provider, missing key, missing extra, bad option
    │   └── DeclarationError       a class that cannot be a brief, or a worked example that does not hold
    ├── TemplateError              a prompt file is missing, broken or lacks a variable
    ├── WeightsError               the embedded model's file cannot be had or is not the right one
    ├── StoreError                 a folder of recordings cannot be read or written
    │   └── ReplayMissError        nothing recorded for this request
    ├── JobError                   a batch job cannot go on; what it has is kept
    │   ├── JobLockedError         another process is working on it
    │   ├── BudgetError            the next request could cost more than is left
    │   ├── OutageError            nothing but failures for too long
    │   └── JobStoppedError        it was told to stop before this request was sent
    └── BackendError               a request to a model failed        retry
        ├── RateLimitError         429, with a wait                   transport
        ├── OverloadedError        5xx                                transport
        ├── NetworkError           no connection, or it broke         transport
        ├── TimeoutAmbiguousError  sent, and no answer in time        transport
        ├── AuthenticationError    wrong or missing key               never
        │   └── ForbiddenError     a known key that may not do this   never
        ├── QuotaError             empty account                      never
        ├── UnknownModelError      no such model or address           never
        ├── BadRequestError        the endpoint refuses the request   never
        ├── ContextLengthError     longer than the model's context    window
        └── AnswerError            answered, and not usable
            ├── TruncatedError     cut off at the token limit         window
            ├── RefusalError       the model declined                 dialogue
            ├── ContentFilterError the provider filtered it           dialogue
            ├── ParseError         not JSON                           dialogue
            ├── SchemaError        JSON of another shape              dialogue
            └── GroundingError     nothing of it holds in the text    dialogue

``retry`` names the one owner of trying again: ``transport`` (the backend waits and sends the same request),
``dialogue`` (asks again, saying why), ``window`` (asks about a smaller part of the document), ``never``.
"""

from __future__ import annotations

from typing import ClassVar, Literal

__all__ = [
    "AnswerError",
    "AuthenticationError",
    "BackendError",
    "BadRequestError",
    "BudgetError",
    "ConfigurationError",
    "ContentFilterError",
    "ContextLengthError",
    "DeclarationError",
    "ForbiddenError",
    "GroundingError",
    "InputError",
    "JobError",
    "JobLockedError",
    "JobStoppedError",
    "NetworkError",
    "OutageError",
    "OverloadedError",
    "ParseError",
    "QuotaError",
    "RateLimitError",
    "RefusalError",
    "ReplayMissError",
    "SchemaError",
    "StoreError",
    "SummariserError",
    "TemplateError",
    "TimeoutAmbiguousError",
    "TruncatedError",
    "UnknownModelError",
    "WeightsError",
]

RetryOwner = Literal["transport", "dialogue", "window", "never"]


class SummariserError(Exception):
    """Root of the tree. ``str(error)`` is one line that says what was wrong and what to do next."""


class InputError(SummariserError):
    """A document or an argument cannot be used; the message names the file, and the line where there is one."""


class ConfigurationError(SummariserError):
    """Unknown provider, missing key, missing extra or an option that makes no sense."""


class DeclarationError(ConfigurationError):
    """A class that cannot be a brief, or a worked example that does not hold in its own text; the message says why."""


class TemplateError(SummariserError):
    """A prompt file is missing, does not parse, or uses a variable that was not given."""


class WeightsError(SummariserError):
    """The embedded model's file cannot be fetched, found or verified."""


class StoreError(SummariserError):
    """A folder of recordings cannot be read or written; the message names the file."""


class ReplayMissError(StoreError):
    """Nothing is recorded for this request; the message names the nearest recording and the fields that differ."""


class JobError(SummariserError):
    """A batch job cannot go on. All it has is kept, and the same command goes on from there."""


class JobLockedError(JobError):
    """Another process is working on the job."""


class BudgetError(JobError):
    """The next request could cost more than is left of the budget."""


class OutageError(JobError):
    """Document after document failed in the same way, without one answer in between."""


class JobStoppedError(JobError):
    """The job was told to stop before this request was sent."""


class BackendError(SummariserError):
    """A request to a model failed. ``status`` is the HTTP status where there was one, ``request_id`` the provider's."""

    retry: ClassVar[RetryOwner] = "never"

    def __init__(self, message: str, *, status: int | None = None, request_id: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id


class RateLimitError(BackendError):
    """Too many requests or tokens a minute. ``retry_after`` is the provider's wait in seconds, if it named one."""

    retry = "transport"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.retry_after = retry_after


class OverloadedError(BackendError):
    """The endpoint answered 5xx. ``retry_after`` as in `RateLimitError`."""

    retry = "transport"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.retry_after = retry_after


class NetworkError(BackendError):
    """No connection could be made, or it broke before the answer was complete."""

    retry = "transport"


class TimeoutAmbiguousError(BackendError):
    """The request was sent and no answer came in time: it may have been paid for."""

    retry = "transport"


class AuthenticationError(BackendError):
    """The key is missing, wrong or not allowed to use the model."""


class ForbiddenError(AuthenticationError):
    """403: the key may not do this, or something on the way to the model takes offence at this one request."""


class QuotaError(BackendError):
    """The account is empty or its hard limit is reached."""


class UnknownModelError(BackendError):
    """The endpoint does not know the model, or the address is not that of a model server."""


class BadRequestError(BackendError):
    """The endpoint refuses the request as it is: a parameter or a schema it does not take."""


class ContextLengthError(BackendError):
    """The request is longer than the model's context."""

    retry = "window"


class AnswerError(BackendError):
    """The model answered, and the answer cannot be used. ``text`` is the answer; the tokens were paid for."""

    retry: ClassVar[RetryOwner] = "dialogue"

    def __init__(
        self,
        message: str,
        *,
        text: str = "",
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        cached_tokens: int | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.text = text
        self.input_tokens = input_tokens
        self.output_tokens = output_tokens
        self.cached_tokens = cached_tokens


class TruncatedError(AnswerError):
    """The answer was cut off at the token limit."""

    retry = "window"


class RefusalError(AnswerError):
    """The model declined to answer."""


class ContentFilterError(AnswerError):
    """The provider's filter withheld the answer."""


class ParseError(AnswerError):
    """The answer is not JSON."""


class SchemaError(AnswerError):
    """The answer is JSON of another shape than the one asked for."""


class GroundingError(AnswerError):
    """Nothing in the answer holds in the document."""


OF_THE_JOB = (
    AuthenticationError,
    ConfigurationError,
    JobError,
    QuotaError,
    StoreError,
    TemplateError,
    UnknownModelError,
    WeightsError,
)
"""What the next document would run into as well. A `ReplayMissError`, though a `StoreError`, concerns one document, and so may
a `ForbiddenError` once others were answered."""
