"""What a saved page shows for the end of its history: a subject index, and what that rests on.

The index is a record of the log like any other: the checks of a bundle say whether it stands there,
who recomputed it, and what carries the checkpoint. Its head of the subject is held against the
entries of all pages (`history.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger import subject_index, tlog_proof
from ledger.anchor import ChainFacts
from ledger.bundle import Bundle
from ledger.encoding import b64
from ledger.errors import LedgerError, MalformedError, VerificationError
from ledger.policy import Policy
from ledger.tlog_proof import TlogProof
from ledger.verdict import Check, State, Verdict
from ledger.verification import (
    anchor,
    checkpoint_signature,
    completeness,
    cosignatures,
    entry_form,
    inclusion,
    read_case,
)
from ledger.verification.case import Case
from ledger.verification.heads import Reading
from ledger.verification.history_pages import Link, Proof
from ledger.verification.reasons import reason
from ledger.verification.sentences import say, told
from ledger.verification.shown import decode

CHECKS: Final = (
    checkpoint_signature.NAME,
    inclusion.NAME,
    cosignatures.NAME,
    anchor.NAME,
    completeness.NAME,
)
"""Names of the checks, in their order."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one page's proof comes to.

    Attributes:
        checks: those of `CHECKS`, before them the form of the index where that is wrong.
        case: what they looked at; None where it could not be read.
        size: entries that the index covers, 0 where it does not hold.
        proven: number of the last entry that is shown to stand in the log.
    """

    checks: tuple[Check, ...]
    case: Case | None = None
    size: int = 0
    proven: int = 0


def judge(
    proof: Proof,
    subject: str,
    links: Sequence[Link],
    policy: Policy | None,
    chain: ChainFacts | None,
) -> Judged:
    """What a page's proof says, held against the entries of all pages."""
    try:
        bundle = _bundle(proof)
    except MalformedError as error:
        return Judged((inclusion.malformed(error), *not_reached(inclusion.NAME)))
    case = read_case(bundle, policy, chain=chain)
    if isinstance(case, Verdict):
        failed = next(check for check in case.checks if check.state is State.FAIL)
        return Judged((failed, *not_reached(failed.name)))
    form = entry_form.check(case)
    included = inclusion.check(case.main.leaf_hash, case.proof, case.checkpoint, case.support)
    complete, head, size = _completeness(case, proof, subject, links)
    checks = (
        *((form,) if form.state is State.FAIL else ()),
        checkpoint_signature.check(case),
        included,
        cosignatures.check(case),
        anchor.check(case),
        complete,
    )
    return Judged(checks, case, size, max(head, _last_shown(case, links)))


def _bundle(proof: Proof) -> Bundle:
    """The proof as the bundle of its subject-index record, which supports itself with its heads."""
    item = proof.support
    index, path = item.get("index"), item.get("path")
    if type(index) is not int or type(path) is not list:
        raise MalformedError("it has exactly role, index, entry and path, and heads of an index")
    hashes = tuple(decode(node, "hash of path", 32) for node in path)
    return Bundle(
        b64(decode(item.get("entry"), "entry")),
        tlog_proof.format(TlogProof(index, hashes, proof.checkpoint)),
        None,
        (item, *proof.reports, *proof.others),
        proof.anchors,
        (),
    )


def _completeness(
    case: Case, proof: Proof, subject: str, links: Sequence[Link]
) -> tuple[Check, int, int]:
    """Whether the index ends the chain where the pages do; number of its head, entries it covers."""
    name, index = completeness.NAME, case.main.index
    try:
        if case.indexes.failure is not None:
            index = case.indexes.failure[0].index
            raise case.indexes.failure[1]
        reading = _reading(case)
        head = _head(reading, subject, links)
        size = reading.index.size
        if proof.size != size:
            raise VerificationError("the size beside it", expected=str(size), found=str(proof.size))
    except LedgerError as error:
        return say(name, State.FAIL, "completeness/fail", index=index, **reason(error)), 0, 0
    reports, results = completeness.reports_on(case, reading)
    if results == {"reproduced"}:
        check = told(
            name,
            State.PASS,
            "Nothing was left out up to size {size}: {covered} entries, the index says, and "
            "{auditor} recomputed it.",
            "截至 {size} 条没有遗漏：索引载明 {covered} 条，{auditor} 已重新计算该索引。",
            size=size,
            covered=head,
            auditor=reports[0].entry.statement.issuer,
        )
        return check, head, size
    refuted = "not-reproduced" in results
    check = told(
        name,
        State.PENDING,
        "Nothing was left out up to size {size}, according to the log ({covered} entries); {audit_en}.",
        "据账本所称，截至 {size} 条没有遗漏（{covered} 条）；{audit_zh}。",
        size=size,
        covered=head,
        audit_en="an auditor could not reproduce its index"
        if refuted
        else "no auditor whom your policy trusts has recomputed its index",
        audit_zh="有审计方未能重现其索引"
        if refuted
        else "您的策略所信任的审计方尚未重新计算其索引",
    )
    return check, head, size


def _reading(case: Case) -> Reading:
    """The page's own index with the heads shown of it."""
    for reading in case.indexes.readings:
        if reading.item.index == case.main.index:
            return reading
    raise VerificationError("it is no index of subjects, or shows no heads")


def _head(reading: Reading, subject: str, links: Sequence[Link]) -> int:
    """Number of the subject's last entry that the index covers, 0 for none; the pages agree.

    Raises:
        VerificationError: they do not, or the heads show neither.
    """
    index = reading.index
    head = subject_index.prove(index, subject, reading.proofs)
    covered = 0 if head is None else head.seq
    for link in links:
        if (link.seq <= covered) != (link.index < index.size):
            raise VerificationError(
                f"it leaves out an entry about {subject}"
                if link.seq > covered
                else f"it covers an entry about {subject} that lies beyond its size",
                expected=f"seq {link.seq}, index {link.index}",
                found="none" if head is None else f"seq {head.seq}, index {head.index}",
            )
        if head is not None and link.seq == head.seq:
            found = (head.index, head.leaf_hash)
            if found != (link.index, link.leaf_hash):
                raise VerificationError(
                    f"its head of {subject} is not entry {link.index} of the log",
                    expected=link.leaf_hash.hex(),
                    found=head.leaf_hash.hex(),
                )
    if head is not None and (not links or links[-1].seq < head.seq):
        last = links[-1].seq if links else 0
        raise VerificationError(
            f"numbers {last + 1} to {head.seq} of the chain are in none of the files"
        )
    return covered


def _last_shown(case: Case, links: Sequence[Link]) -> int:
    """Number of the last entry of the history that is itself among what the proof shows."""
    shown = {(item.index, item.leaf_hash) for item in case.support.items}
    return max((link.seq for link in links if (link.index, link.leaf_hash) in shown), default=0)


def not_reached(failed: str) -> tuple[Check, ...]:
    """All but the one that failed, and so ended the matter."""
    return tuple(
        say(name, State.NOT_CHECKED, "not-reached", name=failed)
        for name in CHECKS
        if name != failed
    )
