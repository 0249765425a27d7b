"""Warnings as people read them (预警信息): one sentence in Chinese and in English, and how grave it is.

    type and payload of a record  →  `Message`, or None where there is nothing to warn of

A message leaves the ledger and is read on telephones and in groups. So it says what happened, where
and until when, and names nobody: no person, no pseudonym of one, no account, no sole trader, and no
text that somebody wrote, but the name of goods that are recalled. Who may know more follows its link.

Pure: the same record gives the same message. A record of which a field is erased that its sentence
needs is not told any more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.evidence.names import TYPES_ZH
from ledger.oversight.messages import events, findings, responses, standing
from ledger.oversight.messages.told import Severity, Told
from ledger.oversight.messages.words import Words, code

__all__ = ["KINDS", "SEVERITIES", "Message", "Severity", "Words", "at_least", "greeting", "of"]

SEVERITIES: Final[tuple[Severity, ...]] = ("minor", "major", "critical")
"""From what is put right to what several offices deal with (一般、较大、重大)."""

_TELLERS: Final[Mapping[str, Callable[[Mapping[str, Any], Words], Told | None]]] = {
    **findings.TELLERS,
    **responses.TELLERS,
    **events.TELLERS,
    **standing.TELLERS,
}

KINDS: Final = tuple(_TELLERS)
"""The record types of which there may be something to warn of."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told of one record.

    Attributes:
        type: its record type; `hello` is the greeting of a new subscription.
        severity: how grave it is.
        code: the coded value that says what it is about, None where the type has none.
        zh: the sentence in Chinese.
        en: the sentence in English.
    """

    type: str
    severity: Severity
    code: str | None
    zh: str
    en: str

    @property
    def title_zh(self) -> str:
        """How grave, and what kind: 【较大】证据缺失."""
        return f"【{code('severity', self.severity).zh}】{TYPES_ZH.get(self.type, '食迹预警')}"

    @property
    def title_en(self) -> str:
        """The same in English."""
        return f"[{self.severity}] {self.type.replace('-', ' ')}"


def of(kind: str, payload: Mapping[str, Any], words: Words) -> Message | None:
    """The message of a record; None where it warns of nothing, or is erased.

    Args:
        kind: its type, any.
        payload: the fields that are left of it.
        words: names of parties, and the log's zone.
    """
    teller = _TELLERS.get(kind)
    if teller is None:
        return None
    try:
        told = teller(payload, words)
    except KeyError:
        return None  # a field that the sentence needs was erased
    if told is None:
        return None
    return Message(kind, told.severity, told.code, told.zh, told.en[:1].upper() + told.en[1:])


def greeting(name: str) -> Message:
    """What a new subscription is sent first, so that it shows at once whether it works."""
    return Message(
        "hello",
        "minor",
        None,
        f"已接入食迹预警（{name}），此后的预警将发送到这里。",
        f"Warnings of MealTrace ({name}) will arrive here from now on.",
    )


def at_least(severity: Severity, least: Severity) -> bool:
    """Whether something is as grave as that, or graver."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)
