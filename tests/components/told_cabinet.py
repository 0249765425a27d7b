"""A cabinet read every ten minutes, told to the family `completeness`."""

from typing import Any

from components.told_canteen import CABINET, ToldCanteen, utc
from ledger import timestamp
from ledger.oversight.completeness import Completeness
from ledger.oversight.seen import Seen

KIND = "temperature-of-cabinet"


class Cabinet(ToldCanteen):
    """A cabinet read every ten minutes, in batches."""

    def __init__(self, **rules: Any) -> None:
        kinds = rules.pop("kinds", [KIND])
        super().__init__(Completeness(), policies={"completeness": {"kinds": kinds, **rules}})
        self.counter = 0

    def log(self, first: str, last: str, *, none: range = range(0), **changes: Any) -> Seen:
        """The readings from a local time to another; null for those of these numbers."""
        begin, end = timestamp.parse(utc(first)), timestamp.parse(utc(last))
        count = (end - begin) // 600_000 + 1
        readings = [None if number in none else 4_000 for number in range(count)]
        counter_from, self.counter = self.counter, self.counter + count
        return self.say(
            "temperature-log",
            counter_from=counter_from,
            counter_until=self.counter - 1,
            interval_s=600,
            first_read_at=utc(first),
            last_read_at=utc(last),
            mC_readings=readings,
            **changes,
        )

    def hours(self, day: str, first: int, last: int) -> None:
        """A batch for every hour, posted when it is full."""
        for hour in range(first, last):
            end = f"{day} {hour:02}:50"
            self.go(f"{end}:01")
            self.log(f"{day} {hour:02}:00", end)

    def status(self, day: str) -> str:
        row = self.rows.get(("completeness", f"{KIND} {CABINET} {day}"))
        return "" if row is None else row.status
