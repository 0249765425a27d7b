"""An admission (准入) that is in force whenever a test runs: without one nobody is ordered from."""

import uuid
from typing import Any

from ledger.evidence.examples.admission import ADMISSION_IN_FORCE


def admission(supplier: str | None = None, **changes: Any) -> dict[str, Any]:
    """The catalogue's example for decades, under an id and a number of its own.

    Args:
        supplier: whom it admits; the examples' supplier if None.
        changes: members of the payload; `...` takes one out.
    """
    payload = {
        **ADMISSION_IN_FORCE["payload"],
        "decision_no": f"T-{uuid.uuid4().hex[:12]}",
        "effective_at": "2020-01-01T00:00:00.000Z",
        "term_from": "2020-01-01",
        "term_until": "2099-12-31",
        **({} if supplier is None else {"supplier": supplier}),
        **changes,
    }
    return {
        **ADMISSION_IN_FORCE,
        "id": str(uuid.uuid4()),
        "payload": {name: value for name, value in payload.items() if value is not ...},
        "links": [],
    }
