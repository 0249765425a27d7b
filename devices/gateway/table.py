"""A table of gateway.toml, read strictly: every fault names its place, and no key goes unread."""

import difflib
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

    def __init__(self, members: Mapping[str, Any], place: str, folder: Path) -> None:
        """The table `members` at `place`; file names in it are relative to `folder`."""
        self.place = place
        self._members = members
        self._folder = folder
        self._read: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether the key is given; whoever asks knows it."""
        self._read.add(name)
        return name in self._members

    def text(self, name: str, default: str = _NEEDED) -> str:
        """A string, not empty."""
        value: str = self._get(name, str, default, "text")
        if value is not default and not value.strip():
            raise self.fault(name, "is empty")
        return value

    def integer(
        self, name: str, default: int = _NEEDED, *, least: int = 0, most: int = 1 << 53
    ) -> int:
        """An integer from `least` to `most`."""
        value: int = self._get(name, int, default, "a whole number")
        if value is not default and not least <= value <= most:
            raise self.fault(name, f"is {value}; it is {least} to {most}")
        return value

    def number(self, name: str, default: float = _NEEDED, *, least: float = 0.0) -> float:
        """A number of at least `least`."""
        value = self._get(name, (int, float), default, "a number")
        if value is not default and not value >= least:
            raise self.fault(name, f"is {value}; it is {least} or more")
        return float(value)

    def flag(self, name: str, default: bool = _NEEDED) -> bool:
        """True or false."""
        value: bool = self._get(name, bool, default, "true or false")
        return value

    def texts(self, name: str, default: tuple[str, ...] = _NEEDED) -> tuple[str, ...]:
        """A list of strings."""
        value: Any = self._get(name, (list, tuple), default, "a list of text")
        if not all(isinstance(item, str) for item in value):
            raise self.fault(name, "is not a list of text")
        return tuple(value)

    def choice(self, name: str, allowed: tuple[str, ...], default: str = _NEEDED) -> str:
        """One of `allowed`."""
        value = self.text(name, default)
        if value is not default and value not in allowed:
            raise self.fault(name, f"is {value!r}; it is one of {', '.join(allowed)}")
        return value

    def subject(self, name: str, kinds: tuple[str, ...], default: str = _NEEDED) -> str:
        """A subject of one of these kinds, `device` for instance."""
        value = self.text(name, default)
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
