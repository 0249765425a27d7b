"""The state of act rules, in the transaction that appends (DESIGN §4).

    head locked → state of the batch's keys read → each draft: checked, folded → what changed written

A key is stored by its HMAC, what stands under it sealed under a data key of its own: whoever reads
the database alone learns neither whom a rule concerns nor what it says. A batch without an act or a
cause, which is nearly every one, costs a look at each draft's type.

Beside it, under a key of its own, stands the version of the rules that made it. It is read with
every batch of acts and causes: a process of another version, one that an upgrade left running for
instance, neither believes what these rules remember nor writes its own beside it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Dialect, delete, select

from ledger import canonical
from ledger import entry as entry_format
from ledger.canonical import JsonValue
from ledger.errors import ConflictError, RefusedError, UnavailableError, VerificationError
from ledger.evidence.draft import Draft
from ledger.governance import Erasure
from ledger.oversight import taking_back
from ledger.oversight.acts import Act, ActRules, Told
from ledger.statement import Statement
from storage import reads
from storage.among import Among
from storage.bulk import BulkInsert
from storage.lookups import Known
from storage.sealing import Sealer
from storage.tables import ActState, WrappedKey
from storage.values import StoredRecord

_STATE = ActState.__table__.c  # type: ignore[attr-defined]
_OWNER: Final = "a:"
_VERSION: Final = "version"
"""The key of the rules' version; rules' own keys begin with their names, and a space follows."""
_STATES: Final = Among(
    select(_STATE.key, _STATE.sealed, reads.WRAPPED.wrapped).join_from(
        ActState.__table__,  # type: ignore[attr-defined]
        WrappedKey.__table__,  # type: ignore[attr-defined]
        reads.WRAPPED.owner == _OWNER + _STATE.key,
        isouter=True,
    ),
    _STATE.key,
)
_TYPES: Final = Among(select(reads.ENTRY.type), reads.ENTRY.index)
_OTHER_VERSION: Final = (
    "what acts are checked against was derived by other rules than this program's; run "
    "`mealtrace migrate`"
)


class Acts:
    """Reads and writes the state of one set of rules."""

    def __init__(self, rules: ActRules, sealer: Sealer, dialect: Dialect) -> None:
        """`dialect` is the engine's."""
        self.rules = rules
        self._kinds = (*sorted(rules.causes), *rules.retracting)
        self._sealer = sealer
        self._insert = BulkInsert(ActState, ("key", "sealed"), dialect, replace_on="key")
        self._wrap = BulkInsert(WrappedKey, ("owner", "wrapped"), dialect, replace_on="owner")

    def open(
        self, connection: Connection, drafts: Sequence[Draft], records: Mapping[str, Known]
    ) -> "BatchState | None":
        """The state that these drafts are checked against or may change; None: none of them does.

        Requires the head to be locked. `records` are those that the drafts link to.
        """
        keys: dict[str, None] = {}
        for draft in drafts:
            said = draft.statement
            if said.type in self.rules.touched:
                keys.update(dict.fromkeys(self.rules.keys(said)))
            elif said.type in self.rules.retracting:
                for target in _targets(said, _among(records)):
                    if target.type in self.rules.causes:
                        keys.update(dict.fromkeys(self.rules.keys(target)))
        if not keys:
            return None
        state = self.read(connection, [_VERSION, *keys])
        if state.pop(_VERSION, None) != self.rules.version:
            raise UnavailableError(_OTHER_VERSION)
        return BatchState(self, state)

    def begin(self, connection: Connection) -> None:
        """Say whose state this is, of a log that is only being founded."""
        self.write(connection, {_VERSION: self.rules.version})

    def check_version(self, connection: Connection) -> None:
        """Refuse state that other rules made, or that cannot be opened.

        Raises:
            ConflictError: the message names the command that derives it again.
        """
        try:
            found = self.read(connection, [_VERSION]).get(_VERSION)
        except UnavailableError:
            found = None
        if found != self.rules.version:
            raise ConflictError(_OTHER_VERSION)

    def read(self, connection: Connection, keys: Iterable[str]) -> dict[str, JsonValue]:
        """What stands under those of the keys under which anything does.

        Raises:
            UnavailableError: something cannot be opened: it was altered, or its key is gone.
        """
        names = {self._name(key): key for key in keys}
        found = {}
        for row in chain.from_iterable(_STATES(connection, list(names))):
            owner = _OWNER + row.key
            try:
                text = self._sealer.open_text(owner, bytes(row.sealed), bytes(row.wrapped or b""))
            except VerificationError as error:
                raise UnavailableError(
                    f"what acts are checked against cannot be opened ({error}); `mealtrace "
                    "migrate` derives it from the log again"
                ) from error
            found[names[row.key]] = canonical.parse(text.encode())
        return found

    def write(self, connection: Connection, changes: Mapping[str, JsonValue]) -> None:
        """Put these values under their keys, each under a new data key."""
        rows, wrapped = [], []
        for key, value in changes.items():
            name = self._name(key)
            sealed, data_key = self._sealer.seal_text(
                _OWNER + name, canonical.serialise(value).decode()
            )
            rows.append((name, sealed))
            wrapped.append((_OWNER + name, data_key))
        self._insert(connection, rows)
        self._wrap(connection, wrapped)

    def derive(self, connection: Connection) -> dict[str, JsonValue]:
        """The whole state, folded again from the records of the log.

        Costs a reading of all causes, corrections and erasures; memory grows with the causes.

        Raises:
            MalformedError: an entry among them was altered.
            VerificationError: an entry's payload was.
        """
        rules = self.rules
        state: dict[str, JsonValue] = {_VERSION: rules.version}
        causes: dict[str, Statement] = {}
        for record in reads.records_of(connection, self._sealer, self._kinds):
            entry = entry_format.parse(record.data)
            said = entry.statement
            if said.type in rules.causes:
                causes[said.id] = said
                told = Told(said, record.payload or b"{}")
                state |= (
                    rules.fold(told, state)
                    if rules.readable(said.type, _erased(record))
                    else rules.take_back(said, None, state)
                )
                continue
            erasure = None if entry.open is None else Erasure.of_json(entry.open.payload)
            for target in _targets(said, causes.get):
                state |= rules.take_back(target, erasure, state)
        return state

    def rebuild(self, connection: Connection) -> None:
        """Put what `derive` gives in the place of all that is stored. Requires the head locked."""
        state = self.derive(connection)
        connection.execute(
            delete(WrappedKey.__table__).where(  # type: ignore[attr-defined]
                reads.WRAPPED.owner.startswith(_OWNER)
            )
        )
        connection.execute(delete(ActState.__table__))  # type: ignore[attr-defined]
        self.write(connection, state)

    def differing(self, connection: Connection, altered: Collection[int] = ()) -> list[str]:
        """The keys under which something else is stored than the log gives, and `?` for others.

        None of them where an entry that the rules fold is among the `altered` ones, or its payload
        cannot be opened: it is to be named, and nothing is derived from it.
        """
        if self._folds(connection, altered):
            return []
        try:
            derived = self.derive(connection)
        except VerificationError:
            return []
        try:
            stored = self.read(connection, derived)
        except UnavailableError:
            return sorted(derived)
        differ = [key for key, value in derived.items() if stored.get(key) != value]
        names = {self._name(key) for key in derived}
        others = set(connection.execute(select(_STATE.key)).scalars()) - names
        return sorted(differ) + ["?" for _ in others]

    def _folds(self, connection: Connection, indices: Collection[int]) -> bool:
        """Whether one of these entries is of a type that the rules fold."""
        rows = chain.from_iterable(_TYPES(connection, list(indices)))
        return any(row.type in self._kinds for row in rows)

    def _name(self, key: str) -> str:
        return self._sealer.mac("act", key).hex()


