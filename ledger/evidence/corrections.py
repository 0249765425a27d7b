"""Corrections: a wrong record and the right one stand together or not at all (EVIDENCE §2).

    correction  did-not-occur    corrects A                  nothing replaces A
    correction  incorrect-data   corrects A  +  B replaces A  in one atomic batch, B of A's type

Otherwise a record could quietly take another's place, or leave it wrong with nothing beside it.
"""

from collections.abc import Mapping, Sequence

from ledger.errors import Fault, RefusedError
from ledger.evidence.draft import Draft
from ledger.standing import Standing
from ledger.statement import Statement


def check_batch(drafts: Sequence[Draft], *, atomic: bool) -> dict[int, RefusedError]:
    """What of these drafts may not be posted so, by its place among them.

    Requires that none of them is in the log already: a retry is not judged anew.
    """
    corrected: dict[str, str] = {}
    replaced: set[str] = set()
    if atomic:
        for draft in drafts:
            if draft.reason_code is not None:
                corrected |= dict.fromkeys(_targets(draft, "corrects"), draft.reason_code)
            replaced.update(_targets(draft, "replaces"))
    refused = {}
    for place, draft in enumerate(drafts):
        faults = _faults(draft, corrected, replaced)
        if faults:
            refused[place] = RefusedError("schema", faults)
    return refused


def check_replaced(draft: Draft, target: Statement, standing: Standing) -> None:
    """Check that `draft` may take the place of a record it replaces.

    Raises:
        RefusedError: `schema` where the other is of another type, `not-your-subject` where it is
            somebody else's.
    """
    says = draft.statement
    if target.type != says.type:
        raise RefusedError(
            "schema",
            [
                Fault(
                    "/links",
                    "other-type",
                    f"{says.type} replaces {says.type}; record {target.id} is of type {target.type}",
                    f"{says.type} 只能替换同类记录；记录 {target.id} 的类型为 {target.type}",
                    target.id,
                )
            ],
        )
    if not standing.may_correct(says.issuer, target):
        raise RefusedError(
            "not-your-subject",
            [
                Fault(
                    "/issuer",
                    "not-yours",
                    f"only {target.issuer}, or who owns it, replaces record {target.id}",
                    f"只有 {target.issuer} 或其所有者可以替换记录 {target.id}",
                    target.id,
                )
            ],
        )


def _faults(draft: Draft, corrected: Mapping[str, str], replaced: set[str]) -> list[Fault]:
    found = []
    for target in _targets(draft, "replaces"):
        reason = corrected.get(target)
        if reason is None:
            found.append(
                _fault(
                    f"record {target} is replaced only together with its correction, in one "
                    "atomic batch",
                    f"替换记录 {target} 时，须在同一原子批次中提交其更正",
                    target,
                )
            )
        elif reason != "incorrect-data":
            found.append(
                _fault(
                    f"record {target} did not occur, so nothing takes its place",
                    f"记录 {target} 并未发生，不得有替换记录",
                    target,
                )
            )
    if draft.reason_code is None:
        return found
    targets = _targets(draft, "corrects")
    if len(targets) > 1:
        found.append(
            _fault(
                "a correction corrects one record; post one for each",
                "一条更正只针对一条记录，请分别提交",
                targets[1],
            )
        )
    if draft.reason_code == "incorrect-data":
        found += [
            _fault(
                f"the right record, which replaces {target}, stands in the same atomic batch as "
                "its correction",
                f"更正错误数据时，须在同一原子批次中提交替换 {target} 的正确记录",
                target,
            )
            for target in targets
            if target not in replaced
        ]
    return found


def _targets(draft: Draft, rel: str) -> list[str]:
    return [link.id for link in draft.statement.links if link.rel == rel and link.id is not None]


def _fault(en: str, zh: str, record: str) -> Fault:
    return Fault("/links", "correction", en, zh, record)
