"""Examples of the catalogue, changed as a test wants, and made into drafts.

What else the evidence tests share is imported by its name.
"""

import copy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import RefusedError
from ledger.evidence import catalogue
from ledger.evidence import draft as drafts
from ledger.evidence.draft import Draft

sys.path.append(str(Path(__file__).resolve().parent))

Prepare = Callable[[dict[str, Any]], Draft]


@pytest.fixture
def example() -> Callable[..., dict[str, Any]]:
    """`example("order", amount_fen=1, lot_no=...)`: payload members put in, `...` takes one out."""

    def make(name: str, **changes: Any) -> dict[str, Any]:
        request = copy.deepcopy(dict(catalogue.get(name).example))
        for member, value in changes.items():
            if value is ...:
                del request["payload"][member]
            else:
                request["payload"][member] = value
        return request

    return make


@pytest.fixture
def prepare() -> Prepare:
    """The draft of a request, in a log of its own."""

    def run(request: dict[str, Any]) -> Draft:
        return drafts.prepare(
            request, submitter=request["issuer"], ledger=bytes(32), new_seed=bytes(range(32))
        )

    return run


@pytest.fixture
def faults(prepare: Prepare) -> Callable[[dict[str, Any]], set[tuple[str, str]]]:
    """Pointer and code of everything wrong with a request; empty where it is taken."""

    def run(request: dict[str, Any]) -> set[tuple[str, str]]:
        try:
            prepare(request)
        except RefusedError as error:
            return {(fault.pointer, fault.code) for fault in error.faults}
        return set()

    return run
