"""When a weight is believed, and when not: once for each load, never for a frame alone."""

from collections.abc import Iterable

import pytest

from devices.scales.frame import Frame, Kind
from devices.scales.stable import Rule, StableWeight, Steady, Weighing


def silent(value: int) -> Frame:
    """A frame of a protocol that tells neither rest nor gross from net."""
    return Frame(b"=%06d" % value, value, 3)


def told(value: int, stable: bool = True, kind: Kind = "gross", tare: int | None = None) -> Frame:
    raw = f"{value},{stable},{kind},{tare}".encode()
    return Frame(raw, value, 3, "kg", kind, stable, tare)


class Bench:
    """Frames a tenth of a second apart."""

    def __init__(self, rule: Rule | None = None) -> None:
        self.stable = StableWeight(rule or Rule())
        self.now_ms = 0

    def see(self, frames: Iterable[Frame], apart_ms: int = 100) -> list[Weighing]:
        found = []
        for frame in frames:
            self.now_ms += apart_ms
            found.append(self.stable.observe(frame, self.now_ms))
        return [weighing for weighing in found if weighing is not None]


EMPTY = [silent(0)] * 12
LOAD = [silent(12_485)] * 12


def test_a_load_is_weighed_once_however_long_it_stays() -> None:
    bench = Bench()

    (weighing,) = bench.see(EMPTY + LOAD * 10)

    assert (weighing.gross_g, weighing.tare_g, weighing.net_g) == (12_485, 0, 12_485)
    assert (weighing.tare_source, weighing.division_mg) == ("none", 1_000)
    assert weighing.frame.raw == silent(12_485).raw
    assert weighing.equal == 11
    assert weighing.at_ms - weighing.began_ms == 1_000
    assert bench.stable.state == "weighed"


def test_without_a_sign_of_rest_readings_are_equal_for_a_second() -> None:
    assert Bench().see(EMPTY + LOAD[:10]) == []
    assert len(Bench().see(EMPTY + LOAD[:11])) == 1


def test_five_equal_readings_are_too_few_when_they_come_at_once() -> None:
    bench = Bench()
    bench.see(EMPTY)

    assert bench.see([silent(12_485)] * 40, apart_ms=10) == []


def test_a_second_is_too_little_when_readings_are_few() -> None:
    bench = Bench()
    bench.see(EMPTY)

    assert bench.see([silent(12_485)] * 4, apart_ms=900) == []


def test_with_a_sign_of_rest_three_equal_readings_are_enough() -> None:
    bench = Bench()

    (weighing,) = bench.see([told(0)] * 4 + [told(500, False)] * 9 + [told(12_485)] * 4)

    assert weighing.equal == 4


def test_equal_readings_that_move_are_not_at_rest() -> None:
    assert Bench().see([told(0)] * 4 + [told(12_485, False)] * 50) == []


def test_the_scale_returns_to_zero_between_two_weighings() -> None:
    bench = Bench()

    assert len(bench.see(EMPTY + LOAD)) == 1
    assert bench.see([silent(20_000)] * 12) == []
    assert len(bench.see(EMPTY + LOAD)) == 1


def test_less_than_twenty_divisions_is_empty() -> None:
    bench = Bench()

    assert bench.see(EMPTY + [silent(19)] * 12) == []
    assert len(bench.see([silent(20)] * 12)) == 1
    assert len(bench.see([silent(19)] * 12 + LOAD)) == 1


def test_the_division_on_the_plate_counts_where_it_is_coarser() -> None:
    bench = Bench(Rule(division_ug=5_000_000))

    assert bench.see(EMPTY + [silent(99)] * 12) == []
    (weighing,) = bench.see([silent(100)] * 12)
    assert weighing.division_mg == 5_000


def test_a_load_that_was_there_at_the_start_is_not_weighed() -> None:
    bench = Bench()

    assert bench.see(LOAD) == []
    assert bench.stable.state == "unknown"
    assert len(bench.see(EMPTY + LOAD)) == 1


def test_a_moment_at_zero_is_no_return_to_zero() -> None:
    bench = Bench()
    bench.see(EMPTY + LOAD)

    assert bench.see([silent(0)] * 3 + LOAD) == []


def test_one_frame_that_lies_changes_nothing() -> None:
    bench = Bench()
    bench.see(EMPTY)

    found = bench.see([*LOAD[:6], silent(92_485), *LOAD])

    assert [weighing.net_g for weighing in found] == [12_485]


def test_readings_before_and_after_a_silence_are_not_added_up() -> None:
    bench = Bench()
    bench.see(EMPTY + LOAD[:6])
    bench.now_ms += 60_000

    assert bench.see(LOAD[:6]) == []


def test_readings_before_and_after_a_cut_are_not_added_up() -> None:
    bench = Bench()
    bench.see(EMPTY + LOAD[:6])
    bench.stable.cut()

    assert bench.see(LOAD[:6]) == []