class BatchState:
    """The state during one transaction: what was read, and what the batch makes of it."""

    def __init__(self, acts: Acts, state: dict[str, JsonValue]) -> None:
        """Made by `Acts.open`."""
        self._acts, self._rules = acts, acts.rules
        self._state = state
        self._changes: dict[str, JsonValue] = {}

    def check(self, draft: Draft, logged_at: str, zone: str) -> None:
        """Refuse an act that something below it in the log blocks; facts pass unseen.

        Args:
            draft: the record.
            logged_at: time of its entry.
            zone: the log's time zone.

        Raises:
            RefusedError: rule-blocked, naming the record that causes it.
        """
        act = Act.of(draft.statement, draft.payload, logged_at, zone)
        fault = None if act is None else self._rules.check(act, self._state)
        if fault is not None:
            raise RefusedError("rule-blocked", [fault])

    def add(self, draft: Draft, records: Mapping[str, Known]) -> None:
        """Fold in a record of the batch, now that it stands there."""
        said, rules = draft.statement, self._rules
        changes: dict[str, Any] = {}
        if said.type in rules.causes:
            changes = rules.fold(Told(said, draft.payload), self._state)
        elif said.type in rules.retracting:
            opened = draft.opened
            erasure = None if opened is None else Erasure.of_json(opened.payload)
            for target in _targets(said, _among(records)):
                changes |= rules.take_back(target, erasure, self._state | changes)
        self._state |= changes
        self._changes |= changes

    def write(self, connection: Connection) -> None:
        """Write what changed."""
        self._acts.write(connection, self._changes)


def _erased(record: StoredRecord) -> frozenset[str] | None:
    """Names of the fields that were erased; None where nothing is left."""
    if record.payload is None:
        return None
    if record.opening is None:
        return frozenset()
    left = canonical.parse(record.payload)
    assert isinstance(left, dict)
    return frozenset(record.opening.names) - left.keys()


def _targets(said: Statement, find: Callable[[str], Statement | None]) -> list[Statement]:
    """What a correction or an erasure takes back, as far as it is found."""
    rel = taking_back.REL[said.type]
    named = (find(link.id) for link in said.links if link.rel == rel and link.id is not None)
    return [
        target
        for target in named
        if target is not None and taking_back.counts(said.type, said.issuer, target.type)
    ]


def _among(records: Mapping[str, Known]) -> Callable[[str], Statement | None]:
    return lambda name: records[name].statement() if name in records else None
