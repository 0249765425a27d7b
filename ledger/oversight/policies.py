"""Policies: the thresholds, weights and deadlines that drive a rule family, as `policy` records.

Rules are data (DESIGN §2.10): a family has a policy of its own name; the highest version in the log
is in force from its entry on, and every finding names the version that it was found under.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TYPE = "policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one family.

    Attributes:
        name: of the family.
        version: from 1 on; 0 for built-in rules that stand in no record: nothing is found by them.
        rules: what the record says, over what it leaves out of the built-in ones.
    """

    name: str
    version: int
    rules: Mapping[str, Any]

    @property
    def in_force(self) -> bool:
        """Whether the log itself says so."""
        return self.version > 0


def built_in(name: str, defaults: Mapping[str, Any]) -> Policy:
    """The policy of a family before there is a record of it."""
    return Policy(name, 0, defaults)


def succeed(before: Policy, payload: Mapping[str, Any], defaults: Mapping[str, Any]) -> Policy:
    """The policy in force once a `policy` record of its name stands in the log."""
    if payload["version"] <= before.version:
        return before
    return Policy(before.name, payload["version"], {**defaults, **payload["rules"]})
