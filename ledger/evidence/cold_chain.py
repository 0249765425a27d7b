"""Cold chain: temperatures without a gap, and the end of a retained sample (EVIDENCE §2).

A series is posted in batches counted by the device. Each holds one reading for every count and every
interval, or says that there was none: a batch that leaves out a warm hour cannot be written.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from pydantic import Field

from ledger import timestamp
from ledger.errors import Fault
from ledger.evidence import days, subjects
from ledger.evidence.definition import IMAGES, TABLES, BlobRule, EvidenceType
from ledger.evidence.examples import cold_chain as examples
from ledger.evidence.fields import (
    Canteen,
    Code,
    Count,
    Date,
    Device,
    Integer,
    Maybe,
    Person,
    RecordId,
    Text,
    Time,
)
from ledger.evidence.kitchen import MEALS
from ledger.evidence.model import Measured, Payload, Said, breach, in_order

MAX_READINGS: Final = 1440
"""Readings of one batch: a day of them, one a minute."""


class TemperatureLog(Payload):
    """A batch of one thermometer's readings (温度记录), posted by the device and by nobody else.

    The alarm limits set in the device stand in every batch: whoever raises them to silence an alarm
    is seen.
    """

    canteen: Canteen
    cabinet: Device
    place: Code
    counter_from: Count
    counter_until: Count
    interval_s: Annotated[int, Field(ge=1, le=86_400)]
    first_read_at: Time
    last_read_at: Time
    mC_readings: Annotated[list[Integer | None], Field(min_length=1, max_length=MAX_READINGS)]
    alarm_low_mC: Integer | None
    alarm_high_mC: Integer
    clock_state: Code
    clock_offset_ms: Integer | None
    calibration: Maybe[RecordId] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """As many readings as counts, and as much time as they take; limits that leave room."""
        yield from super().rules(said)
        yield from in_order(self, "first_read_at", "last_read_at")
        counted = self.counter_until - self.counter_from + 1
        if counted != len(self.mC_readings):
            yield breach(
                ["mC_readings"],
                "gap",
                f"{len(self.mC_readings)} readings for counts {self.counter_from} to "
                f"{self.counter_until}, which are {counted}; write null where there was none",
                f"计数 {self.counter_from} 至 {self.counter_until} 应有 {counted} 个读数，"
                f"实有 {len(self.mC_readings)} 个；缺测处请填 null",
            )
        taken_ms = timestamp.parse(self.last_read_at) - timestamp.parse(self.first_read_at)
        due_s = (len(self.mC_readings) - 1) * self.interval_s
        # A cheap clock drifts: a day of readings may take a hundredth more.
        if abs(taken_ms - 1000 * due_s) > 1000 * self.interval_s + 10 * due_s:
            yield breach(
                ["last_read_at"],
                "gap",
                f"{len(self.mC_readings)} readings every {self.interval_s} s take about {due_s} s; "
                f"here they take {taken_ms // 1000} s: begin a new batch after a break",
                f"每 {self.interval_s} 秒一次的 {len(self.mC_readings)} 个读数应历时约 {due_s} 秒，"
                f"现为 {taken_ms // 1000} 秒；中断后请另起一批",
            )
        if self.alarm_low_mC is not None and self.alarm_low_mC >= self.alarm_high_mC:
            yield breach(
                ["alarm_low_mC"],
                "limits",
                f"alarm_low_mC {self.alarm_low_mC} is not below alarm_high_mC {self.alarm_high_mC}",
                f"alarm_low_mC（{self.alarm_low_mC}）应低于 alarm_high_mC（{self.alarm_high_mC}）",
            )


class SampleDisposed(Measured):
    """A retained sample left the cabinet (留样销毁): why, when, and before whom."""

    canteen: Canteen
    meal_on: Date
    meal: Code
    dish_code: Text
    cabinet: Device
    slot: Text
    container_code: Text
    retain_until: Time
    disposed_at: Time
    reason_code: Code
    disposal: Code
    amount_g: Count
    disposed_by: Person
    witnessed_by: Maybe[Person] = None

    def rules(self, said: Said) -> Iterator[Fault]:
        """It is out by then, its time is up where that is the reason, and a witness is another."""
        yield from super().rules(said)
        yield from days.has_happened(self, said, "disposed_at")
        if self.reason_code == "time-up" and self.disposed_at < self.retain_until:
            yield breach(
                ["disposed_at"],
                "too-early",
                f"disposed_at {self.disposed_at} lies before retain_until {self.retain_until}: its "
                "time was not up; give the reason there was",
                f"disposed_at（{self.disposed_at}）早于 retain_until（{self.retain_until}），"
                "留样期未满；请填写真实原因",
            )
        if self.witnessed_by == self.disposed_by:
            yield breach(
                ["witnessed_by"],
                "same-person",
                "who disposes of a sample is no witness of it; name another person or nobody",
                "销毁人不得兼任见证人；请填写他人或省略",
            )

    def own_subjects(self) -> Iterable[str]:
        """The meal and the dish, as when it was retained."""
        yield subjects.meal(self.canteen, self.meal_on, self.meal)
        yield subjects.dish(self.canteen, self.meal_on, self.meal, self.dish_code)


TYPES: Final = (
    EvidenceType(
        name="temperature-log",
        family="kitchen",
        model=TemperatureLog,
        rule_en="Cold is shown by a series without a gap, counted by the device, with the alarm "
        "limits it had at the time.",
        rule_zh="冷藏温度由设备连续计数记录，不得缺段，并附当时的报警限值。",
        posters=frozenset({"device"}),
        bound_field="canteen",
        document_key=("cabinet", "counter_from"),
        blobs=(BlobRule(role="raw", media_types=TABLES, many=True),),
        links={},
        known={
            "place": (
                "sample-cabinet", "refrigerator", "freezer", "cold-room", "hot-holding", "vehicle",
                "dry-store",
            ),
            "clock_state": ("synchronised", "unsynchronised", "unknown"),
        },
        example=examples.TEMPERATURE_LOG,
        refused=examples.TEMPERATURE_LOG_REFUSED,
    ),
    EvidenceType(
        name="sample-disposed",
        family="kitchen",
        model=SampleDisposed,
        rule_en="A sample leaves its cabinet once its time is up, or for a reason that is given, "
        "and the record names the sample.",
        rule_zh="留样期满方可销毁，提前取出须注明原因，并关联留样记录。",
        posters=frozenset({"device", "kitchen"}),
        bound_field="canteen",
        document_key=("canteen", "container_code", "disposed_at"),
        blobs=(BlobRule(role="photo", media_types=IMAGES, many=True),),
        links={"disposes": ("sample-retained",)},
        required_links=frozenset({"disposes"}),
        known={
            "meal": MEALS,
            "reason_code": (
                "time-up", "taken-by-authority", "cabinet-failure", "broken-seal", "taken-early",
                "gone-unseen",
            ),
            "disposal": ("kitchen-waste", "handed-over", "sterilised", "not-stated"),
        },
        example=examples.SAMPLE_DISPOSED,
        refused=examples.SAMPLE_DISPOSED_REFUSED,
    ),
)  # fmt: skip
"""The cold-chain types of this version."""