def test_overload_is_no_weight_and_no_return_to_zero() -> None:
    bench = Bench()
    over = Frame(b"OL", None, 0, "kg", overload=True, stable=False)
    bench.see(EMPTY)

    assert bench.see([over] * 20) == []
    assert bench.stable.state == "overload"
    assert len(bench.see(LOAD)) == 1
    bench.see([Frame(b"LO", None, 0, "kg", underload=True)] * 20)
    assert bench.stable.state == "underload"
    assert bench.see(LOAD) == []


def test_an_answer_without_a_weight_does_not_disturb() -> None:
    bench = Bench()
    bench.see(EMPTY)
    busy = Frame(b"S I", None)

    assert len(bench.see([frame for load in LOAD for frame in (load, busy)])) == 1


def test_a_preset_container_is_taken_off() -> None:
    bench = Bench()
    bench.stable.preset_tare_ug = 480_000_000

    (weighing,) = bench.see(EMPTY + LOAD)

    assert (weighing.gross_g, weighing.tare_g, weighing.net_g) == (12_485, 480, 12_005)
    assert weighing.tare_source == "preset"


def test_the_tare_in_the_frame_makes_gross_of_net() -> None:
    bench = Bench()

    (weighing,) = bench.see(
        [told(0, kind="net", tare=480)] * 4 + [told(3_200, kind="net", tare=480)] * 4
    )

    assert (weighing.gross_g, weighing.tare_g, weighing.net_g) == (3_680, 480, 3_200)
    assert weighing.tare_source == "stored"


def test_a_container_weighed_and_tared_before_is_the_tare() -> None:
    bench = Bench()

    container, goods = bench.see(
        [told(0)] * 4 + [told(480)] * 4 + [told(0, kind="net")] * 4 + [told(3_200, kind="net")] * 4
    )

    assert (container.net_g, container.tare_source) == (480, "none")
    assert (goods.gross_g, goods.tare_g, goods.net_g) == (3_680, 480, 3_200)
    assert goods.tare_source == "weighed"


def test_a_tare_that_was_cleared_is_forgotten() -> None:
    bench = Bench()
    bench.see([told(0)] * 4 + [told(480)] * 4 + [told(0, kind="net")] * 4)
    bench.see([told(-480, kind="net")] * 4 + [told(0)] * 4)

    (weighing,) = bench.see([told(3_200)] * 4)

    assert (weighing.gross_g, weighing.tare_g) == (3_200, 0)


def test_a_net_weight_whose_tare_nobody_knows_says_so() -> None:
    bench = Bench(Rule(shows="net"))

    (weighing,) = bench.see(EMPTY + LOAD)

    assert (weighing.gross_g, weighing.tare_g, weighing.net_g) == (None, None, 12_485)
    assert weighing.tare_source == "unknown"


def asked(gross: int, tare: int, times: int) -> list[Frame]:
    frames = [
        Frame(b"B%d" % gross, gross, 3, "kg", "gross"),
        Frame(b"C%d" % tare, tare, 3, "kg", "tare"),
    ]
    return frames * times


def test_a_tare_that_is_asked_for_is_believed_as_a_weight_is() -> None:
    bench = Bench()
    bench.stable.needs_tare = True
    bench.see(asked(0, 0, 12))

    container, goods = bench.see(asked(480, 0, 12) + asked(480, 480, 12) + asked(3_680, 480, 12))

    assert (container.gross_g, container.tare_g) == (480, 0)
    assert (goods.gross_g, goods.tare_g, goods.net_g) == (3_680, 480, 3_200)
    assert goods.tare_source == "stored"


def test_one_tare_frame_that_lies_makes_no_net_weight() -> None:
    bench = Bench()
    bench.stable.needs_tare = True
    bench.see(asked(480, 480, 12))
    lie = asked(0, 980, 1)[1]

    found = bench.see([*asked(3_680, 480, 5)[:-1], lie, *asked(3_680, 480, 12)])

    assert [(weighing.tare_g, weighing.net_g) for weighing in found] == [(480, 3_200)]


def test_a_weight_waits_for_the_tare_that_is_asked_for() -> None:
    bench = Bench()
    bench.stable.needs_tare = True
    bench.see(asked(0, 0, 12))
    bench.now_ms += 10_000

    assert bench.see([asked(3_680, 480, 1)[0]] * 30) == []
    assert len(bench.see(asked(3_680, 480, 12))) == 1


def test_net_grams_are_what_is_left_of_gross_less_tare_in_grams() -> None:
    frame = Frame(b"", 1_000_5, 1, "g", "net", True, 5)
    weighing = Weighing(
        1_001_000_000, 500_000, 1_000_500_000, "stored", "g", 100_000, frame, 3, 0, 9
    )

    assert (weighing.gross_g, weighing.tare_g, weighing.net_g) == (1001, 1, 1000)
    assert weighing.division_mg == 100


def test_rest_needs_two_frames() -> None:
    with pytest.raises(ValueError, match="two equal frames"):
        Steady(1, 0)
