"""A type's examples worked out: the subjects the one that posts gets, the words the others hear."""

import copy
from collections.abc import Mapping
from typing import Any, Final

from ledger.errors import Fault, RefusedError
from ledger.evidence.definition import EvidenceType, Refused
from ledger.evidence.draft import Draft, prepare
from ledger.statement import GENESIS

_BYTES: Final = bytes(32)
"""Stands for a log's genesis hash and for a seed: neither shows in what is worked out here."""


def subjects(kind: EvidenceType) -> tuple[str, ...]:
    """The subjects that the type's example gets."""
    return _prepared(kind.example).statement.subjects


def fault(kind: EvidenceType, refused: Refused) -> Fault:
    """What is said of a refused example, at the place where its rule finds it."""
    request = patched(kind.example, refused.patch(kind.example))
    try:
        _prepared(request)
    except RefusedError as error:
        for found in error.faults:
            if (found.pointer, found.code) == (refused.pointer, refused.code):
                return found
    raise AssertionError(f"{kind.name}: nothing refuses {refused.rule}")


def patched(request: Mapping[str, Any], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """A request after a JSON Patch (RFC 6902) of `add`, `replace` and `remove` that fits it."""
    result = copy.deepcopy(dict(request))
    for change in changes:
        *path, last = change["path"].split("/")[1:]
        place: Any = result
        for step in path:
            place = place[int(step) if isinstance(place, list) else step]
        key = int(last) if isinstance(place, list) else last
        if change["op"] == "remove":
            del place[key]
        else:
            place[key] = change["value"]
    return result


def _prepared(request: Mapping[str, Any]) -> Draft:
    return prepare(
        request,
        submitter=request["issuer"],
        ledger=None if request["type"] == GENESIS else _BYTES,
        new_seed=_BYTES,
    )
