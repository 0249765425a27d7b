"""A driver's table of the gateway's configuration (TOML), read strictly.

Every key is asked for by name and type; what was never asked for is refused by name at the end, so
that a misspelt key does not silently leave a default in force.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from ledger.errors import MalformedError

_NONE: Final = object()


class Table:
    """One table: read its keys, then call `end`."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        """`where` names the table in messages, `[cabinet]` for instance."""
        self._values = dict(values)
        self._asked: set[str] = set()
        self.where = where

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: Any = _NONE, *, pattern: str | None = None) -> str:
        """A text that is not empty, in a pattern where one is given."""
        value = self._get(name, default)
        if value is default and name not in self._values:
            return value  # type: ignore[no-any-return]
        if type(value) is not str or not value:
            raise self._wrong(name, "is a text that is not empty")
        if pattern is not None and not re.fullmatch(pattern, value, re.ASCII):
            raise self._wrong(name, f"matches {pattern}, which {value!r:.60} does not")
        return value

    def optional_text(self, name: str, default: str) -> str:
        """A text that may be empty."""
        value = self._get(name, default)
        if type(value) is not str:
            raise self._wrong(name, "is a text")
        return value

    def integer(self, name: str, default: Any = _NONE, *, least: int, most: int) -> int:
        """A whole number between two, both included."""
        value = self._get(name, default)
        if value is default and name not in self._values:
            return value  # type: ignore[no-any-return]
        if type(value) is not int or not least <= value <= most:
            raise self._wrong(name, f"is a whole number from {least} to {most}")
        return value

    def seconds(self, name: str, default: float, *, least: float, most: float) -> float:
        """A length of time, which may have a fraction."""
        value = self._get(name, default)
        if type(value) not in (int, float) or not least <= value <= most:
            raise self._wrong(name, f"is a number of seconds from {least} to {most}")
        return float(value)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._get(name, default)
        if type(value) is not bool:
            raise self._wrong(name, "is true or false")
        return value

    def texts(self, name: str, default: Any = _NONE) -> tuple[str, ...]:
        """A list of texts, each once."""
        value = self._get(name, default)
        if (
            not isinstance(value, list | tuple)
            or not all(type(item) is str and item for item in value)
            or len(set(value)) != len(value)
        ):
            raise self._wrong(name, "is a list of texts, each of them once")
        return tuple(value)

    def table(self, name: str) -> "Table":
        """A table within; an empty one where it is left out."""
        value = self._get(name, {})
        if not isinstance(value, Mapping):
            raise self._wrong(name, "is a table")
        return Table(value, f"{self.where}.{name}")

    def end(self) -> None:
        """Refuse what was never asked for.

        Raises:
            MalformedError: keys that are none of this table's.
        """
        unknown = sorted(self._values.keys() - self._asked)
        if unknown:
            known = ", ".join(sorted(self._asked))
            raise MalformedError(
                f"{self.where}: unknown key {', '.join(unknown)}; it has these: {known}"
            )

    def _get(self, name: str, default: Any) -> Any:
        self._asked.add(name)
        if name in self._values:
            return self._values[name]
        if default is _NONE:
            raise self._wrong(name, "is missing")
        return default

    def _wrong(self, name: str, what: str) -> MalformedError:
        return MalformedError(f"{self.where}: {name} {what}")
