"""冻结供餐: while a school or one of its canteens is frozen, it may neither order nor plan meals.

A `risk-response` whose response is `freeze` begins it (三级响应: 较大及以上风险), for the canteens it
names, else for the whole school; a `freeze-lift` that `lifts` it ends it. Either may come first:
what was posted offline arrives in any order. A freeze whose data were corrected stays lifted if the
record it replaces was.

State under `freeze <school>`, ascending by id, one item for each response:

    [id, 0 not told | 1 told, no freeze | 2 freeze, [ids of its lifts], [its canteens]]

Responses that freeze nothing are kept alike, so that the length of what is stored tells nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.errors import Fault
from ledger.oversight.acts import Act, State, Told
from ledger.statement import Statement
from ledger.subject import kind

RESPONSE: Final = "risk-response"
LIFT: Final = "freeze-lift"
_NOT_TOLD, _OTHER, _FREEZE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Response:
    """One response, as far as it is known: told itself, or only named by a lift."""

    told: int = _NOT_TOLD
    lifts: frozenset[str] = frozenset()
    canteens: frozenset[str] = frozenset()

    @property
    def freezes(self) -> bool:
        return self.told == _FREEZE and not self.lifts


class Freeze:
    """The rule; `ledger.oversight.acts.ActRule` says what each method is asked."""

    acts: Final = frozenset({"order", "supplier-selection", "menu"})
    causes: Final[Mapping[str, frozenset[str]]] = {
        RESPONSE: frozenset({"response"}),
        LIFT: frozenset(),
    }

    def keys(self, said: Statement) -> Iterable[str]:
        """One for each school that the statement names, itself or by a canteen."""
        return {f"freeze {school}": None for school in _schools(said)}

    def fold(self, told: Told, state: State) -> State:
        """A response begins what it says, a lift ends what it names."""
        if told.said.type == LIFT:
            return self._changed(told.said, state, lambda known: _lift(known, told.said))
        return self._changed(told.said, state, lambda known: _respond(known, told))

    def take_back(self, said: Statement, state: State) -> State:
        """As if it had never been told."""
        return self._changed(said, state, lambda known: _take_back(known, said))

    def check(self, act: Act, state: State) -> Fault | None:
        """Blocked by a freeze of the school, or of a canteen that the act is for."""
        canteens = {name for name in act.said.subjects if kind(name) == "canteen"}
        for school in _schools(act.said):
            for record, response in sorted(_read(state, f"freeze {school}").items()):
                frozen = response.canteens & canteens if response.canteens else {school}
                if response.freezes and frozen:
                    return _fault(act, min(frozen), record)
        return None

    def _changed(self, said: Statement, state: State, change: Any) -> State:
        changed = {}
        for key in self.keys(said):
            known = _read(state, key)
            change(known)
            changed[key] = _written(known)
        return changed


def _respond(known: dict[str, _Response], told: Told) -> None:
    said = told.said
    before = known.get(said.id, _Response())
    lifts = before.lifts
    for link in said.links:
        if link.rel == "replaces" and link.id in known:
            lifts |= known[link.id].lifts
    known[said.id] = _Response(
        _FREEZE if told.payload.get("response") == "freeze" else _OTHER,
        lifts,
        frozenset(name for name in said.subjects if kind(name) == "canteen"),
    )


def _lift(known: dict[str, _Response], said: Statement) -> None:
    for name in _lifted(said):
        before = known.get(name, _Response())
        known[name] = replace(before, lifts=before.lifts | {said.id})


def _take_back(known: dict[str, _Response], said: Statement) -> None:
    names = _lifted(said) if said.type == LIFT else [said.id]
    for name in names:
        before = known.get(name, _Response())
        after = (
            replace(before, lifts=before.lifts - {said.id})
            if said.type == LIFT
            else _Response(lifts=before.lifts)
        )
        known[name] = after


def _lifted(said: Statement) -> list[str]:
    return [link.id for link in said.links if link.rel == "lifts" and link.id is not None]


def _schools(said: Statement) -> dict[str, None]:
    """The schools a statement names, itself or by a canteen; in order, each once."""
    return {
        f"school:{name.partition(':')[2].partition('~')[0]}": None
        for name in said.subjects
        if kind(name) in ("school", "canteen")
    }


def _read(state: State, key: str) -> dict[str, _Response]:
    items: Any = state.get(key, [])
    return {
        record: _Response(told, frozenset(lifts), frozenset(canteens))
        for record, told, lifts, canteens in items
    }


def _written(known: Mapping[str, _Response]) -> JsonValue:
    """What is known, each piece in one order only: the same for the same records in any order."""
    return [
        [record, response.told, [*sorted(response.lifts)], [*sorted(response.canteens)]]
        for record, response in sorted(known.items())
        if response.told or response.lifts
    ]


def _fault(act: Act, frozen: str, record: str) -> Fault:
    named = next((name for name, value in act.payload.items() if value == frozen), None)
    return Fault(
        "/subjects" if named is None else f"/payload/{named}",
        "frozen",
        f"{frozen} is frozen: until the freeze is lifted, no {act.said.type} is taken for it",
        f"{frozen} 已被冻结供餐；解除冻结之前不受理 {act.said.type}",
        record,
    )
