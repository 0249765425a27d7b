"""What one teller says of one record."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["minor", "major", "critical"]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence and how grave it is; `code` is what it is about, for programs."""

    severity: Severity
    code: str | None
    zh: str
    en: str
