"""What the bundle shows that speaks about its record: corrections, erasures, disputes, rulings.

Each carries the subject `record:<id>` (FORMATS §1), which strings them into one chain.
"""

from ledger.errors import LedgerError, VerificationError
from ledger.governance import Erasure
from ledger.verification.shown import Shown, Support


def subject_of(main: Shown) -> str:
    """The subject of whatever speaks about the record."""
    return f"record:{main.entry.statement.id}"


def about(main: Shown, support: Support) -> list[Shown]:
    """The entries shown that carry the record's subject, ascending, each once."""
    name = subject_of(main)
    found = {item.index: item for item in support.items if name in item.entry.statement.subjects}
    return list(found.values())


def fault(main: Shown, support: Support, item: Shown) -> LedgerError | None:
    """Why an entry that carries the record's subject does not rightly speak about it, or None."""
    refused = support.faults.get(item.index)
    if refused is not None:
        return refused
    said, target = item.entry.statement, main.entry.statement
    if item.index <= main.index:
        return VerificationError(
            "it lies below the record", expected=f"above {main.index}", found=str(item.index)
        )
    for link in said.links:
        if link.id != target.id:
            continue
        if link.sha256 is not None and link.sha256 != target.sha256:
            return VerificationError(
                f"{link.rel} another statement",
                expected=target.sha256.hex(),
                found=link.sha256.hex(),
            )
        if link.rel == "corrects" and not support.standing.may_correct(said.issuer, target):
            return VerificationError(
                "only the record's issuer corrects it", expected=target.issuer, found=said.issuer
            )
    return None


def erasures(main: Shown, support: Support) -> list[tuple[Shown, Erasure]]:
    """The valid erasures shown, of the whole record or of fields of it, ascending."""
    name = main.entry.statement.id
    return [
        (item, Erasure.of_json(item.payload))
        for item in about(main, support)
        if item.type == "erasure"
        and fault(main, support, item) is None
        and any(link.rel == "erases" and link.id == name for link in item.entry.statement.links)
    ]
