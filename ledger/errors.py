"""The one family of errors, raised by every folder and mapped to HTTP by `api/errors.py` alone.

    LedgerError
    ├── MalformedError       bytes or values that are not the format
    ├── VerificationError    well formed, but a proof, signature or hash does not hold
    ├── RefusedError         evidence that may not be posted, with the faults found
    ├── NotFoundError        nothing there under that name
    ├── ConflictError        something else is there already
    └── UnavailableError     a component does not answer; the same call may succeed later

Errors know no HTTP and no locale; a `Fault` carries its sentence in English and Chinese.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class LedgerError(Exception):
    """The root: whoever catches it has caught everything this project raises on purpose."""


class MalformedError(LedgerError):
    """Input that is not what its format demands; the message names the first fault found."""


class VerificationError(LedgerError):
    """A check that was made and did not hold.

    Attributes:
        expected: what the check wanted, as text (hex for hashes), or None.
        found: what was computed or read instead, or None.
    """

    def __init__(
        self, message: str, *, expected: str | None = None, found: str | None = None
    ) -> None:
        """`expected` and `found` are appended to the message where given."""
        self.expected = expected
        self.found = found
        said = {"expected": expected, "found": found}
        detail = ", ".join(f"{name} {text}" for name, text in said.items() if text is not None)
        if detail:
            message = f"{message}: {detail}"
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request.

    Attributes:
        pointer: RFC 6901 JSON pointer into the request, "" for the whole.
        code: short machine name, `missing`, `not-an-integer`, ….
        message_en: one sentence that says what to do.
        message_zh: the same in Chinese.
        record: id of the record that causes it, if one does.
    """

    pointer: str
    code: str
    message_en: str
    message_zh: str
    record: str | None = None


class RefusedError(LedgerError):
    """Evidence that is not taken; nothing of it is stored.

    Attributes:
        code: the problem code of API.md: schema, signature, missing-blob, missing-link,
            forbidden-type, not-your-subject, wall, id-conflict, duplicate-document, rule-blocked,
            erased.
        faults: what is wrong, at least one.
    """

    def __init__(self, code: str, faults: Sequence[Fault]) -> None:
        """`faults` must not be empty."""
        if not faults:
            raise ValueError("a refusal names at least one fault")
        self.code = code
        self.faults = tuple(faults)
        super().__init__(f"{code}: " + "; ".join(f.message_en for f in self.faults))


class NotFoundError(LedgerError):
    """Nothing is stored under the name asked for, or the caller may not know of it."""


class ConflictError(LedgerError):
    """The state has moved on, or already holds something else."""


class UnavailableError(LedgerError):
    """A component (database, blob store, chain) does not answer.

    Attributes:
        retry_after_s: when to try again, in seconds.
        told: what anybody may be told: the message without its reason.
    """

    def __init__(self, message: str, *, reason: str = "", retry_after_s: int = 5) -> None:
        """What does not answer.

        Args:
            message: for everybody.
            reason: for the operator, after the message: it may name addresses and accounts.
            retry_after_s: advice to the caller, at least 1.
        """
        self.retry_after_s = retry_after_s
        self.told = message
        super().__init__(f"{message}: {reason}" if reason else message)
