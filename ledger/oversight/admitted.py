"""准入、暂停、剔除: who has no admission in force is neither ordered from nor settled with (EVIDENCE §1).

A bureau's `admission` admits a supplier for some categories and a term, suspends it or removes it.
Of several decisions on one category the last by `effective_at` counts; of two of one time the one
that is harder on the supplier. A decision that admits for a term to come does not count before that
term: who is admitted anew in time has no gap. What counts is the civil day on which an act is logged.

An act is blocked where no category of the supplier is in force, or one that the act is for is not: a
selection names its categories, and the policy `certificates` may say which one an item of an order
or a settlement is of.

A settlement pays for days gone by, so a term that is over does not block it where the supplier was
admitted on one of them, 应付尽付. A suspension or a removal blocks it until the bureau decides again: to have goods paid
that were accepted before, it admits for days past, which lets nobody order.

State under `admitted <supplier>`, ascending by id, one item for each decision:

    [id, decision, effective_at, term_from, term_until, [categories]]

and under `admitted policy`: [version, [[beginning of item codes, category]]]. Who is suspended or removed is so for all days, which also gives every decision one length.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from ledger.canonical import JsonValue
from ledger.errors import Fault
from ledger.oversight import act_goods, civil, policies
from ledger.oversight.acts import Act, State, Told
from ledger.statement import Statement

DECISION: Final = "admission"
_IN_FORCE, _SUSPENDED, _REMOVED = 0, 1, 2
_SAYS: Final = {"in-force": _IN_FORCE, "suspended": _SUSPENDED, "removed": _REMOVED}
_FIRST_DAY, _LAST_DAY = "0001-01-01", "9999-12-31"
_POLICY: Final = "admitted policy"


class _Decision(NamedTuple):
    """What a bureau decided on some categories; where it does not admit, the term is all days."""

    id: str
    says: int
    effective_at: str
    term_from: str
    term_until: str
    categories: list[str]

    @property
    def weight(self) -> tuple[str, int, str]:
        """The greatest of several counts."""
        return self.effective_at, self.says, self.id

    def has_begun(self, act: Act) -> bool:
        """Whether it counts when the act is logged."""
        return self.effective_at <= act.logged_at and self.term_from <= act.logged_on

    def admits(self, first: str, last: str) -> bool:
        """Whether it admits on any of these days."""
        return self.says == _IN_FORCE and self.term_from <= last and first <= self.term_until


class _Ground(NamedTuple):
    """Why a supplier is not admitted: the fault's code, and the decision that causes it."""

    code: str
    decision: _Decision | None = None

    @property
    def weight(self) -> tuple[str, int, str]:
        """The greatest of several categories' grounds is told."""
        return ("", 0, "") if self.decision is None else self.decision.weight


class Admitted:
    """The rule; `ledger.oversight.acts.ActRule` says what each method is asked."""

    version: Final = "admitted 1"
    acts: Final = frozenset({"order", "supplier-selection", "settlement"})
    causes: Final[Mapping[str, frozenset[str]]] = {
        DECISION: frozenset(
            {"supplier", "decision", "categories", "effective_at", "term_from", "term_until"}
        ),
        policies.TYPE: frozenset({"name", "version", "rules"}),
    }

    def keys(self, said: Statement) -> Iterable[str]:
        """The supplier's that it names, and the policy's."""
        if said.type == DECISION:
            return _of_supplier(said)
        return [_POLICY, *_of_supplier(said)]

    def fold(self, told: Told, state: State) -> State:
        """A decision stands beside the others, in whatever order they were posted."""
        if told.said.type == policies.TYPE:
            return _policy(told, state)
        payload: Any = told.payload
        decision = _Decision(
            told.said.id,
            _SAYS[payload["decision"]],
            payload["effective_at"],
            payload.get("term_from", _FIRST_DAY),
            payload.get("term_until", _LAST_DAY),
            sorted(payload["categories"]),
        )
        return {
            key: _written([*_without(state, key, told.said.id), decision])
            for key in _of_supplier(told.said)
        }

    def take_back(self, said: Statement, state: State) -> State:
        """As if it had never been told; a policy stays."""
        return {key: _written(_without(state, key, said.id)) for key in _of_supplier(said)}

    def check(self, act: Act, state: State) -> Fault | None:
        """Blocked where no category is in force, or one that the act names is not."""
        for key in _of_supplier(act.said):
            decisions = _read(state, key)
            supplier = key.partition(" ")[2]
            ground = _none_in_force(act, decisions)
            if ground is not None:
                return _fault(act, ground, supplier, "/payload/supplier")
            for pointer, category in _wanted(act, state):
                ground = _ground(act, category, decisions)
                if ground is not None:
                    return _fault(act, ground, f"{supplier} ({category})", pointer)
        return None


