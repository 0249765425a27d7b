"""How emulated scales that are asked answer: Yaohua's command mode, MT-SICS, Ohaus.

    bytes from the host  →  Dialogue.heard  →  what is owed  →  Dialogue.due  →  bytes to the host

A weight that is asked for at rest (`S`, `SP`) is owed until the scale is at rest.
"""

import re
from collections.abc import Callable
from typing import Final

from devices.scales import checks
from devices.scales.frame import Frame, Kind
from devices.scales.parser import Scanner
from devices.scales.yaohua_command import HANDSHAKE, QUERY, query

_LONGEST_QUESTION: Final = 64
_LINE: Final = re.compile(rb"([^\r\n]{1,32})\r\n")

Owed = Callable[[Frame], bytes | None]
"""Gives the answer, or None as long as it has to wait."""


class Dialogue:
    """One scale's side of the talk; this one only sends of itself.

    Attributes:
        streams: whether it sends a weight again and again.
    """

    def __init__(self, parser: Scanner) -> None:
        self.parser = parser
        self.streams = not parser.asks and not parser.begins
        self._rest = b""
        self._owed: list[Owed] = []

    def heard(self, data: bytes) -> None:
        """Take what the host says; of a question that never ends the last bytes are kept."""
        self._rest = self._understood(self._rest + data)[-_LONGEST_QUESTION:]

    def due(self, shown: Frame) -> list[bytes]:
        """Answers that can be given while this is shown."""
        answers = [(owed, owed(shown)) for owed in self._owed]
        self._owed = [owed for owed, answer in answers if answer is None]
        return [answer for _, answer in answers if answer is not None]

    def said(self, shown: Frame) -> bytes:
        """The frame of what is shown; b"" where the family has no way to say it."""
        raw = self.parser.encode(shown)
        told = self.parser.decode(raw)
        dumb = told is None or (told.value is None) != (shown.value is None)
        return b"" if dumb else raw

    def owes(self, owed: Owed) -> None:
        """One more answer."""
        self._owed.append(owed)

    def at_rest(self, shown: Frame) -> bytes | None:
        """A weight, as soon as nothing moves."""
        return None if shown.motion else self.said(shown)

    def _understood(self, data: bytes) -> bytes:
        """Take the questions; what is left may begin another."""
        return data[len(data) :]


class YaohuaAnswers(Dialogue):
    """Handshake, gross, tare, net, at its address alone."""

    def _understood(self, data: bytes) -> bytes:
        end = 0
        for found in QUERY.finditer(data):
            end = found.end()
            address, command = found[1].decode(), found[2].decode()
            if address == self.parser.options.address and checks.xor_holds(found[0][1:3], found[3]):
                self.owes(self._answer(address, command))
        return data[end:]

    def _answer(self, address: str, command: str) -> Owed:
        def give(shown: Frame) -> bytes:
            if command == HANDSHAKE:
                return query(address, HANDSHAKE)
            value, tare = shown.value or 0, shown.tare or 0
            asked: dict[str, tuple[Kind, int]] = {
                "B": ("gross", value + tare), "C": ("tare", tare), "D": ("net", value),
            }  # fmt: skip
            kind, weight = asked[command]
            return (
                b"" if shown.value is None else self.said(shown._replace(kind=kind, value=weight))
            )

        return give


class LineAnswers(Dialogue):
    """Commands in lines of text."""

    def _understood(self, data: bytes) -> bytes:
        end = 0
        for found in _LINE.finditer(data):
            end = found.end()
            self._command(found[1].decode("latin-1"))
        return data[end:]

    def _command(self, words: str) -> None:
        raise NotImplementedError


class SicsAnswers(LineAnswers):
    """S, SI, SIR, Z, T and @; anything else is a syntax error."""

    def _command(self, words: str) -> None:
        self.streams = words == "SIR"
        if words == "S":
            self.owes(self.at_rest)
        elif words == "SI":
            self.owes(self.said)
        elif words == "T":
            self.owes(lambda shown: self.said(shown._replace(kind="tare", stable=True)))
        elif words != "SIR":
            answer = {"Z": b"Z A\r\n", "@": b'I4 A "B021002593"\r\n'}.get(words, b"ES\r\n")
            self.owes(lambda _: answer)


class OhausAnswers(LineAnswers):
    """IP, P, SP, CP, xP, Z, T and PSN; a command that is none is answered `ES`."""

    def _command(self, words: str) -> None:
        if words in {"IP", "P"}:
            self.streams = False
            self.owes(self.said)
        elif words == "SP":
            self.owes(self.at_rest)
        elif words == "CP" or (words[:-1].isdecimal() and words[-1] == "P"):
            self.streams = words != "0P"
        elif words == "PSN":
            self.owes(lambda _: b"B021002593\r\n")
        elif words not in {"Z", "T"}:
            self.owes(lambda _: b"ES\r\n")


DIALOGUES: Final[dict[str, type[Dialogue]]] = {
    "yaohua-command": YaohuaAnswers,
    "mt-sics": SicsAnswers,
    "mt-sics-continuous": SicsAnswers,
    "ohaus": OhausAnswers,
    "ohaus-continuous": OhausAnswers,
}


def dialogue(parser: Scanner) -> Dialogue:
    """How a scale of this family talks."""
    return DIALOGUES.get(parser.family, Dialogue)(parser)
