"""A table of gateway.toml, read strictly: every fault names its place, and no key goes unread."""

import difflib
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from ledger import subject
from ledger.errors import MalformedError

T = TypeVar("T")
_NEEDED: Final[Any] = object()


class Table:
    """One table; whoever reads it takes the keys it knows, and `end` finds the others.

    Attributes:
        place: where it stands, `gateway.toml: [[scale]] 2` for instance.
    """

    def __init__(self, members: Mapping[str, Any], place: str, folder: Path = Path()) -> None:
        """The table `members` at `place`; file names in it are relative to `folder`."""
        self.place = place
        self._members = members
        self._folder = folder
        self._read: set[str] = set()

    @classmethod
    def of(cls, given: "Table | Mapping[str, Any]", place: str) -> "Table":
        """The table itself, or members that came from elsewhere as one at `place`."""
        return given if isinstance(given, Table) else cls(given, place)

    @property
    def members(self) -> Mapping[str, Any]:
        """All of it, as it was given; nothing counts as read for that."""
        return self._members

    def has(self, name: str) -> bool:
        """Whether the key is given; whoever asks knows it."""
        self._read.add(name)
        return name in self._members

    def text(self, name: str, default: Any = _NEEDED, *, pattern: str | None = None) -> Any:
        """A string, not empty; all of it matches the pattern, where there is one."""
        value = self._get(name, str, default, "text")
        if value is not default and not value.strip():
            raise self.fault(name, "is empty")
        if value is not default and pattern and not re.fullmatch(pattern, value, re.ASCII):
            raise self.fault(name, f"is {value!r:.60}; it is like {pattern}")
        return value

    def optional_text(self, name: str, default: str = "") -> str:
        """A string that may be empty."""
        value: str = self._get(name, str, default, "text")
        return value

    def integer(
        self, name: str, default: int = _NEEDED, *, least: int = 0, most: int = 1 << 53
    ) -> int:
        """An integer from `least` to `most`."""
        value: int = self._get(name, int, default, "a whole number")
        if value is not default and not least <= value <= most:
            raise self.fault(name, f"is {value}; it is {least} to {most}")
        return value

    def number(
        self, name: str, default: float = _NEEDED, *, least: float = 0.0, most: float = math.inf
    ) -> float:
        """A number from `least` to `most`."""
        value = self._get(name, (int, float), default, "a number")
        if value is not default and not least <= value <= most:
            upto = "or more" if most == math.inf else f"to {most}"
            raise self.fault(name, f"is {value}; it is {least} {upto}")
        return float(value)

    def numbers(self, name: str, size: int, default: tuple[float, ...]) -> tuple[float, ...]:
        """So many numbers."""
        value: Any = self._get(name, (list, tuple), default, f"a list of {size} numbers")
        if len(value) != size or not all(type(item) in (int, float) for item in value):
            raise self.fault(name, f"is not a list of {size} numbers")
        return tuple(float(item) for item in value)

    def box(self, name: str) -> tuple[int, int, int, int] | None:
        """Left, top, width and height in pixels; None where it is not given."""
        what = "left, top, width and height in pixels"
        value: Any = self._get(name, list, None, what)
        if value is None:
            return None
        if len(value) != 4 or not all(type(item) is int for item in value):
            raise self.fault(name, f"is not {what}")
        left, top, width, height = value
        if left < 0 or top < 0 or width < 1 or height < 1:
            raise self.fault(name, "is not inside the picture")
        return left, top, width, height

    def flag(self, name: str, default: bool = _NEEDED) -> bool:
        """True or false."""
        value: bool = self._get(name, bool, default, "true or false")
        return value

    def texts(self, name: str, default: tuple[str, ...] = _NEEDED) -> tuple[str, ...]:
        """A list of strings, none of them empty and each once."""
        value: Any = self._get(name, (list, tuple), default, "a list of text")
        named = all(isinstance(item, str) and item for item in value)
        if not named or len(set(value)) != len(value):
            raise self.fault(name, "is not a list of text, each of them once")
        return tuple(value)

    def choice(self, name: str, allowed: tuple[str, ...], default: str = _NEEDED) -> str:
        """One of `allowed`."""
        value: str = self.text(name, default)
        if value is not default and value not in allowed:
            raise self.fault(name, f"is {value!r}; it is one of {', '.join(allowed)}")
        return value

    def subject(self, name: str, kinds: tuple[str, ...], default: str = _NEEDED) -> str:
        """A subject of one of these kinds, `device` for instance."""
        value: str = self.text(name, default)
        if value is not default:
            try:
                known = subject.kind(subject.check(value)) in kinds
            except MalformedError:
                known = False
            if not known:
                raise self.fault(name, f"is {value!r}; it begins with {' or '.join(kinds)} and :")
        return value

    def path(self, name: str, default: str = _NEEDED) -> Path:
        """A file or folder, relative to where gateway.toml lies."""
        return self._folder / Path(self.text(name, default)).expanduser()

    def table(self, name: str) -> "Table":
        """A table within this one; empty where it is not given."""
        value: Any = self._get(name, dict, {}, "a table")
        return Table(value, f"{self.place}.{name}", self._folder)

    def tables(self, name: str) -> list["Table"]:
        """The tables of an array within this one."""
        value: Any = self._get(name, list, [], "an array of tables")
        if not all(isinstance(item, dict) for item in value):
            raise self.fault(name, "is not an array of tables")
        return [
            Table(item, f"{self.place}.{name} {number}", self._folder)
            for number, item in enumerate(value, 1)
        ]

    def end(self) -> None:
        """Nothing else belongs here.

        Raises:
            MalformedError: a key that nobody has read; perhaps it is misspelt.
        """
        for name in self._members:
            if name not in self._read:
                near = difflib.get_close_matches(name, self._read, 1)
                known = ", ".join(sorted(self._read))
                hint = f"is it {near[0]}?" if near else f"known here: {known}"
                raise self.fault(name, f"is unknown; {hint}")

    def fault(self, name: str, what: str) -> MalformedError:
        """The error of a key, with its place."""
        return MalformedError(f"{self.place}: {name} {what}")

    def _get(self, name: str, kind: type[T] | tuple[type, ...], default: Any, what: str) -> Any:
        self._read.add(name)
        if name not in self._members:
            if default is _NEEDED:
                raise self.fault(name, "is missing")
            return default
        value = self._members[name]
        # In Python true is an integer; in a configuration it never is one.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.fault(name, f"is not {what}")
        return value
