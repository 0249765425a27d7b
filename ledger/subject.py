"""Subjects: what an entry is about, `kind:value` (FORMATS §1)."""

import re

from ledger.errors import MalformedError

SUBJECT = re.compile(r"[a-z][a-z0-9-]{1,31}:[A-Za-z0-9._~-]{1,128}", re.ASCII)
"""The pattern of a subject, a party among them; to be matched whole."""


def check(text: object, what: str = "subject") -> str:
    """The text, if it is a subject.

    Raises:
        MalformedError: anything else; `what` names the member in the message.
    """
    if type(text) is not str or not SUBJECT.fullmatch(text):
        raise MalformedError(f"{what} is not kind:value: {text!r:.80}")
    return text


def kind(subject: str) -> str:
    """What stands before the colon."""
    return subject.partition(":")[0]
