"""What a disk takes not waits in memory: so much, in order, and no more than is said."""

from devices.gateway.driver import Clock, Observation
from devices.local.unkept import Unkept
from ledger.errors import Fault, RefusedError, UnavailableError

SCALE = "device:s0001-scale-1"


class Disk:
    """A sink that takes nothing while it is full, and never what it was told to refuse."""

    def __init__(self) -> None:
        self.full = True
        self.refuses: set[int] = set()
        self.kept: list[int] = []

    def keep(self, observation: Observation) -> str:
        number = observation.occurred_at_ms
        if self.full:
            raise UnavailableError("the disk of the outbox is full")
        if number in self.refuses:
            raise RefusedError("schema", [Fault("/payload", "x", "no", "否")])
        self.kept.append(number)
        return str(number)

    def next_counter(self, _: str) -> int:
        raise NotImplementedError

    def clock(self) -> Clock:
        raise NotImplementedError


def reading(number: int) -> Observation:
    return Observation(SCALE, "weigh-in", {}, number)


def test_two_hundred_wait_in_order_and_the_next_is_lost_and_counted() -> None:
    now, disk = [0.0], Disk()
    unkept = Unkept(lambda: now[0])
    for number in range(1, 204):
        unkept.keep(disk, reading(number))
    assert (len(unkept), unkept.dropped) == (200, 3)
    assert unkept.fault == "the disk of the outbox is full"

    disk.full = False
    unkept.again(disk)
    assert disk.kept == []  # not yet time
    now[0] = 3.0
    unkept.again(disk)
    unkept.keep(disk, reading(204))

    assert disk.kept == [*range(1, 201), 204]
    assert (len(unkept), unkept.dropped, unkept.fault) == (0, 3, None)


def test_what_is_kept_meanwhile_stands_behind_what_waits() -> None:
    now, disk = [0.0], Disk()
    unkept = Unkept(lambda: now[0])
    unkept.keep(disk, reading(1))
    disk.full = False
    unkept.keep(disk, reading(2))
    assert disk.kept == []
    now[0] = 5.0
    unkept.again(disk)

    assert disk.kept == [1, 2]


def test_one_that_turns_out_to_be_refused_is_lost_and_holds_up_nobody() -> None:
    now, disk = [0.0], Disk()
    unkept = Unkept(lambda: now[0])
    for number in (1, 2, 3):
        unkept.keep(disk, reading(number))
    disk.full, disk.refuses, now[0] = False, {2}, 3.0
    unkept.again(disk)

    assert disk.kept == [1, 3]
    assert (len(unkept), unkept.dropped) == (0, 1)
