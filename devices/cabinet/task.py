"""A record to be made: what is known of it, kept in the journal until the sink has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """A record to be made.

    Attributes:
        no: counts the tasks of one cabinet.
        type: of the record.
        at_ms: when it occurred, by this machine's clock.
        said: its payload; of samples what was seen, out of which `records` makes the payload.
        links: pairs of a rel and the task whose record it leads to.
    """

    no: int
    type: str
    at_ms: int
    said: Mapping[str, Any]
    links: tuple[tuple[str, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For the journal."""
        return {
            "no": self.no,
            "type": self.type,
            "at_ms": self.at_ms,
            "said": dict(self.said),
            "links": [list(link) for link in self.links],
        }

    @staticmethod
    def of_json(value: Mapping[str, Any]) -> "Task":
        """As it was saved."""
        return Task(
            value["no"],
            value["type"],
            value["at_ms"],
            value["said"],
            tuple((rel, no) for rel, no in value["links"]),
        )
