"""Samples in their slots (留样): put in, taken out, brought back.

    empty ──weight and label, door closed──▶ in ──weight gone, door closed──▶ out
                                             ▲                                │ before its time
                                             └──same label within return_s── absent ──▶ out

A change is believed once `settle_looks` looks agree with the door closed. What already lay there
when a cabinet was first looked at is known by label only: nobody can say when it was put in, and no
record is made of it. What changed while nobody looked is recorded at the time it was seen, with the
time of the last look before (`unseen_since`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devices.cabinet.look import Look, SlotLook
from devices.cabinet.settings import Settings


@dataclass(frozen=True, slots=True)
class Change:
    """A sample went in, or left.

    Attributes:
        what: `in` or `out`.
        slot: where.
        sample: as the state holds it: label, weight_g, in_ms, until_ms, task.
        at_ms: when it was seen.
        operator: who opened the door.
        unseen_since: the last look before, ms, where nobody looked for long; None: it was watched.
    """

    what: str
    slot: str
    sample: Mapping[str, Any]
    at_ms: int
    operator: str
    unseen_since: int | None = None


class Slots:
    """What lies where.

    Attributes:
        held: by slot.
        absent: by label, what was taken out before its time and may come back.
    """

    def __init__(self, settings: Settings, saved: Mapping[str, Any] | None = None) -> None:
        self._settings = settings
        self.held: dict[str, dict[str, Any]] = dict(saved["held"]) if saved else {}
        self.absent: dict[str, dict[str, Any]] = dict(saved["absent"]) if saved else {}
        self._first = not (saved and saved["known"])
        self._last: tuple[Mapping[str, SlotLook], str] | None = None
        self._agreed = 0
        self._unseen: int | None = None

    def state(self) -> dict[str, Any]:
        """For the journal."""
        return {"held": self.held, "absent": self.absent, "known": not self._first}

    @property
    def mark(self) -> tuple[frozenset[str], frozenset[str], bool]:
        """Differs where something was put in, taken out or brought back."""
        return frozenset(self.held), frozenset(self.absent), self._first

    @property
    def unlabelled(self) -> list[str]:
        """Slots in which something lies that has no label."""
        if self._last is None:
            return []
        return [name for name, slot in self._last[0].items() if self._full(slot) and not slot.label]

    def see(self, look: Look, at_ms: int, unseen_since: int | None) -> list[Change]:
        """One look; what has changed for certain.

        Args:
            look: what the cabinet says.
            at_ms: when.
            unseen_since: the look before, where that was long ago.
        """
        if self._unseen is None:
            self._unseen = unseen_since
        if look.slots is None or look.door_open:
            self._last, self._agreed = None, 0
            return []
        slots = {name: look.slots.get(name, SlotLook(0)) for name in self._settings.slots}
        same = self._last is not None and all(
            self._same(self._last[0][name], slot) for name, slot in slots.items()
        )
        self._agreed = self._agreed + 1 if same else 1
        self._last = slots, look.operator
        if self._agreed < self._settings.settle_looks:
            return []
        first, self._first = self._first, False
        unseen_since, self._unseen = self._unseen, None
        found: list[Change] = []
        for name, slot in slots.items():
            if not self._held_still(name, slot):
                found += self._left(name, at_ms, look.operator, unseen_since)
        for name, slot in slots.items():
            if self._full(slot) and slot.label and name not in self.held:
                sample = self._sample(slot, at_ms, look.operator)
                if first:
                    self.held[name] = {**sample, "found": True}
                    continue
                back = self.absent.pop(slot.label, None)
                if back is not None:
                    self.held[name] = back["sample"]
                    continue
                self.held[name] = sample
                found.append(Change("in", name, sample, at_ms, look.operator, unseen_since))
        return found

    def clock_set(self, by_ms: int) -> None:
        """The clock was set: what is absent is so no longer and no shorter for it."""
        for one in self.absent.values():
            one["out_ms"] += by_ms

    def overdue(self, now_ms: int) -> list[Change]:
        """Samples that were taken out before their time and did not come back."""
        found = []
        for label, one in list(self.absent.items()):
            if now_ms - one["out_ms"] >= 1000 * self._settings.return_s:
                del self.absent[label]
                found.append(
                    Change(
                        "out", one["slot"], one["sample"], one["out_ms"], one["operator"],
                        one["unseen_since"],
                    )
                )  # fmt: skip
        return found

    def _left(self, name: str, at_ms: int, operator: str, unseen_since: int | None) -> list[Change]:
        sample = self.held.pop(name)
        if sample.get("found"):
            return []
        if at_ms >= sample["until_ms"]:
            return [Change("out", name, sample, at_ms, operator, unseen_since)]
        self.absent[sample["label"]] = {
            "sample": sample,
            "slot": name,
            "out_ms": at_ms,
            "operator": operator,
            "unseen_since": unseen_since,
        }
        return []

    def _sample(self, slot: SlotLook, at_ms: int, operator: str) -> dict[str, Any]:
        return {
            "label": slot.label,
            "weight_g": max(0, slot.weight_g - self._settings.container_g),
            "in_ms": at_ms,
            "until_ms": at_ms + 3_600_000 * self._settings.retain_h,
            "operator": operator,
        }

    def _held_still(self, name: str, slot: SlotLook) -> bool:
        """Whether what lay there lies there; a label that cannot be read for once is no change."""
        held = self.held.get(name)
        return held is None or (self._full(slot) and slot.label in ("", held["label"]))

    def _full(self, slot: SlotLook) -> bool:
        return slot.weight_g >= self._settings.occupied_g

    def _same(self, one: SlotLook, other: SlotLook) -> bool:
        """Alike but for the last gram, by which scales flicker."""
        return one.label == other.label and abs(one.weight_g - other.weight_g) <= 1
