"""What a service answers when it does not do what was asked, in the one family of errors.

LedgerError
├── ProblemError         the service refused and said why (RFC 9457); the same request would
│                        be refused again unless `retry` is set
├── UnavailableError     it could not be reached, or kept asking for patience, until the
│                        attempts were used up; nothing is known about what it stored
├── VerificationError    it answered, and the answer is a lie
└── MalformedError       it answered something that is no answer of a MealTrace service, or what
                         was to be sent can be no evidence
"""

from collections.abc import Mapping, Sequence
from typing import Final

from ledger.canonical import JsonValue
from ledger.errors import Fault, LedgerError, MalformedError, RefusedError

URN: Final = "urn:mealtrace:problem:"


class ProblemError(LedgerError):
    """A refusal as the service put it.

    Attributes:
        code: the problem's code in API.md (`schema`, `id-conflict`, …); `unknown` where the answer
            was no problem document, a proxy's page for instance.
        status: HTTP status.
        title: one phrase, the same for every problem of the code.
        detail: the reasons as one text.
        request_id: what the operator finds the request by, or None.
        retry: whether the same request, with the same id, may succeed later.
        faults: what is wrong, in English and Chinese, each with a pointer into the request.
    """

    def __init__(
        self,
        code: str,
        status: int,
        *,
        title: str = "",
        detail: str = "",
        request_id: str | None = None,
        retry: bool = False,
        faults: Sequence[Fault] = (),
    ) -> None:
        self.code = code
        self.status = status
        self.title = title
        self.detail = detail
        self.request_id = request_id
        self.retry = retry
        self.faults = tuple(faults)
        super().__init__(f"{status} {code}: {detail or title or 'no reason given'}")


def problem(value: JsonValue, status: int) -> ProblemError:
    """The error a problem document tells of; whatever it lacks is left empty.

    A client must be able to say something about any refusal, so this reads leniently.
    """
    document: Mapping[str, JsonValue] = value if isinstance(value, dict) else {}
    kind = _text(document, "type")
    errors = document.get("errors")
    return ProblemError(
        kind.removeprefix(URN) if kind.startswith(URN) else "unknown",
        status,
        title=_text(document, "title"),
        detail=_text(document, "detail"),
        request_id=_text(document, "request_id") or None,
        retry=document.get("retry") is True,
        faults=[_fault(item) for item in errors if isinstance(item, dict)]
        if isinstance(errors, list)
        else (),
    )


def _fault(item: Mapping[str, JsonValue]) -> Fault:
    return Fault(
        _text(item, "pointer"),
        _text(item, "code"),
        _text(item, "message_en"),
        _text(item, "message_zh"),
        _text(item, "record") or None,
    )


def _text(document: Mapping[str, JsonValue], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def as_problem(error: ProblemError | RefusedError | MalformedError) -> ProblemError:
    """The problem of a record that was refused before it was sent, as the service would put it."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, RefusedError):
        return ProblemError(error.code, 422, detail=str(error), faults=error.faults)
    return ProblemError("malformed", 400, detail=str(error))
