"""冻结供餐: while a canteen is frozen, its school may neither order nor plan meals for it.

A `risk-response` that freezes (三级响应: 较大及以上风险) holds back ordering, serving or both, from its
`effective_from` on: for the canteens and schools that it names, for a whole school where it names no
canteen. Who may not serve may not order either, until ordering is released by itself. A `freeze-lift`
that `lifts` it releases what it says from its `lifted_from` on. What counts is when an act is logged.
Nothing but a lift ends a freeze, or a regulator who takes its own back (`taking_back`): a later
response that supersedes it adds to it, for whoever computes responses does not lift.

Either may come first: what was posted offline arrives in any order. A freeze whose data were
corrected stays lifted if the record it replaces was.

State under `freeze <school>`, ascending by id, one item for each response:

    [id, told, held back, effective_from, [[id, released, lifted_from] of its lifts], [whom it names]]

`told` is 0 where only a lift named the response yet. Responses that freeze nothing are kept alike,
so that the length of what is stored tells nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.errors import Fault
from ledger.oversight.acts import Act, State, Told
from ledger.oversight.taking_back import RESPONSE
from ledger.statement import Statement
from ledger.subject import kind

LIFT: Final = "freeze-lift"
_ORDERING, _SERVING = 1, 2
_HELD: Final = {"ordering": _ORDERING, "serving": _SERVING}
_WANTS: Final = {"order": _ORDERING, "supplier-selection": _ORDERING, "menu": _SERVING}


@dataclass(frozen=True, slots=True, order=True)
class _Lift:
    """What a lift releases, from when on."""

    id: str
    released: int
    since: str


@dataclass(frozen=True, slots=True)
class _Response:
    """One response, as far as it is known: told itself, or only named by a lift."""

    told: bool = False
    held: int = 0
    since: str = ""
    lifts: frozenset[_Lift] = frozenset()
    named: frozenset[str] = frozenset()

    def holds_back(self, act: Act) -> bool:
        """Whether it holds back what the act wants, when the act is logged."""
        released = 0
        for lift in self.lifts:
            if lift.since <= act.logged_at:
                released |= lift.released
        held = self.held & ~released if self.since <= act.logged_at else 0
        if held & _SERVING and not released & _ORDERING:
            held |= _ORDERING
        return bool(held & _WANTS[act.said.type])

    def of(self, act: Act, school: str) -> str | None:
        """Whom of those it names the act is for; None: nobody."""
        canteens = {name for name in act.said.subjects if kind(name) == "canteen"}
        if not any(kind(name) == "canteen" for name in self.named) or (
            not canteens and school in self.named
        ):
            return school
        return min(self.named & canteens, default=None)


class Freeze:
    """The rule; `ledger.oversight.acts.ActRule` says what each method is asked."""

    version: Final = "freeze 2"
    acts: Final = frozenset(_WANTS)
    causes: Final[Mapping[str, frozenset[str]]] = {
        RESPONSE: frozenset({"response", "held_back", "effective_from"}),
        LIFT: frozenset({"released", "lifted_from"}),
    }

    def keys(self, said: Statement) -> Iterable[str]:
        """One for each school that the statement names, itself or by a canteen."""
        return {f"freeze {school}": None for school in _schools(said)}

    def fold(self, told: Told, state: State) -> State:
        """A response begins what it says, a lift ends what it names."""
        tell = _lift if told.said.type == LIFT else _respond
        return self._changed(told.said, state, lambda known: tell(known, told))

    def take_back(self, said: Statement, state: State) -> State:
        """As if it had never been told."""
        return self._changed(said, state, lambda known: _take_back(known, said))

    def check(self, act: Act, state: State) -> Fault | None:
        """Blocked by a freeze of whom the act is for."""
        for school in _schools(act.said):
            for record, response in sorted(_read(state, f"freeze {school}").items(), key=_id):
                frozen = response.of(act, school) if response.holds_back(act) else None
                if frozen is not None:
                    return _fault(act, frozen, record)
        return None

    def _changed(self, said: Statement, state: State, change: Any) -> State:
        changed = {}
        for key in self.keys(said):
            known = _read(state, key)
            change(known)
            changed[key] = _written(known)
        return changed


def _respond(known: dict[str, _Response], told: Told) -> None:
    said, payload = told.said, told.payload
    lifts = known.get(said.id, _Response()).lifts
    for link in said.links:
        if link.rel == "replaces" and link.id in known:
            lifts |= known[link.id].lifts
    held = _bits(payload.get("held_back"))
    if payload["response"] == "freeze" and "held_back" not in payload:
        held = _ORDERING | _SERVING
    named = frozenset(name for name in said.subjects if kind(name) in ("school", "canteen"))
    known[said.id] = _Response(True, held, str(payload["effective_from"]), lifts, named)


def _lift(known: dict[str, _Response], told: Told) -> None:
    payload = told.payload
    lift = _Lift(told.said.id, _bits(payload["released"]), str(payload["lifted_from"]))
    for name in _lifted(told.said):
        before = known.get(name, _Response())
        known[name] = replace(before, lifts=before.lifts | {lift})


def _take_back(known: dict[str, _Response], said: Statement) -> None:
    if said.type == RESPONSE:
        known[said.id] = _Response(lifts=known.get(said.id, _Response()).lifts)
    for name in _lifted(said):
        before = known.get(name, _Response())
        left = frozenset(lift for lift in before.lifts if lift.id != said.id)
        known[name] = replace(before, lifts=left)


def _bits(held: JsonValue) -> int:
    return sum(_HELD[name] for name in _HELD if isinstance(held, list) and name in held)


def _lifted(said: Statement) -> list[str]:
    """The responses that a lift names."""
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
        record: _Response(
            bool(told), held, since, frozenset(_Lift(*lift) for lift in lifts), frozenset(named)
        )
        for record, told, held, since, lifts, named in items
    }


def _written(known: Mapping[str, _Response]) -> JsonValue:
    """What is known, each piece in one order only: the same for the same records in any order."""
    return [
        [
            record,
            int(response.told),
            response.held,
            response.since,
            [[lift.id, lift.released, lift.since] for lift in sorted(response.lifts)],
            [*sorted(response.named)],
        ]
        for record, response in sorted(known.items(), key=_id)
        if response.told or response.lifts
    ]


def _id(item: tuple[str, _Response]) -> str:
    return item[0]


def _fault(act: Act, frozen: str, record: str) -> Fault:
    named = next((name for name, value in act.payload.items() if value == frozen), None)
    return Fault(
        "/subjects" if named is None else f"/payload/{named}",
        "frozen",
        f"{frozen} is frozen: until a regulator lifts it, no {act.said.type} is taken for it",
        f"{frozen} 已被冻结供餐；监管部门解除冻结之前不受理 {act.said.type}",
        record,
    )
