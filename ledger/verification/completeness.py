"""Check `completeness`: does the bundle show all there is about the record, and who says so?

A subject index rests on the log's word until an auditor whom the policy trusts has recomputed it.
"""

from ledger import jws
from ledger.governance import AuditReport
from ledger.verdict import Check, State
from ledger.verification.case import Case
from ledger.verification.heads import Reading
from ledger.verification.reasons import reason
from ledger.verification.sentences import say
from ledger.verification.shown import Shown

NAME = "completeness"


def check(case: Case) -> Check:
    """The index that reaches furthest, and the reports that cite it."""
    if case.indexes.failure is not None:
        item, error = case.indexes.failure
        return say(NAME, State.FAIL, "completeness/fail", index=item.index, **reason(error))
    complete = case.indexes.complete
    if complete is None:
        sizes = [reading.index.size for reading in case.indexes.readings]
        if sizes and max(sizes) <= case.index:
            return say(NAME, State.NOT_CHECKED, "completeness/not-checked-early", size=max(sizes))
        return say(NAME, State.NOT_CHECKED, "completeness/not-checked")
    size = complete.reading.index.size
    reports, results = reports_on(case, complete.reading)
    if results == {"reproduced"}:
        return say(
            NAME,
            State.PASS,
            "completeness/pass",
            size=size,
            auditor=reports[0].entry.statement.issuer,
            index=complete.reading.item.index,
        )
    refuted = "not-reproduced" in results
    return say(
        NAME,
        State.PENDING,
        "completeness/pending",
        size=size,
        audit_en="an auditor could not reproduce it"
        if refuted
        else "no auditor whom your policy trusts has recomputed it",
        audit_zh="有审计方未能重现该索引" if refuted else "您的策略所信任的审计方尚未重新计算",
    )


def reports_on(case: Case, reading: Reading) -> tuple[list[Shown], set[str]]:
    """The reports of trusted auditors that cite the index, and what they found."""
    counting = [
        item for item in case.support.of_type("audit-report") if _counts(case, item, reading)
    ]
    return counting, {AuditReport.of_json(item.payload).result for item in counting}


def _counts(case: Case, item: Shown, reading: Reading) -> bool:
    """Whether an audit report is by an auditor the policy trusts, and cites this index."""
    said, signature = item.entry.statement, item.entry.signature
    if case.policy is None or signature is None or not _holds(case, item):
        return False
    signer = (said.issuer, jws.parse(signature).kid)
    if signer not in {(auditor.party, auditor.kid) for auditor in case.policy.auditors}:
        return False
    cited = reading.item
    return (
        item.index > cited.index
        and AuditReport.of_json(item.payload).size == reading.index.size
        and any(
            link.rel == "cites"
            and link.id == cited.entry.statement.id
            and link.sha256 in (None, cited.entry.statement.sha256)
            for link in said.links
        )
    )


def _holds(case: Case, item: Shown) -> bool:
    """Whether the report's signature was checked and no rule refuses it."""
    return item.index in case.support.verified and item.index not in case.support.faults
