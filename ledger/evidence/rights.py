"""Who may post what: the question asked of every draft at its place in the log (EVIDENCE §1)."""

from ledger.evidence.draft import Draft
from ledger.evidence.registry import Registry


def check(draft: Draft, registry: Registry, *, index: int, logged_at: str) -> None:
    """Check that `draft` may become entry `index`, logged at that time (normal form).

    Raises:
        RefusedError: forbidden-type, not-your-subject, wall, signature, or schema where an open
            payload contradicts the log.
    """
    raise NotImplementedError
