"""Policies: the thresholds, weights and deadlines that drive a rule family, as `policy` records.

Rules are data (DESIGN §2.10): a family has a policy of its own name; the highest version in the log
is in force from its entry on, and every finding names the version that it was found under.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

TYPE = "policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one family.

    Attributes:
        name: of the family.
        version: from 1 on; 0 for built-in rules that stand in no record: nothing is found by them.
        rules: what the record says, over what it leaves out of the built-in ones.
        derived: what the family made of the rules once, to be asked often.
    """

    name: str
    version: int
    rules: Mapping[str, Any]
    derived: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

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


def check(rules: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Paths in `rules` at which a family with these built-in rules could not read them.

    A member that it does not know is one, and a value of another kind than the built-in one has.
    Lists, and objects within, may be longer or shorter; what is in them is of the kind that is there.
    """
    for name, value in rules.items():
        if name not in defaults:
            yield (name,)
        else:
            yield from _differing(value, defaults[name], (name,))


def _differing(value: Any, model: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if type(value) is not type(model) and not (isinstance(model, tuple) and type(value) is list):
        yield path
    elif isinstance(model, Mapping):
        kinds = list(model.values())
        for name, member in value.items():
            like = model[name] if name in model else kinds[0] if kinds else member
            yield from _differing(member, like, (*path, name))
    elif isinstance(model, list | tuple) and model:
        for place, item in enumerate(value):
            yield from _differing(item, model[0], (*path, str(place)))
    elif type(value) is int and value < 0 <= model:
        yield path
