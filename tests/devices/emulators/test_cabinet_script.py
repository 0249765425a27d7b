"""A day of an emulated cabinet: the same script is the same day, and a wrong line is named."""

import pytest

from devices.emulators import cabinet_script as scripts
from devices.emulators.cabinet_state import CYCLE_S, CabinetState
from ledger.errors import MalformedError

DAY = """
# a plain morning
06:00     temperature 5.5
11:20     open 0012
11:20:30  put A3 131 mealtrace:1/x   # a container
11:21     close
12:00     fault exception 6
12:30     fault none
13:00     take A3
13:30     temperature auto
"""


def at(time: str) -> CabinetState:
    hours, minutes = time.split(":")
    cabinet = CabinetState()
    until = 3600 * int(hours) + 60 * int(minutes)
    scripts.run(scripts.parse(DAY), cabinet, -1, until)
    cabinet.advance(until)
    return cabinet


def test_the_script_is_lived_through() -> None:
    assert at("06:01").temperature_mC == 5_500
    assert at("11:20").door_open
    noon = at("12:10")
    assert (noon.door_open, noon.operator, noon.faults.exception) == (False, "0012", 6)
    assert (noon.contents()["A3"].weight_g, noon.contents()["A3"].label) == (131, "mealtrace:1/x")
    assert at("12:31").faults.exception == 0
    assert at("13:01").contents()["A3"].weight_g == 0


def test_the_same_day_is_the_same_day() -> None:
    assert [at("14:00").temperature_mC for _ in range(2)] == [at("14:00").temperature_mC] * 2


def test_a_closed_cabinet_swings_and_an_open_one_warms() -> None:
    cabinet, seen = CabinetState(), set()
    for number in range(20):
        cabinet.advance(number * CYCLE_S / 10)
        seen.add(cabinet.temperature_mC)
    assert max(one for one in seen if one is not None) < 5_000
    assert len(seen) > 3
    cabinet.open("1")
    cabinet.advance(20 * CYCLE_S)
    assert (cabinet.temperature_mC or 0) > 15_000


@pytest.mark.parametrize(
    "line",
    [
        "noon open 1", "11:20", "11:20 dance", "11:20 put A3 heavy x", "11:20 open",
        "11:20 fault magic", "11:20 temperature warm", "11:20 fault exception 0",
    ],
)  # fmt: skip
def test_a_line_that_is_none_is_named_by_its_number(line: str) -> None:
    with pytest.raises(MalformedError, match="line 2"):
        scripts.parse(f"# first\n{line}\n")
