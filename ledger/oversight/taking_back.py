"""What takes a record back, and who may take back what a freeze rests on (DOMAIN: REG lifts).

    correction, corrects    the record as a whole
    erasure, erases         what was read of the fields that are gone

A `risk-response` may freeze (冻结供餐), and a freeze ends by a regulator's word alone. So nobody but a
regulator corrects a response, or has the fields erased that say whom it holds back, from what and
since when; of the others, `accountable` for instance, any erasure that is allowed goes through. Its
payload is sealed: whether it does freeze is not asked, and nobody learns it from a refusal.

A regulator is a party so named (EVIDENCE §1) that holds the role. Whoever folds a log sees the name
only. A correction by anybody else that stands in a log from before this rule counts for nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.errors import Fault
from ledger.governance import Erasure
from ledger.statement import Statement
from ledger.subject import kind

REL: Final[Mapping[str, str]] = {"correction": "corrects", "erasure": "erases"}
"""The types that take records back; the link that names them."""

RESPONSE: Final = "risk-response"

DECIDES: Final = frozenset({"canteen", "severity", "response", "held_back", "effective_from"})
"""Of a response: what a freeze, and what was served while frozen, is told by."""

_REGULATOR: Final = "regulator"


def counts(by: str, issuer: str, target: str) -> bool:
    """Whether a record of type `by`, by this issuer, takes back one of type `target`.

    An erasure does, whoever posted it: what is gone cannot be derived again.
    """
    return by != "correction" or target != RESPONSE or kind(issuer) == _REGULATOR


def faults(
    said: Statement, erasure: Erasure | None, target: Statement, held: frozenset[str]
) -> Iterator[Fault]:
    """Why a correction or an erasure may not take `target` back; `held`: its issuer's roles."""
    if target.type != RESPONSE or (kind(said.issuer) == _REGULATOR and _REGULATOR in held):
        return
    if said.type == "correction":
        yield _fault(
            "/links",
            f"risk-response {target.id} may freeze a canteen: a regulator ends it, with a "
            "freeze-lift; nobody else takes it back",
            f"风险处置 {target.id} 可能涉及冻结供餐：须由监管部门以 freeze-lift 解除，其他主体不得撤回",
            target,
        )
    elif erasure is not None and erasure.scope == "record":
        yield _fault(
            "/payload/scope",
            f"risk-response {target.id} may freeze a canteen: only a regulator has all of it "
            f"erased; name the fields, other ones than {', '.join(sorted(DECIDES))}",
            f"风险处置 {target.id} 可能涉及冻结供餐：只有监管部门可以整条清除；请逐一指明字段，"
            f"且不得包括 {'、'.join(sorted(DECIDES))}",
            target,
        )
    elif erasure is not None:
        for place, name in enumerate(erasure.fields):
            if name in DECIDES:
                yield _fault(
                    f"/payload/fields/{place}",
                    f"{name} of risk-response {target.id} says whether and whom it freezes: only "
                    "a regulator has it erased",
                    f"风险处置 {target.id} 的 {name} 决定是否冻结及冻结何者，只有监管部门可以清除",
                    target,
                )


def _fault(pointer: str, en: str, zh: str, target: Statement) -> Fault:
    return Fault(pointer, "regulator", en, zh, target.id)
