"""A canteen told to rule families: what it posts in a day, by local time, over a log in memory.

Every record is an example of the catalogue with other values; times are of Shanghai, written
`2026-09-07 12:00`. A record is logged at `now`, which only goes forward, and occurs then too unless
told otherwise.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from components.told_log import ADMIN, ToldLog
from ledger import timestamp
from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day
from ledger.oversight.family import Family, Row
from ledger.oversight.seen import Seen

SCHOOL, CANTEEN, SUPPLIER = school_day.SCHOOL, school_day.CANTEEN, school_day.SUPPLIER
GATEWAY, CABINET = school_day.GATEWAY, school_day.CABINET
COOK, HEAD, STOREKEEPER = school_day.COOK, school_day.HEAD, school_day.STOREKEEPER
HAND = "person:f4rm2kxw7zq5tvbn3hycjdasge"
FUNDS, BANK = school_day.FUNDS, school_day.BANK
DAY = "2026-09-07"
"""A Monday."""


def utc(local: str) -> str:
    """The normal form of a local time `2026-09-07 12:00`, or `… 12:00:30`."""
    moment = datetime.fromisoformat(f"{local}+08:00")
    return timestamp.format(round(moment.timestamp()) * 1000)


class ToldCanteen(ToldLog):
    """One canteen of one school, Monday the 7th of September on."""

    def __init__(
        self,
        *families: Family,
        policies: Mapping[str, Mapping[str, Any]] | None = None,
        at: str = "2026-09-01 08:00",
    ) -> None:
        super().__init__(*families, policies=policies, at=utc(at))

    def go(self, local: str) -> None:
        """It becomes this time, and nothing is logged until then."""
        self.until(utc(local))

    def say(
        self,
        kind: str,
        *,
        occurred: str | None = None,
        links: Sequence[Mapping[str, str]] = (),
        issuer: str | None = None,
        without: Sequence[str] = (),
        **changes: Any,
    ) -> Seen:
        """An example of this type with other values, without its links."""
        example = TYPES[kind].example
        payload = {**example["payload"], **changes}
        for name in without:
            payload.pop(name, None)
        return self.post(
            kind,
            payload,
            issuer=issuer or example["issuer"],
            links=links,
            blobs=example.get("blobs", ()),
            occurred_at=utc(occurred) if occurred else None,
        )

    def replace(self, seen: Seen, **changes: Any) -> Seen:
        """A record is corrected, and the right one stands in the same batch."""
        example = TYPES[seen.type].example
        others = [
            {"rel": link.rel, "id" if link.id else "subject": link.id or link.subject or ""}
            for link in seen.links
        ]
        link = {"rel": "replaces", "id": seen.id, "sha256": seen.leaf_hash.hex()}
        new = self.post(
            seen.type,
            {**{k: v for k, v in seen.fields.items() if k != "blobs"}, **changes},
            issuer=seen.issuer,
            links=[*others, link],
            blobs=example.get("blobs", ()),
            occurred_at=seen.occurred_at,
        )
        self.correct(seen)
        return new

    def calendar(self, **changes: Any) -> Seen:
        """Lunch from Monday to Friday, to the end of September."""
        links = [{"rel": "supersedes", "id": one} for one in changes.pop("supersedes", ())]
        given = {"period_from": DAY, "period_until": "2026-09-30", "exceptions": [], **changes}
        return self.say("serving-calendar", links=links, **given)

    def menu(self, *dishes: str, day: str = DAY, meal: str = "lunch", **changes: Any) -> Seen:
        """One meal of one day."""
        links = [{"rel": "supersedes", "id": one} for one in changes.pop("supersedes", ())]
        model = TYPES["menu"].example["payload"]["meals"][0]
        dish = model["dishes"][0]
        named = [{**dish, "dish_code": code} for code in dishes]
        meals = [{**model, "meal_on": day, "meal": meal, "dishes": named}]
        given = {
            "menu_no": f"SP-{day}-{len(self.records)}",
            "period_from": day,
            "period_until": day,
            "published_at": self.now,
            "meals": meals,
            **changes,
        }
        return self.say("menu", links=links, **given)

    def serve(self, *dishes: str, day: str = DAY, meal: str = "lunch", **changes: Any) -> Seen:
        """A meal was served, with these dishes."""
        model = TYPES["meal-service"].example["payload"]["dishes"][0]
        made = [{**model, "dish_code": code} for code in dishes]
        times = {"started_at": self.now, "ended_at": self.now}
        given = {"meal_on": day, "meal": meal, "dishes": made, **times, **changes}
        return self.say("meal-service", **given)

    def sample(self, dish: str, day: str = DAY, **changes: Any) -> Seen:
        """A sample of a dish of lunch."""
        occurred = changes.pop("occurred", None)
        given = {"meal_on": day, "meal": "lunch", "dish_code": dish, **changes}
        return self.say("sample-retained", occurred=occurred, **given)

    def dispose(self, sample: Seen, disposed: str, **changes: Any) -> Seen:
        """A sample leaves its cabinet."""
        same = {name: sample.fields[name] for name in ("meal_on", "meal", "dish_code")}
        link = {"rel": "disposes", "id": sample.id}
        at = utc(disposed)
        given = {**same, "disposed_at": at, "retain_until": at, **changes}
        return self.say("sample-disposed", links=[link], **given)

    def roster(self, *staff: str, starts: str, ends: str, **changes: Any) -> Seen:
        """These are on shift."""
        links = [{"rel": "supersedes", "id": one} for one in changes.pop("supersedes", ())]
        given = {
            "shift_on": starts[:10],
            "roster_no": f"PB-{len(self.records)}",
            "starts_at": utc(starts),
            "ends_at": utc(ends),
            "people": [{"staff": one, "duty": "cook"} for one in staff],
            **changes,
        }
        return self.say("shift-roster", links=links, **given)

    def check(self, staff: str, checked: str, **changes: Any) -> Seen:
        """One of the staff is checked."""
        return self.say(
            "morning-check",
            occurred=checked,
            staff=staff,
            checked_at=utc(checked),
            **changes,
        )

    def rows_of(self, kind: str) -> dict[str, Row]:
        """Rows of one kind by what they are for, `void` ones left out."""
        return {
            str((row.detail or {})["expected_for"]): row
            for row in self.rows.values()
            if row.kind == kind and row.status != "void"
        }

    def statuses(self, kind: str) -> list[str]:
        """The statuses of all rows of one kind, void ones too, in the order of their names."""
        named = sorted(self.rows.items())
        return [row.status for _, row in named if row.kind == kind]

    def missing(self, kind: str) -> list[str]:
        """What was found missing of one kind: what it was expected for."""
        return [
            str(found["expected_for"])
            for found in self.of("missing-evidence")
            if found["obligation_kind"] == kind
        ]

    def suspicions(self) -> list[str]:
        """The kinds of suspicion found."""
        return [str(found["suspicion_kind"]) for found in self.of("suspicion")]

    def rule(self, name: str, version: int, **rules: Any) -> None:
        """A further version of a policy."""
        self.post("policy", {"name": name, "version": version, "rules": rules}, issuer=ADMIN)