def _none_in_force(act: Act, decisions: Sequence[_Decision]) -> _Ground | None:
    """Why the supplier is admitted for nothing; None where it is for something."""
    found = [_Ground("not-admitted")]
    for category in dict.fromkeys(name for known in decisions for name in known.categories):
        ground = _ground(act, category, decisions)
        if ground is None:
            return None
        found.append(ground)
    return max(found, key=lambda ground: ground.weight)


def _ground(act: Act, category: str, decisions: Sequence[_Decision]) -> _Ground | None:
    """Why the supplier is not admitted for a category; None where it is."""
    known = [decision for decision in decisions if category in decision.categories]
    begun = [decision for decision in known if decision.has_begun(act)]
    if not begun:
        coming = [decision for decision in known if decision.says == _IN_FORCE]
        if not coming:
            return _Ground("not-admitted")
        return _Ground("admission-not-begun", min(coming, key=lambda decision: decision.weight))
    last = max(begun, key=lambda decision: decision.weight)
    if last.says != _IN_FORCE:
        return _Ground("suspended" if last.says == _SUSPENDED else "removed", last)
    if last.admits(act.logged_on, act.logged_on):
        return None
    if act.said.type == "settlement":
        payload: Any = act.payload
        first, until = payload["period_from"], payload["period_until"]
        if last.admits(first, until) or _was_admitted(act, begun, first, until):
            return None
    return _Ground("admission-over", last)


def _was_admitted(act: Act, decisions: Sequence[_Decision], first: str, until: str) -> bool:
    """Whether on one of these days the decision that counted then admitted."""
    begun = [
        (max(civil.day_of(one.effective_at, act.zone), one.term_from), one) for one in decisions
    ]
    # Which one counts changes on the first day of a decision only.
    for day in {first, *(begins for begins, _ in begun if first < begins <= until)}:
        counted = [one for begins, one in begun if begins <= day]
        if counted and max(counted, key=lambda one: one.weight).admits(day, day):
            return True
    return False


def _wanted(act: Act, state: State) -> Iterator[tuple[str, str]]:
    """The categories that an act is for, as far as it or the policy says, each once, with a pointer."""
    if act.said.type == "supplier-selection":
        yield from act_goods.categories(act)
        return
    policy: Any = state.get(_POLICY)
    if policy is not None and policy[1]:
        category_of, met = act_goods.finder(dict(policy[1])), set[str]()
        for pointer, code in act_goods.items(act):
            category = category_of(code)
            if category is not None and category not in met:
                met.add(category)
                yield pointer, category


def _policy(told: Told, state: State) -> State:
    before: Any = state.get(_POLICY)
    after = act_goods.succeed(0 if before is None else before[0], told)
    if after is None:
        return {}
    version, rules = after
    table: list[Any] = [
        [begins, item.category] for begins, item in sorted(rules.goods.items()) if item.category
    ]
    return {_POLICY: [version, table]}


def _of_supplier(said: Statement) -> list[str]:
    return [f"admitted {name}" for name in said.subjects if name.startswith("supplier:")]


def _read(state: State, key: str) -> list[_Decision]:
    items: Any = state.get(key, [])
    return [_Decision(*item) for item in items]


def _without(state: State, key: str, record: str) -> list[_Decision]:
    return [decision for decision in _read(state, key) if decision.id != record]


def _written(decisions: Sequence[_Decision]) -> JsonValue:
    """One value for the same decisions, in whatever order they were told."""
    written: list[Any] = [list(decision) for decision in sorted(decisions)]
    return written


def _fault(act: Act, ground: _Ground, whom: str, pointer: str) -> Fault:
    decision = ground.decision
    en, zh = {
        "not-admitted": ("was never admitted", "从未准入"),
        "suspended": ("is suspended", "已被暂停供货"),
        "removed": ("was removed from the pool", "已被剔除出资源库"),
        "admission-over": ("is admitted no more: the term ended", "准入期限已满，截止日"),
        "admission-not-begun": ("is not admitted yet: the term begins", "准入期限尚未开始，起始日"),
    }[ground.code]
    day = ""
    if decision is not None and ground.code == "admission-over":
        day = f" {decision.term_until}"
    if decision is not None and ground.code == "admission-not-begun":
        day = f" {max(decision.term_from, civil.day_of(decision.effective_at, act.zone))}"
    return Fault(
        pointer,
        ground.code,
        f"{whom} {en}{day}; until a bureau's admission of it is in force, no {act.said.type} "
        "that names it is taken",
        f"{whom} {zh}{day}；教育局准入生效之前不受理涉及它的 {act.said.type}",
        None if decision is None else decision.id,
    )
