"""A table of a configuration, read strictly: known members of the right type, and no others.

    table = Table(given, "camera")
    source = table.text("source")
    width = table.integer("width", 1280, least=160, most=7680)
    table.done()

Every fault is a `MalformedError` that names table and member, since a misspelt member would else be
a setting that nobody notices is not in force.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from ledger.errors import MalformedError

_REQUIRED: Final = object()


class Table:
    """What has not been asked for when `done` is called is refused."""

    def __init__(self, given: Mapping[str, Any], name: str) -> None:
        """`name` stands in the messages, `inspection.motion` for instance."""
        self._left = dict(given)
        self.name = name

    def text(self, name: str, default: Any = _REQUIRED, *, pattern: str = r"(?s).+") -> str:
        """A text that matches the pattern as a whole."""
        value = self._take(name, default)
        if value is default:
            return value  # type: ignore[no-any-return]
        if type(value) is not str or not re.fullmatch(pattern, value):
            raise self._fault(name, f"is no text like {pattern}")
        return value

    def maybe_text(self, name: str, *, pattern: str = r"(?s).+") -> str | None:
        """A text, or None where it is left out."""
        return self.text(name, None, pattern=pattern) if name in self._left else None

    def one_of(self, name: str, choices: tuple[str, ...], default: Any = _REQUIRED) -> str:
        """One of some words."""
        value = self._take(name, default)
        if value not in choices:
            raise self._fault(name, f"is none of {', '.join(choices)}")
        return str(value)

    def integer(self, name: str, default: Any = _REQUIRED, *, least: int, most: int) -> int:
        """A whole number within bounds, both included."""
        value = self._take(name, default)
        if type(value) is not int or not least <= value <= most:
            raise self._fault(name, f"is no whole number from {least} to {most}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._take(name, default)
        if type(value) is not bool:
            raise self._fault(name, "is neither true nor false")
        return value

    def numbers(self, name: str, size: int, default: Any = _REQUIRED) -> tuple[float, ...]:
        """An array of so many numbers."""
        value = self._take(name, default)
        if value is default:
            return tuple(value)
        if type(value) is not list or len(value) != size or not all(map(_is_number, value)):
            raise self._fault(name, f"is no array of {size} numbers")
        return tuple(float(item) for item in value)

    def box(self, name: str) -> tuple[int, int, int, int] | None:
        """Left, top, width and height in pixels, or None where it is left out."""
        if name not in self._left:
            return None
        value = self._take(name, None)
        if type(value) is not list or len(value) != 4 or not all(type(v) is int for v in value):
            raise self._fault(name, "is no array of left, top, width and height in pixels")
        left, top, width, height = value
        if left < 0 or top < 0 or width < 1 or height < 1:
            raise self._fault(name, "lies outside the picture")
        return left, top, width, height

    def table(self, name: str) -> "Table | None":
        """A table inside, or None where it is left out."""
        value = self.mapping(name)
        return None if value is None else Table(value, f"{self.name}.{name}")

    def tables(self, name: str) -> list["Table"]:
        """An array of tables; empty where it is left out."""
        value = self._take(name, [])
        if type(value) is not list or not all(isinstance(item, Mapping) for item in value):
            raise self._fault(name, "is no array of tables")
        return [Table(item, f"{self.name}.{name}[{place}]") for place, item in enumerate(value)]

    def texts(self, name: str) -> list[str]:
        """An array of texts; empty where it is left out."""
        value = self._take(name, [])
        if type(value) is not list or not all(type(item) is str and item for item in value):
            raise self._fault(name, "is no array of texts")
        return value

    def mapping(self, name: str) -> Mapping[str, Any] | None:
        """A table inside as it is, for somebody else to read; None where it is left out."""
        if name not in self._left:
            return None
        value = self._take(name, None)
        if not isinstance(value, Mapping):
            raise self._fault(name, "is no table")
        return value

    def done(self) -> None:
        """Refuse what nobody asked for.

        Raises:
            MalformedError: a member is unknown.
        """
        if self._left:
            raise MalformedError(f"[{self.name}] knows no {', '.join(sorted(self._left))}")

    def _take(self, name: str, default: Any) -> Any:
        value = self._left.pop(name, default)
        if value is _REQUIRED:
            raise MalformedError(f"[{self.name}] lacks {name}")
        return value

    def _fault(self, name: str, what: str) -> MalformedError:
        return MalformedError(f"[{self.name}] {name} {what}")


def _is_number(value: object) -> bool:
    return type(value) in (int, float)
