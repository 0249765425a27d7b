"""What the core asks of its shell, and when it asks again.

The core does no I/O. It is written as *flows*: generators that yield a step (send this request,
wait so long, do this piece of blocking work) and are sent the outcome, until they return a value or
raise. A shell drives a flow and knows nothing else, so the synchronous and the asynchronous client
cannot come to behave differently, and every rule here is tested without a clock.

Only what may succeed later is tried again (API.md, Rules): a network that failed, 429, 503 and the
other 5xx. Every request of this client may be sent twice: a record bears its own id.
"""

import json
import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, TypeAlias, TypeVar

from devices.client.errors import ProblemError, problem
from ledger import strict_json
from ledger.canonical import JsonValue
from ledger.errors import MalformedError, UnavailableError

T = TypeVar("T")

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class FileBody:
    """A request body that the shell reads from a file while it sends.

    Attributes:
        path: where the file lies.
        size: its bytes when it was hashed; a file of another size by now is not sent.
    """

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to the service.

    Attributes:
        method: `GET` or `POST`.
        path: with its query, beginning with `/`.
        headers: besides what every request bears.
        body: bytes, or a file to be streamed.
        largest_answer: bytes of body after which the shell stops reading and gives up.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | FileBody = b""
    largest_answer: int = 16 * MIB


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """Blocking work of the file system, to be kept off an event loop; answered by its result."""

    call: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: HTTP status.
        headers: names in lower case.
        body: decoded content.
        complete: whether the body ended as its framing says; else the connection broke off in it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came; whether the request arrived is not known."""

    reason: str


Step: TypeAlias = Request | Pause | Work
Flow: TypeAlias = Generator[Step, Any, T]
"""Yields steps; is sent `Answer | Lost` for a request, None for a pause, a result for work."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on asking.

    Attributes:
        attempts: requests in a row without any progress before giving up.
        first_s: upper end of the first wait, doubled for each further one.
        longest_s: no wait is longer; a service that asks for more is given up at once, and the
            error says when to come back.
        draw: uniform in [0, 1): spreads clients that failed together.
    """

    attempts: int = 6
    first_s: float = 0.25
    longest_s: float = 60.0
    draw: Callable[[], float] = random.SystemRandom().random

    def wait_s(self, failures: int, asked_s: float | None) -> float | None:
        """Seconds to wait after so many failures in a row (at least 1), or None to give up.

        Half of the exponential wait is random. What the service asked for (Retry-After) is the
        least, with up to half as much again on top: else all it turned away come back at once.
        """
        if failures >= self.attempts:
            return None
        ceiling = min(self.longest_s, self.first_s * (1 << min(failures - 1, 30)))
        if asked_s is None:
            return ceiling / 2 + self.draw() * ceiling / 2
        if asked_s > self.longest_s:
            return None
        return min(self.longest_s, asked_s + self.draw() * max(ceiling, asked_s) / 2)


def exchange(request: Request, patience: Patience) -> Flow[Answer]:
    """The answer to `request`: complete, with a 2xx status.

    Raises:
        ProblemError: the service refused.
        UnavailableError: nothing but failures worth another attempt, and no more attempts.
    """
    failures = 0
    while True:
        reply: Answer | Lost = yield request
        failure = failure_of(reply)
        if failure is None and isinstance(reply, Answer):
            return reply
        failures += 1
        yield from pause_or_give_up(reply, failure, failures, patience)


def failure_of(reply: Answer | Lost) -> str | None:
    """Why the request is worth sending again, or None for a complete answer with 2xx.

    Raises:
        ProblemError: a refusal that would only be repeated.
    """
    if isinstance(reply, Lost):
        return reply.reason
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS or reply.status >= 500:
        return str(refusal(reply))
    if not 200 <= reply.status < 300:
        raise refusal(reply)
    return None if reply.complete else "the connection broke off in the answer"


def pause_or_give_up(
    reply: Answer | Lost, failure: str | None, failures: int, patience: Patience
) -> Flow[None]:
    """Wait before the next attempt.

    Raises:
        UnavailableError: there is none.
    """
    asked_s = retry_after_s(reply) if isinstance(reply, Answer) else None
    wait_s = patience.wait_s(failures, asked_s)
    if wait_s is None:
        raise UnavailableError(
            f"given up after {failures} attempt{'s' if failures > 1 else ''}: {failure}",
            retry_after_s=max(1, round(asked_s if asked_s is not None else patience.longest_s)),
        )
    yield Pause(wait_s)


def refusal(answer: Answer) -> ProblemError:
    """The error of an answer that is no 2xx."""
    value: JsonValue = None
    if "json" in answer.headers.get("content-type", ""):
        try:
            value = strict_json.parse(answer.body)
        except MalformedError:
            value = None
    return problem(value, answer.status)


def retry_after_s(answer: Answer) -> float | None:
    """Seconds that the service asks to wait, or None (RFC 9110 §10.2.3).

    A date is held against the answer's own `Date`: this machine's clock may be wrong.
    """
    text = answer.headers.get("retry-after", "")
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        now = parsedate_to_datetime(answer.headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None


def object_of(answer: Answer) -> dict[str, JsonValue]:
    """The JSON object an answer holds.

    Raises:
        MalformedError: it holds none: whatever answered is no MealTrace service.
    """
    _require_json(answer)
    value = strict_json.parse(answer.body)
    if not isinstance(value, dict):
        raise MalformedError("the answer is not a JSON object")
    return value


def description_of(answer: Answer) -> dict[str, Any]:
    """As `object_of`, for what shows refused examples: they hold what evidence never does.

    Raises:
        MalformedError: it holds no JSON object.
    """
    _require_json(answer)
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the answer is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise MalformedError("the answer is not a JSON object")
    return value


def _require_json(answer: Answer) -> None:
    media_type = answer.headers.get("content-type", "none")
    if "json" not in media_type:
        raise MalformedError(
            f"the answer's media type is {media_type}, not JSON: is this a MealTrace service?"
        )
