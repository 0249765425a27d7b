"""Records of one kitchen, told to a log in memory: each with photos of its own and times of its own.

Times are given as a day of September 2026 and a time of day in the kitchen's zone, Asia/Shanghai.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from components.told_log import ToldLog
from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as cast
from ledger.evidence.receiving import READING
from ledger.oversight.fabrication.family import Fabrication
from ledger.oversight.family import Row
from ledger.oversight.seen import Seen

_ZONE = timezone(timedelta(hours=8))
SUPPLIER = cast.SUPPLIER
SCHOOL = cast.SCHOOL
CANTEEN = cast.CANTEEN
GATEWAY = cast.GATEWAY
SCALE = cast.SCALE
CABINET = cast.CABINET
COOK = cast.COOK


def at(day: int, clock: str) -> str:
    """A time of day, `06:08` or `06:08:31`, on the day-th of September 2026, days past 30 go on."""
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    moment = datetime(2026, 9, 1, hours, minutes, sum(seconds), tzinfo=_ZONE)
    moment = (moment + timedelta(days=day - 1)).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def person(number: int) -> str:
    """A pseudonym."""
    digits = hashlib.sha256(f"person {number}".encode()).hexdigest()
    return "person:" + "".join("abcdefghijklmnopqrstuvwxyz234567"[int(d, 16)] for d in digits[:26])


def blob(role: str, name: str) -> dict[str, Any]:
    """A file of that content's digest."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {"media_type": "image/jpeg", "role": role, "sha256": digest, "size": len(name)}


class Kitchen:
    """A log that the family `fabrication` is told, and short ways to post to it.

    Every method takes `logged`, when the log has it (default: when it occurred, or now where the
    log is past that already), and other values for the payload's fields.
    """

    def __init__(self, **rules: Any) -> None:
        """`rules`: members of the policy over the family's defaults."""
        self.told = ToldLog(
            Fabrication(), policies={"fabrication": rules}, at="2026-08-31T00:00:00.000Z"
        )
        self._count = 0

    def kinds(self) -> list[str]:
        """The kinds of suspicion found, in order."""
        return [one["suspicion_kind"] for one in self.found()]

    def rules(self) -> list[str]:
        """The rules by which they were found."""
        return [one["ext"]["rule"] for one in self.found()]

    def found(self) -> list[Mapping[str, Any]]:
        """The payloads of what was found."""
        return self.told.of("suspicion")

    def rows(self) -> list[Row]:
        """What the family shows."""
        return [self.told.rows[name] for name in sorted(self.told.rows)]

    def until(self, day: int, clock: str = "00:00") -> None:
        """Nothing is logged up to then."""
        self.told.until(at(day, clock))

    def post(
        self,
        kind: str,
        payload: Mapping[str, Any],
        occurred: str,
        *,
        issuer: str = GATEWAY,
        logged: str | None = None,
        photos: Sequence[Mapping[str, Any]] | None = None,
        links: Sequence[Mapping[str, str]] = (),
        submitter: str | None = None,
    ) -> Seen:
        """A record that occurred then."""
        self._count += 1
        if photos is None:
            roles = [rule.role for rule in TYPES[kind].blobs if rule.required]
            photos = [blob(role, f"{kind} {self._count}") for role in roles]
        return self.told.post(
            kind,
            payload,
            issuer=issuer,
            at=max(logged or occurred, self.told.now),
            occurred_at=occurred,
            blobs=photos,
            links=links,
            submitter=submitter,
        )

    def weigh(self, day: int, clock: str, net: int, item: str = "pork-leg", **more: Any) -> Seen:
        """Goods received on the scale; `tare` grams, 480 where not given."""
        options = _options(more)
        tare = more.pop("tare", 480)
        occurred = at(day, clock)
        payload = {
            **TYPES["weigh-in"].example["payload"],
            "item_code": item,
            "net_g": net,
            "tare_g": tare,
            "gross_g": net + tare,
            "display_ocr_g": net,
            "photo_taken_at": occurred,
            "counter": 5000 + self._count,
            **more,
        }
        for name in ("photo_phash", "order", "order_line_no", "lot_no"):
            if name not in more:
                del payload[name]
        return self.post("weigh-in", _given(payload), occurred, **options)

    def by_hand(self, day: int, clock: str, net: int, **more: Any) -> Seen:
        """Goods received, typed in by the school."""
        entry: dict[str, Any] = dict.fromkeys(READING, ...) | {
            "entry_mode": "manual",
            "accountable": COOK,
        }
        return self.weigh(day, clock, net, **{"issuer": SCHOOL, **entry, **more})

    def check(self, day: int, clock: str, staff: str, forehead: int, **more: Any) -> Seen:
        """A morning check."""
        options = _options(more)
        occurred = at(day, clock)
        payload = {
            **TYPES["morning-check"].example["payload"],
            "staff": staff,
            "checked_at": occurred,
            "forehead_mC": forehead,
            **more,
        }
        return self.post("morning-check", _given(payload), occurred, **options)

    def series(self, day: int, clock: str, readings: Sequence[int | None], **more: Any) -> Seen:
        """A batch of temperatures, ten minutes apart, posted at the last one."""
        options = _options(more)
        interval = more.get("interval_s", 600)
        first = at(day, clock)
        begun = datetime.fromisoformat(first)
        last = begun + timedelta(seconds=interval * (len(readings) - 1))
        ended = last.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        count = int(begun.timestamp()) // interval
        payload = {
            **TYPES["temperature-log"].example["payload"],
            "counter_from": count,
            "counter_until": count + len(readings) - 1,
            "interval_s": interval,
            "first_read_at": first,
            "last_read_at": ended,
            "mC_readings": list(readings),
            **more,
        }
        return self.post("temperature-log", _given(payload), ended, **options)

    def other(self, kind: str, day: int, clock: str, **more: Any) -> Seen:
        """A record like the example of its type."""
        example = TYPES[kind].example
        options = {"issuer": example["issuer"], **_options(more)}
        payload = {**example["payload"], **more}
        return self.post(kind, _given(payload), at(day, clock), **options)

    def correct(self, seen: Seen) -> None:
        """It did not occur."""
        self.told.correct(seen)


def _options(more: dict[str, Any]) -> dict[str, Any]:
    names = ("issuer", "logged", "photos", "links", "submitter")
    return {name: more.pop(name) for name in names if name in more}


def _given(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is left out, marked `...`."""
    return {name: value for name, value in payload.items() if value is not ...}
