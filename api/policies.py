"""The policies that oversight goes by, as records of the log: which stand there, and new ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.govern import admin_of, say
from api.installation import Installation
from ledger import entry as entries
from ledger.oversight import policies
from ledger.oversight.families import FAMILIES


@dataclass(frozen=True, slots=True)
class Posted:
    """A policy that was put in force: from its entry on."""

    name: str
    version: int
    index: int


def standing(opened: Installation) -> dict[str, Mapping[str, Any]]:
    """The policy of the highest version by name, as its payload."""
    found: dict[str, Mapping[str, Any]] = {}
    for data in opened.store.open_of(policies.TYPE, above=-1):
        shown = entries.parse(data).open
        assert shown is not None
        payload: Any = shown.payload
        if payload["version"] > found.get(payload["name"], {"version": 0})["version"]:
            found[payload["name"]] = payload
    return found


def put_in_force(opened: Installation, name: str, rules: Mapping[str, Any]) -> Posted:
    """The next version of a family's policy.

    Raises:
        RefusedError: the family could not read these rules.
        UnavailableError: the database does not answer.
    """
    version = standing(opened).get(name, {"version": 0})["version"] + 1
    payload = {"name": name, "version": version, "rules": dict(rules)}
    done = say(opened, policies.TYPE, payload, issuer=admin_of(opened))
    return Posted(name, version, done.index)


def put_defaults_in_force(opened: Installation) -> list[Posted]:
    """The built-in rules of every family that has no policy in the log yet."""
    there = standing(opened)
    return [
        put_in_force(opened, family.name, family.defaults)
        for family in FAMILIES
        if family.name not in there
    ]
