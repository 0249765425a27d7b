"""A day of a cabinet as a script: one line for each thing that happens.

    # hour    what
    06:00     temperature 5.5        # a fixed one; `temperature auto`: it swings again
    11:20     open 0012
    11:20:30  put A3 131 mealtrace:1/2105020001~01/2026-11-27/lunch/d-4/C-88/90F1
    11:21     close
    11:40     take A3                # the door must be open for that only in real life
    12:00     fault delay 3          # exception 6 | no-probe | stuck | silent | garbled | none

Hours count from the script's beginning and may go past 24.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from devices.emulators.cabinet_state import CabinetState, Faults
from ledger.errors import MalformedError

_TIME: Final = re.compile(r"(\d{1,3}):(\d\d)(?::(\d\d))?", re.ASCII)
_WORDS: Final = {"open": 1, "close": 0, "put": 3, "take": 1, "temperature": 1}
_FAULTS: Final = ("no-probe", "stuck", "silent", "garbled")


@dataclass(frozen=True, slots=True)
class Step:
    """What happens when.

    Attributes:
        at_s: seconds since the beginning.
        word: what.
        arguments: with what.
    """

    at_s: int
    word: str
    arguments: tuple[str, ...]


def parse(text: str) -> list[Step]:
    """The steps of a script, by time.

    Raises:
        MalformedError: a line that is none, with its number.
    """
    steps = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if words:
            try:
                steps.append(_step(words))
            except MalformedError as error:
                raise MalformedError(f"line {number}: {error}") from error
    return sorted(steps, key=lambda step: step.at_s)


def run(steps: Iterable[Step], cabinet: CabinetState, after_s: float, until_s: float) -> None:
    """Do what happens later than one moment and no later than another."""
    for step in steps:
        if after_s < step.at_s <= until_s:
            cabinet.advance(step.at_s)
            do(step, cabinet)


def do(step: Step, cabinet: CabinetState) -> None:
    """Do one step."""
    match step.word, step.arguments:
        case "open", (operator,):
            cabinet.open(operator)
        case "close", ():
            cabinet.close()
        case "put", (slot, weight, label):
            cabinet.put(slot, int(weight), "" if label == "-" else label)
        case "take", (slot,):
            cabinet.take(slot)
        case "temperature", (value,):
            cabinet.fixed_mC = None if value == "auto" else round(float(value) * 1000)
        case "fault", arguments:
            cabinet.faults = _fault(arguments)


def _step(words: list[str]) -> Step:
    time = _TIME.fullmatch(words[0])
    if time is None or len(words) < 2:
        raise MalformedError("a line is a time as 11:20 or 11:20:30, and what happens")
    hours, minutes, seconds = (int(part or 0) for part in time.groups())
    word, arguments = words[1], tuple(words[2:])
    step = Step(3600 * hours + 60 * minutes + seconds, word, arguments)
    if word == "fault":
        _fault(arguments)
    elif word not in _WORDS:
        raise MalformedError(f"unknown word {word!r:.20}; there are {', '.join(_WORDS)}, fault")
    elif len(arguments) != _WORDS[word]:
        raise MalformedError(f"{word} takes {_WORDS[word]} words after it, not {len(arguments)}")
    if word == "put" and not arguments[1].isdecimal():
        raise MalformedError(f"a weight in grams, not {arguments[1]!r:.20}")
    if word == "temperature" and arguments[0] != "auto":
        try:
            float(arguments[0])
        except ValueError as error:
            raise MalformedError(f"no temperature: {arguments[0]!r:.20}") from error
    return step


def _fault(arguments: tuple[str, ...]) -> Faults:
    match arguments:
        case ("none",):
            return Faults()
        case ("exception", code) if code.isdecimal() and 0 < int(code) < 128:
            return Faults(exception=int(code))
        case ("delay", seconds) if re.fullmatch(r"\d+(\.\d+)?", seconds, re.ASCII):
            return Faults(delay_s=float(seconds))
        case (name,) if name in _FAULTS:
            return Faults(**{name.replace("-", "_"): True})
    known = "none, exception <code>, delay <seconds>, " + ", ".join(_FAULTS)
    raise MalformedError(f"no such fault; there are {known}")
