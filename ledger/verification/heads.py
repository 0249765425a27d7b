"""The subject-index records of a bundle: do their heads hold, and what do they prove?

An index of size S covers the first S entries. It must agree with every entry that the bundle shows
below S: one left out would be a list made to deceive.
"""

from dataclasses import dataclass

from ledger import subject_index
from ledger.errors import LedgerError, VerificationError
from ledger.subject_index import Head, HeadProof, SubjectIndex
from ledger.verification.about import about, subject_of
from ledger.verification.shown import Shown, Support


@dataclass(frozen=True, slots=True)
class Reading:
    """A subject-index record and the heads shown of it, all of which hold."""

    item: Shown
    index: SubjectIndex
    proofs: tuple[HeadProof, ...]

    def head_of(self, subject: str) -> Head | None:
        """The subject's head, or None: none is shown."""
        for proof in self.proofs:
            if proof.head.subject == subject:
                return proof.head
        return None


@dataclass(frozen=True, slots=True)
class Complete:
    """A proof that the bundle shows all entries about its record below the index's size."""

    reading: Reading
    chain: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Indexes:
    """What the subject-index records give.

    Attributes:
        readings: those whose heads hold, ascending.
        complete: the proof that reaches furthest, or None.
        failure: the first index that does not hold, and why, or None.
    """

    readings: tuple[Reading, ...] = ()
    complete: Complete | None = None
    failure: tuple[Shown, LedgerError] | None = None


def evaluate(main: Shown, support: Support) -> Indexes:
    """Read all subject-index records; the first that does not hold ends the matter."""
    readings: list[Reading] = []
    complete: Complete | None = None
    for item in support.of_type("subject-index"):
        try:
            reading = _read(item, main, support)
            if reading is None:
                continue
            readings.append(reading)
            chain = _chain(reading, main, support)
        except LedgerError as error:
            return Indexes(failure=(item, error))
        if chain is not None and (
            complete is None or complete.reading.index.size <= reading.index.size
        ):
            complete = Complete(reading, chain)
    return Indexes(tuple(readings), complete)


def _read(item: Shown, main: Shown, support: Support) -> Reading | None:
    refused = support.faults.get(item.index)
    if refused is not None:
        raise refused
    if item.heads is None:
        return None
    index = SubjectIndex.of_json(item.payload)
    proofs = subject_index.parse_heads(item.heads)
    subject_index.verify(index, proofs)
    heads = {proof.head.subject: proof.head for proof in proofs}
    for entry in (main, *support.items):
        if entry.index < index.size:
            for place in entry.entry.chains:
                head = heads.get(place.subject)
                if head is not None:
                    _compare(head, entry, place.seq)
    return Reading(item, index, proofs)


def _compare(head: Head, shown: Shown, seq: int) -> None:
    """Hold a head against an entry of its subject that the index covers."""
    if shown.index == head.index:
        if (seq, shown.leaf_hash) != (head.seq, head.leaf_hash):
            raise VerificationError(
                f"its head of {head.subject} is not entry {shown.index} of the log",
                expected=shown.leaf_hash.hex() if seq == head.seq else f"seq {seq}",
                found=head.leaf_hash.hex() if seq == head.seq else f"seq {head.seq}",
            )
    elif shown.index > head.index or seq >= head.seq:
        raise VerificationError(
            f"it leaves out an entry about {head.subject}",
            expected=f"seq {seq}, index {shown.index}",
            found=f"seq {head.seq}, index {head.index}",
        )


def _chain(reading: Reading, main: Shown, support: Support) -> tuple[Shown, ...] | None:
    """All entries about the record below the index's size, or None: it is not shown to be all."""
    name, index = subject_of(main), reading.index
    if index.size <= main.index:
        return None
    try:
        head = subject_index.prove(index, name, reading.proofs)
    except VerificationError:
        return None
    shown = {item.index: item for item in about(main, support)}
    if head is None:
        below = [item.index for item in shown.values() if item.index < index.size]
        if below:
            raise VerificationError(
                f"it leaves out an entry about {name}",
                expected=f"index {below[0]}",
                found="none",
            )
        return ()
    return _walk(head, shown.get(head.index), name, shown)


def _walk(
    head: Head, item: Shown | None, name: str, shown: dict[int, Shown]
) -> tuple[Shown, ...] | None:
    """Follow the chain from its head down to number 1, or None where an entry is not shown."""
    chain: list[Shown] = []
    seq = head.seq
    while item is not None:
        place = next(place for place in item.entry.chains if place.subject == name)
        if place.seq != seq:
            raise VerificationError(
                f"the chain of {name} is broken at index {item.index}",
                expected=f"seq {seq}",
                found=f"seq {place.seq}",
            )
        chain.append(item)
        if place.prev is None or place.prev_index is None:
            return tuple(reversed(chain))
        seq -= 1
        item = shown.get(place.prev_index) if place.prev_index < item.index else None
        if item is not None and item.leaf_hash != place.prev:
            raise VerificationError(
                f"the chain of {name} is broken below index {chain[-1].index}",
                expected=place.prev.hex(),
                found=item.leaf_hash.hex(),
            )
    return None
