"""What shows a subject's history to be complete: for histories themselves, and what rests on one."""

from typing import Any

from api import bundles
from api.service import Service
from ledger.bundle import Support


def completeness(
    service: Service,
    subject: str,
    head: tuple[int, int, bytes] | None,
    last: int | None,
) -> dict[str, Any] | None:
    """A subject index with the subject's head in it, as a bundle's support shows it.

    With it the audit reports that cite it, and what lets a verifier check all of it offline: genesis
    and keys, the page's last entry where the index does not cover it, and anchors. None where there
    is no index, or the subject came later.
    """
    store, log = service.store, service.store.head()
    first = -1 if head is None else store.history(subject, limit=1)[0].index
    indexed = service.completeness.covering(first, log.size)
    if indexed is None:
        return None
    shown = Support(
        "subject-index",
        indexed.index,
        indexed.data,
        store.inclusion_proof(indexed.index, log.size),
        indexed.proofs(subject),
    )
    later = last if last is not None and last >= indexed.size else None
    beside, anchors = bundles.of_index(store, service.completeness, indexed, log, later)
    return {
        "size": indexed.size,
        "support": shown.to_json(),
        "reports": [item.to_json() for item in beside if item.role == "audit-report"],
        "others": [item.to_json() for item in beside if item.role != "audit-report"],
        "anchors": [anchor.to_json() for anchor in anchors],
        "checkpoint": log.checkpoint,
    }
