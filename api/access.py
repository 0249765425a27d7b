"""Who may read what (API.md, Auth).

A party reads what it issued, submitted or is a subject of, a school also what its canteens and
orders are; what was said about a record, whoever reads the record;
bureau, regulator and auditor read all. docs/reading-rights.md is the whole of it as a table.
What may not be read is not found: nobody learns that it is there. Personal fields and files need
the scope `personal`, and that they were read is kept, off the log, before they are shown.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from api.auth import Principal
from api.errors import ProblemError
from ledger import entry as entries
from ledger.entry import Entry
from ledger.errors import NotFoundError
from ledger.evidence.catalogue import TYPES
from ledger.evidence.subjects import is_about
from storage.store import Store
from storage.values import StoredRecord

READS_ALL: Final = frozenset({"bureau-funds", "bureau-admission", "regulator", "auditor"})

PERSONAL: Final = "personal"


def reads_all(store: Store, principal: Principal) -> bool:
    """Whether the principal's party reads everybody's records."""
    return party_reads_all(store, principal.party)


def party_reads_all(store: Store, party: str) -> bool:
    """Whether a party reads everybody's records."""
    return not READS_ALL.isdisjoint(store.registry().roles(party))


def readable(store: Store, principal: Principal, record_id: str) -> tuple[StoredRecord, Entry]:
    """A record that the principal may read, and its entry.

    Raises:
        NotFoundError: there is none, or it is none of the principal's business.
    """
    record = store.record(record_id)
    entry = entries.parse(record.data)
    if not concerns(entry, principal.party) and not reads_all(store, principal):
        raise NotFoundError(f"there is no record {record_id}")
    return record, entry


def concerns(entry: Entry, party: str) -> bool:
    """Whether a party issued or submitted an entry, or is, or runs, a subject of it."""
    statement = entry.statement
    return party in (statement.issuer, entry.submitter) or any(
        is_about(name, party) for name in statement.subjects
    )


def is_of_readable(store: Store, principal: Principal, subject: str) -> bool:
    """Whether a subject is a record that the principal may read.

    Its history is what was said about it: corrections, disputes, erasures. A bundle shows them too.
    """
    kind, _, record_id = subject.partition(":")
    if kind != "record":
        return False
    try:
        readable(store, principal, record_id)
    except NotFoundError:
        return False
    return True


def personal_fields(kind: str) -> frozenset[str]:
    """The payload fields of a type that are personal."""
    found = TYPES.get(kind)
    return frozenset() if found is None else found.personal


def personal_roles(kind: str) -> frozenset[str]:
    """The roles of a type's files that are personal."""
    found = TYPES.get(kind)
    if found is None:
        return frozenset()
    return frozenset(rule.role for rule in found.blobs if rule.personal)


def show(
    store: Store,
    principal: Principal,
    record: StoredRecord,
    entry: Entry,
    payload: Mapping[str, Any],
) -> tuple[dict[str, Any], list[str]]:
    """The payload as the principal may read it, and the names withheld.

    A read of personal fields is kept before they are returned.
    """
    personal = personal_fields(entry.statement.type) & payload.keys()
    if not personal:
        return dict(payload), []
    if PERSONAL not in principal.scopes:
        shown = {name: value for name, value in payload.items() if name not in personal}
        return shown, sorted(personal)
    note_read(store, principal, record.index, personal)
    return dict(payload), []


def note_read(store: Store, principal: Principal, index: int, fields: Iterable[str]) -> None:
    """Keep who reads which personal fields or files of a record."""
    store.journal.note_personal_read(principal.party, principal.token_id, index, list(fields))


def require_personal(principal: Principal, names: Iterable[str]) -> None:
    """Refuse who asks by name for what is personal without the scope.

    Raises:
        ProblemError: `scope`.
    """
    if PERSONAL not in principal.scopes:
        listed = ", ".join(sorted(names))
        raise ProblemError(
            "scope",
            f"{listed}: reading this needs the scope personal",
            f"{listed}：读取需要 personal 权限",
        )
