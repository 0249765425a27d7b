"""What goods an act names, and what the policy `certificates` says goods are (品类、许可项目).

The policy's member `goods` puts items, by the beginning of their code, into a category of admission
and under scopes of a permit. Which version of a policy is in force is said in `policies`: the
highest, from its entry on; a `policy` record is not taken back, a next version takes its place.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from ledger.oversight import policies
from ledger.oversight.acts import Act, Told
from ledger.oversight.certificates import rules
from ledger.oversight.certificates.rules import Rules

T = TypeVar("T")


def succeed(version: int, told: Told) -> tuple[int, Rules] | None:
    """The rules that a `policy` record puts in force behind a version; None where it does not.

    Args:
        version: in force before; 0 without any.
        told: the record, of whatever name.
    """
    payload: Any = told.payload
    if payload["name"] != rules.NAME:
        return None
    before = policies.Policy(rules.NAME, version, rules.DEFAULTS)
    after = policies.succeed(before, payload, rules.DEFAULTS)
    if after is before:
        return None
    return after.version, rules.read(after.rules, in_force=True)


def items(act: Act) -> Iterator[tuple[str, str]]:
    """The item codes of an act's lines, each once, with the pointer to it."""
    payload: Any = act.payload
    met = set()
    for place, line in enumerate(payload.get("lines", ())):
        code = line["item_code"]
        if code not in met:
            met.add(code)
            yield f"/payload/lines/{place}/item_code", code


def categories(act: Act) -> Iterator[tuple[str, str]]:
    """The categories that an act names itself, each with the pointer to it."""
    payload: Any = act.payload
    for place, category in enumerate(payload.get("categories", ())):
        yield f"/payload/categories/{place}", category


def finder(table: Mapping[str, T]) -> Callable[[str], T | None]:
    """What stands under the longest beginning of an item code, asked by code; None: nothing does."""
    lengths = sorted({*map(len, table)} - {0}, reverse=True)

    def find(code: str) -> T | None:
        for length in lengths:
            found = table.get(code[:length])
            if found is not None:
                return found
        return None

    return find
