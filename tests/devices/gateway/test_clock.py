"""What a gateway says of its clock: compared, reported, never set."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from devices.gateway.clock import ClockWatch
from devices.outbox import Contact
from devices.outbox.contact import dated, steady_ms

NOW = 1_800_000_000_000
HOUR = 3_600_000


@dataclass
class Machine:
    """A machine whose clock is `wrong_ms` ahead of the service's, which is always right."""

    wrong_ms: int = 0
    steady: int = 1_000_000

    def wall(self) -> int:
        return NOW + self.steady + self.wrong_ms

    def service(self) -> int:
        return NOW + self.steady

    def pass_time(self, ms: int) -> None:
        self.steady += ms

    def call(self, watch: ClockWatch, *, there_ms: int = 20, back_ms: int = 20) -> None:
        """A request whose answer tells the service's time to the millisecond."""
        sent = self.steady
        self.pass_time(there_ms)
        server = self.service()
        self.pass_time(back_ms)
        watch.heard(Contact(sent, self.steady, server, server))

    def watch(self, kept_at: Path | None = None, boot: str = "boot-1") -> ClockWatch:
        return ClockWatch(kept_at, wall_ms=self.wall, steady=lambda: self.steady, boot=boot)


def state(watch: ClockWatch) -> tuple[str, int | None]:
    clock = watch.clock()
    return clock.state, clock.offset_ms


def test_before_the_first_contact_nothing_is_known() -> None:
    assert state(Machine(wrong_ms=99_999).watch()) == ("unknown", None)


@pytest.mark.parametrize("wrong", [0, -1500, 1500])
def test_a_clock_that_agrees_is_synchronised(wrong: int) -> None:
    machine = Machine(wrong_ms=wrong)
    watch = machine.watch()
    machine.call(watch)

    assert state(watch) == ("synchronised", wrong)
    assert watch.read().uncertainty_ms == 20


@pytest.mark.parametrize("wrong", [600_000, -600_000, 2500])
def test_a_clock_that_is_off_says_by_how_much(wrong: int) -> None:
    machine = Machine(wrong_ms=wrong)
    watch = machine.watch()
    machine.call(watch)

    assert state(watch) == ("unsynchronised", wrong)


def test_a_slow_answer_leaves_what_it_cannot_tell_open() -> None:
    """Ten seconds on the way back: the clock is right, and that is within what is known."""
    machine = Machine()
    watch = machine.watch()
    machine.call(watch, there_ms=10, back_ms=10_000)

    found = watch.read()
    assert found.clock.state == "synchronised"
    assert found.uncertainty_ms == pytest.approx(5005, abs=2)
    assert abs(found.clock.offset_ms or 0) <= 5005


def test_several_answers_tell_more_than_one() -> None:
    machine = Machine(wrong_ms=700)
    watch = machine.watch()
    machine.call(watch, there_ms=500, back_ms=10)
    machine.call(watch, there_ms=10, back_ms=500)

    found = watch.read()
    assert found.uncertainty_ms is not None
    assert found.uncertainty_ms <= 15
    assert found.clock.offset_ms == pytest.approx(700, abs=15)


def test_a_date_header_narrows_down_to_a_second_and_many_to_less() -> None:
    machine = Machine(wrong_ms=300)
    watch = machine.watch()
    for _ in range(20):
        sent = machine.steady
        machine.pass_time(5)
        second = machine.service() // 1000 * 1000
        machine.pass_time(5)
        watch.heard(Contact(sent, machine.steady, second, second + 999))
        machine.pass_time(367)

    found = watch.read()
    assert found.uncertainty_ms is not None
    assert found.uncertainty_ms < 250
    assert abs((found.clock.offset_ms or 0) - 300) <= found.uncertainty_ms


def test_setting_the_clock_is_noticed_and_told_without_any_network() -> None:
    machine = Machine()
    watch = machine.watch()
    machine.call(watch)
    machine.wrong_ms = -7 * 86_400_000
    step = watch.look()

    assert step is not None
    assert step.by_ms == -7 * 86_400_000
    assert state(watch) == ("unsynchronised", -7 * 86_400_000)
    assert watch.look() is None
    assert [one.by_ms for one in watch.read().steps] == [-7 * 86_400_000]


def test_a_drifting_clock_is_no_step_but_its_offset_grows() -> None:
    machine = Machine()
    watch = machine.watch()
    machine.call(watch)
    for _ in range(100):
        machine.pass_time(10_000)
        machine.wrong_ms += 50
        assert watch.look() is None

    assert state(watch) == ("unsynchronised", 5000)


def test_a_week_without_contact_keeps_the_offset_and_says_that_it_is_older() -> None:
    machine = Machine(wrong_ms=400)
    watch = machine.watch()
    machine.call(watch)
    machine.pass_time(7 * 24 * HOUR)

    found = watch.read()
    assert found.clock.offset_ms == 400
    assert found.uncertainty_ms == pytest.approx(20 + 60_480, abs=5)


def test_a_restarted_program_goes_on_where_it_was(tmp_path: Path) -> None:
    kept = tmp_path / "clock.json"
    machine = Machine(wrong_ms=800)
    machine.call(machine.watch(kept))
    machine.pass_time(HOUR)

    assert state(machine.watch(kept)) == ("synchronised", 800)


def test_a_step_while_the_program_was_down_is_noticed(tmp_path: Path) -> None:
    kept = tmp_path / "clock.json"
    machine = Machine()
    machine.call(machine.watch(kept))
    machine.wrong_ms = HOUR
    again = machine.watch(kept)

    assert state(again) == ("unsynchronised", HOUR)
    assert [step.by_ms for step in again.read().steps] == [HOUR]


def test_after_a_restart_of_the_machine_nothing_is_known_until_it_is_heard(tmp_path: Path) -> None:
    """Its steady clock began anew: what it said before says nothing now."""
    kept = tmp_path / "clock.json"
    machine = Machine(wrong_ms=100)
    machine.call(machine.watch(kept))
    machine.steady = 5_000_000
    again = machine.watch(kept, boot="boot-2")

    assert state(again) == ("unknown", None)
    machine.call(again)
    assert state(again) == ("synchronised", 100)


def test_a_machine_that_woke_up_in_the_past_says_so(tmp_path: Path) -> None:
    kept = tmp_path / "clock.json"
    machine = Machine()
    machine.call(machine.watch(kept))
    machine.wrong_ms = -HOUR
    again = machine.watch(kept, boot="boot-2")

    assert state(again) == ("unknown", None)
    assert again.read().steps[-1].by_ms == pytest.approx(-HOUR, abs=100)


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", json.dumps({"boot": 1}).encode()])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, data: bytes) -> None:
    kept = tmp_path / "clock.json"
    kept.write_bytes(data)

    assert state(Machine().watch(kept)) == ("unknown", None)


def test_a_date_is_read_and_anything_else_left_alone() -> None:
    found = dated(1, 2, "Mon, 23 Nov 2026 06:12:11 GMT")

    assert found == Contact(1, 2, 1_795_414_331_000, 1_795_414_331_999)
    assert dated(1, 2, "") is dated(1, 2, "yesterday") is None


def test_the_steady_clock_only_goes_forward() -> None:
    assert steady_ms() <= steady_ms()
