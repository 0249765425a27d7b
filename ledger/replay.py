"""Replay: the log read in order, every rule that entries set each other held (FORMATS §1).

`Replay` is a fold: it takes entries one by one and keeps what later ones must agree with: the head
of every subject's chain, the ids, and the `Standing` of keys and mandates.

Memory: about 300 bytes a subject and 150 bytes a record. Whatever else an old entry says is read
again through `entry_at`.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from ledger import ed25519, note, subject_index
from ledger import entry as entries
from ledger.entry import ChainItem, Entry
from ledger.errors import VerificationError
from ledger.standing import Standing, Verifier
from ledger.statement import GENESIS, Link, Statement
from ledger.subject_index import Head, SubjectIndex

MUST_EXIST: Final = frozenset({"corrects", "replaces", "disputes", "rules-on", "reviews", "erases"})
"""Links whose target lies lower in the log; all others may arrive later (EVIDENCE §3)."""


class Replay:
    """The state after some entries; `apply` adds the next."""

    def __init__(
        self, entry_at: Callable[[int], bytes], *, verify: Verifier = ed25519.verify
    ) -> None:
        """Before the first entry.

        Args:
            entry_at: the bytes of an entry applied already, by index.
            verify: checks a statement's signature; an audit that checks signatures apart passes a
                function that only remembers them.
        """
        self.size = 0
        self.heads: dict[str, tuple[int, int, bytes]] = {}
        self.ids: dict[bytes, int] = {}
        self.skipped: set[int] = set()
        self.logged_at = ""
        self.standing = Standing(verify=verify)
        self._entry_at = entry_at

    def apply(self, data: bytes) -> Entry:
        """The next entry, if it may stand there.

        Raises:
            MalformedError: the bytes are no entry.
            VerificationError: they contradict what came before; nothing of them is kept.
        """
        entry = entries.parse(data)
        self.fold(entry, sha256(b"\x00" + data).digest())
        return entry

    def fold(self, entry: Entry, leaf_hash: bytes) -> None:
        """As `apply`, for an entry parsed already; `leaf_hash` is that of its bytes."""
        statement, standing, index = entry.statement, self.standing, self.size
        if (statement.type == GENESIS) != (index == 0):
            raise VerificationError(f"genesis is entry 0 and no other; this is entry {index}")
        if index and statement.ledger != standing.ledger:
            raise VerificationError(
                "a statement for another ledger",
                expected=standing.ledger.hex(),
                found=statement.ledger.hex() if statement.ledger else "null",
            )
        if entry.logged_at < self.logged_at:
            raise VerificationError(
                "logged_at goes backwards",
                expected=f"{self.logged_at} or later",
                found=entry.logged_at,
            )
        record = bytes.fromhex(statement.id.replace("-", ""))
        if record in self.ids:
            raise VerificationError(f"record {statement.id} stands at {self.ids[record]} already")
        for item in entry.chains:
            self._check_chain(item)
        if statement.links:
            self._check_links(statement)
        standing.check_submitter(statement, entry.submitter, entry.logged_at)
        if index:
            standing.check_signature(statement, entry.signature, index)
        if entry.open is not None:
            standing.check_open(statement, entry.signature, entry.open, index)
            if statement.type == "subject-index":
                self._check_index(SubjectIndex.of_json(entry.open.payload))
            standing.apply(statement, entry.signature, entry.open, index, leaf_hash)
        for item in entry.chains:
            self.heads[item.subject] = (item.seq, index, leaf_hash)
        self.ids[record] = index
        self.logged_at = entry.logged_at
        self.size = index + 1

    def skip(self, entry: Entry | None, leaf_hash: bytes) -> None:
        """Leave an entry that broke a rule in its place and go on, for an audit that names it.

        Nothing it says changes what later entries are held against, except the chains of its
        subjects, where it still can be read (`entry` not None).
        """
        for item in entry.chains if entry is not None else ():
            self.heads[item.subject] = (item.seq, self.size, leaf_hash)
        if entry is not None:
            self.ids.setdefault(bytes.fromhex(entry.statement.id.replace("-", "")), self.size)
        else:
            self.skipped.add(self.size)
        self.size += 1

    def heads_as_of(self, size: int) -> dict[str, tuple[int, int, bytes]]:
        """Head (seq, index, leaf hash) of every subject of the first `size` entries.

        Costs one reading of the entries above `size`.
        """
        heads = dict(self.heads)
        for index in range(self.size - 1, size - 1, -1):
            for item in entries.parse(self._entry_at(index)).chains:
                if item.prev is None or item.prev_index is None:
                    del heads[item.subject]
                else:
                    heads[item.subject] = (item.seq - 1, item.prev_index, item.prev)
        return heads

    def subject_index(self, size: int) -> SubjectIndex:
        """The index that a `subject-index` record of that size must carry."""
        heads = self.heads_as_of(size)
        return subject_index.build(
            (Head(name, seq, index, leaf) for name, (seq, index, leaf) in heads.items()), size
        )

    def check_checkpoint(self, signed: note.SignedNote) -> None:
        """Check that a checkpoint of the current size bears the log's signatures it must bear.

        A `log-key` record at index k: size k + 1 bears both signatures, above it the old key counts
        for nothing.

        Raises:
            VerificationError: a signature is missing or does not hold.
        """
        for key in self.standing.log_keys_at(self.size):
            note.verify(signed, [key])

    def _check_chain(self, item: ChainItem) -> None:
        name, seq = item.subject, item.seq
        if item.prev_index in self.skipped:
            return
        head = self.heads.get(name)
        if head is None:
            if seq != 1:
                raise VerificationError(
                    f"the chain of {name} does not start at 1", expected="seq 1", found=f"seq {seq}"
                )
            return
        if seq != head[0] + 1:
            raise VerificationError(
                f"gap or fork in the chain of {name}",
                expected=f"seq {head[0] + 1}",
                found=f"seq {seq}",
            )
        if item.prev_index != head[1]:
            raise VerificationError(
                f"fork in the chain of {name}",
                expected=f"previous entry {head[1]}",
                found=f"{item.prev_index}",
            )
        if item.prev != head[2]:
            raise VerificationError(
                f"fork in the chain of {name}: another hash of entry {item.prev_index}",
                expected=head[2].hex(),
                found=item.prev.hex() if item.prev else "null",
            )

    def _check_links(self, statement: Statement) -> None:
        for link in statement.links:
            if link.id is None:
                continue
            place = self.ids.get(bytes.fromhex(link.id.replace("-", "")))
            if place is not None:
                if link.sha256 is not None:
                    self._check_target(statement, link, place)
            elif link.rel in MUST_EXIST and not self.skipped:
                raise VerificationError(f"{link.rel} a record that does not exist: {link.id}")

    def _check_target(self, statement: Statement, link: Link, place: int) -> None:
        target = entries.parse(self._entry_at(place)).statement
        if link.sha256 != target.sha256:
            raise VerificationError(
                f"{link.rel} another statement than record {link.id}",
                expected=target.sha256.hex(),
                found=link.sha256.hex() if link.sha256 else "null",
            )
        if link.rel == "corrects" and not self.standing.may_correct(statement.issuer, target):
            raise VerificationError(
                "only the issuer of a record corrects it, or the owner of the device that did",
                expected=target.issuer,
                found=statement.issuer,
            )

    def _check_index(self, index: SubjectIndex) -> None:
        computed = self.subject_index(index.size)
        if computed != index:
            raise VerificationError(
                f"the subject-index of size {index.size} is not reproducible",
                expected=f"{computed.count} heads, root {computed.root.hex()}",
                found=f"{index.count} heads, root {index.root.hex()}",
            )
