"""资质证照、许可范围: who lacks a paper that a policy demands is neither ordered from nor settled with.

A policy named `certificates` says which papers a supplier must have (`required_kinds`: groups of
kinds, one of each group), and which goods need which scope of a permit (`goods`, `permit_kinds`).
Without such a policy in the log nothing is blocked here. A paper counts from its first day to its
last unless the bureau's last review rejected it, or what it replaces, or found it in a state of
`void_statuses`; whoever renews posts another paper. Who never showed any paper of a group is blocked where the policy says
`never_shown`. The family `certificates` finds by the same rules what was delivered all the same.

Papers are looked at on the civil day on which an act is logged, for a settlement also on the days
that it pays for: what was accepted while they held is paid, 应付尽付.

State: `act_papers` under `certified <supplier>`, and under `certified policy` what of the policy is
read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from ledger.errors import Fault
from ledger.oversight import act_goods, policies
from ledger.oversight.act_papers import CERTIFICATE, READ, REVIEW, Paper, Papers
from ledger.oversight.acts import Act, State, Told
from ledger.statement import Statement

_POLICY: Final = "certified policy"


class _Policy(NamedTuple):
    """What of the policy in force is read; of goods: beginning of item codes, category, scopes."""

    version: int
    required: list[list[str]]
    permits: list[str]
    void: list[str]
    never_shown: int
    goods: list[tuple[str, str, list[str]]]


class Certified:
    """The rule; `ledger.oversight.acts.ActRule` says what each method is asked."""

    version: Final = "certified 1"
    acts: Final = frozenset({"order", "supplier-selection", "settlement"})
    causes: Final[Mapping[str, frozenset[str]]] = {
        **READ,
        policies.TYPE: frozenset({"name", "version", "rules"}),
    }

    def keys(self, said: Statement) -> Iterable[str]:
        """The supplier's that it names, and the policy's."""
        if said.type in (CERTIFICATE, REVIEW):
            return _of_supplier(said)
        return [_POLICY, *_of_supplier(said)]

    def fold(self, told: Told, state: State) -> State:
        """A paper or a review stands beside the others, in whatever order they were posted."""
        if told.said.type == policies.TYPE:
            return _policy(told, state)
        return {
            key: Papers.of(state.get(key)).told(told).written() for key in _of_supplier(told.said)
        }

    def take_back(self, said: Statement, state: State) -> State:
        """As if it had never been told, but for what it replaces; a policy stays."""
        return {
            key: Papers.of(state.get(key)).without(said).written() for key in _of_supplier(said)
        }

    def check(self, act: Act, state: State) -> Fault | None:
        """Blocked where a required paper is not in force, or goods lie outside the permit."""
        stored: Any = state.get(_POLICY)
        if stored is None:
            return None
        policy = _Policy(*stored)
        for key in _of_supplier(act.said):
            known, supplier = Papers.of(state.get(key)), key.partition(" ")[2]
            days = [*_days(act)]
            counting = [
                paper
                for paper in known.papers
                if any(paper.first <= last and first <= paper.last for first, last in days)
                and known.adverse(paper, act, policy.void) is None
            ]
            fault = _lacking(supplier, known, counting, act, policy) or _outside(
                supplier, counting, act, policy
            )
            if fault is not None:
                return fault
        return None


def _policy(told: Told, state: State) -> State:
    before: Any = state.get(_POLICY)
    after = act_goods.succeed(0 if before is None else before[0], told)
    if after is None:
        return {}
    version, rules = after
    read: list[Any] = [
        version,
        [[*group] for group in rules.required_kinds],
        sorted(rules.permit_kinds),
        sorted(rules.void_statuses),
        int(rules.never_shown),
        [[begins, item.category, [*item.scopes]] for begins, item in sorted(rules.goods.items())],
    ]
    return {_POLICY: read}


def _days(act: Act) -> Iterator[tuple[str, str]]:
    """First and last of the days on one of which a paper must have been in force."""
    yield act.logged_on, act.logged_on
    if act.said.type == "settlement":
        payload: Any = act.payload
        yield payload["period_from"], payload["period_until"]


def _lacking(
    supplier: str, known: Papers, counting: Sequence[Paper], act: Act, policy: _Policy
) -> Fault | None:
    """The first group of required kinds of which no paper counts."""
    held = {paper.kind for paper in counting}
    for group in policy.required:
        if not held.isdisjoint(group):
            continue
        shown = [
            paper for paper in known.papers if paper.kind in group and paper.first <= act.logged_on
        ]
        last = max(shown, key=lambda paper: (paper.last, paper.id), default=None)
        if last is None:
            if policy.never_shown:
                wanted = ", ".join(group)
                return _lacks(
                    act,
                    "certificate-missing",
                    f"{supplier} has shown no {wanted}",
                    f"{supplier} 未提交 {wanted}",
                )
            continue
        review = known.adverse(last, act, policy.void)
        if review is not None:
            return _lacks(
                act,
                "certificate-rejected",
                f"the {last.kind} of {supplier} did not hold when it was reviewed",
                f"{supplier} 的 {last.kind} 未通过资格审查",
                review.id,
            )
        return _lacks(
            act,
            "certificate-lapsed",
            f"the {last.kind} of {supplier} was valid until {last.last}",
            f"{supplier} 的 {last.kind} 已于 {last.last} 到期",
            last.id,
        )
    return None


def _lacks(act: Act, code: str, en: str, zh: str, record: str | None = None) -> Fault:
    return Fault(
        "/payload/supplier",
        code,
        f"{en}; until it posts one in force, no {act.said.type} that names it is taken",
        f"{zh}；提交有效证照之前不受理涉及它的 {act.said.type}",
        record,
    )


def _outside(supplier: str, counting: Sequence[Paper], act: Act, policy: _Policy) -> Fault | None:
    """The first goods of which no permit has a scope; without a permit nothing lies outside it."""
    permits = [paper for paper in counting if paper.kind in policy.permits]
    if not permits or not policy.goods:
        return None
    scopes = {scope for paper in permits for scope in paper.scopes}
    for pointer, name, wanted in _goods(act, policy):
        if wanted and scopes.isdisjoint(wanted):
            permit = max(permits, key=lambda paper: (paper.last, paper.id))
            return Fault(
                pointer,
                "goods-outside-permit",
                f"{name} lies outside the permit of {supplier}, which covers "
                f"{', '.join(sorted(scopes))}; it takes one for {' or '.join(wanted)}",
                f"{name} 超出 {supplier} 的许可范围（{'、'.join(sorted(scopes))}），"
                f"须有 {' 或 '.join(wanted)} 许可",
                permit.id,
            )
    return None


def _goods(act: Act, policy: _Policy) -> Iterator[tuple[str, str, list[str]]]:
    """Pointer and name of what an act is for, and the scopes of which one covers it."""
    if act.said.type != "supplier-selection":
        scopes_of = act_goods.finder({begins: scopes for begins, _, scopes in policy.goods})
        for pointer, code in act_goods.items(act):
            yield pointer, code, scopes_of(code) or []
        return
    for pointer, category in act_goods.categories(act):
        needed = [scopes for _, its_category, scopes in policy.goods if its_category == category]
        # Where some goods of the category need no scope that the policy knows, it may be those.
        yield pointer, category, sorted({*chain.from_iterable(needed)}) if all(needed) else []


def _of_supplier(said: Statement) -> list[str]:
    return [f"certified {name}" for name in said.subjects if name.startswith("supplier:")]
