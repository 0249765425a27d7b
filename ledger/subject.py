"""Subjects: what an entry is about, `kind:value` (FORMATS §1)."""

import re
from functools import lru_cache

from ledger.errors import MalformedError

SUBJECT = re.compile(r"[a-z][a-z0-9-]{1,31}:[A-Za-z0-9._~-]{1,128}", re.ASCII)
"""The pattern of a subject, a party among them; to be matched whole."""


def check(text: object, what: str = "subject") -> str:
    """The text, if it is a subject.

    Raises:
        MalformedError: anything else; `what` names the member in the message.
    """
    if type(text) is not str or not _is_subject(text):
        raise MalformedError(f"{what} is not kind:value: {text!r:.80}")
    return text


@lru_cache(maxsize=16_384)
def _is_subject(text: str) -> bool:
    """Whether the pattern matches: a log names the same schools and devices again and again."""
    return SUBJECT.fullmatch(text) is not None


def kind(subject: str) -> str:
    """What stands before the colon."""
    return subject.partition(":")[0]
