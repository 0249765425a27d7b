"""All parts of a trace together are the whole of it, and none is larger than it may be."""

from collections.abc import Iterable

import pytest
from library import PORK, SHOP, Library, busy, school_day

from ledger.errors import MalformedError
from ledger.trace import parts
from ledger.trace.parts import MIN_NODES, Part
from ledger.trace.walk import Walk


def whole(walks: Iterable[Walk]) -> tuple[set[str], set[object]]:
    """Ids and hops of all of them."""
    nodes: set[str] = set()
    edges: set[object] = set()
    for walk in walks:
        nodes.update(node.seen.id for node in walk.nodes.values())
        edges.update(walk.edges)
    return nodes, edges


@pytest.mark.parametrize(("orders", "servings", "most"), [(40, 1, 32), (40, 1, 100), (3, 40, 50)])
def test_a_certificate_leads_in_parts_to_every_dish(orders: int, servings: int, most: int) -> None:
    log = busy(orders, servings=servings)

    walked = log.parts("licence", "down", depth=16, most=most)

    assert whole(walk for _, walk in walked) == whole(
        [log.walk("licence", "down", depth=16, most=10_000)]
    )
    assert len(walked) > 2
    assert all(len(walk.nodes) <= most and not walk.cut for _, walk in walked)


def test_records_hardly_ever_stand_in_two_parts() -> None:
    log = busy(200)

    walked = log.parts("licence", "down", depth=16, most=200)

    stood = sum(len(walk.nodes) for _, walk in walked)
    assert stood < 1.5 * len(whole(walk for _, walk in walked)[0])


def test_what_hangs_on_the_first_record_is_walked_on_from_in_its_own_turn_only() -> None:
    log = Library()
    log.add("recall", "recall", PORK)
    for n in range(40):
        dish = f"dish:2105020001~01~d{n}~lunch~D1"
        log.add(f"moved {n}", "stock-move", PORK)
        log.add(f"cooked {n}", "cooking-step", dish, to={"uses": PORK})
        log.add(f"served {n}", "meal-service", dish)

    walked = log.parts("recall", "down", depth=6, most=64)

    served = [n for _, walk in walked for n in walk.nodes.values() if n.seen.type == "meal-service"]
    assert len(walked) > 2
    assert len(served) == 40
    assert whole(walk for _, walk in walked) == whole(
        [log.walk("recall", "down", depth=6, most=10_000)]
    )


def test_what_is_too_much_under_one_record_is_gone_into() -> None:
    log = busy(1, servings=90)

    walked = log.parts("licence", "down", depth=16, most=40)

    assert max(len(part.path) for part, _ in walked) > 1
    assert whole(walk for _, walk in walked) == whole(
        [log.walk("licence", "down", depth=16, most=10_000)]
    )


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_no_part_goes_further_than_the_whole_would(depth: int) -> None:
    log = busy(30, servings=3)

    walked = log.parts("licence", "down", depth=depth, most=40)

    assert whole(walk for _, walk in walked) == whole(
        [log.walk("licence", "down", depth=depth, most=10_000)]
    )


@pytest.mark.parametrize(
    ("start", "way"),
    [("licence", "down"), ("recall", "down"), ("booked", "up"), ("van", "up"), ("stew kept", "up")],
)
def test_a_day_in_parts_is_that_day(start: str, way: str) -> None:
    log = school_day()

    walked = log.parts(start, way, depth=8, most=MIN_NODES)
    at_once = log.walk(start, way)

    assert whole(walk for _, walk in walked) == whole([at_once])
    assert {name for _, walk in walked for name in walk.absent()} == set(at_once.absent())


def test_what_is_named_and_not_there_is_told_once() -> None:
    log = Library()
    for n in range(80):
        log.add(f"van {n}", "dispatch", f"lot:{SHOP}~pork~{n}")
    log.add("taken in", "acceptance", *(f"lot:{SHOP}~pork~{n}" for n in range(60)),
            to={"accepts": "never posted"})  # fmt: skip

    walked = log.parts("taken in", "up", depth=4, most=MIN_NODES)

    assert len(walked) > 1
    told = [name for _, walk in walked for name in walk.absent()]
    assert told == [(log.id("taken in"), "accepts", log.id("never posted"))]


@pytest.mark.parametrize(
    "part",
    [Part(7), Part(40, since=12, wide=3), Part(40, since=0, path=(1, 2, 3), wide=1)],
)
def test_a_part_is_found_again_by_its_name(part: Part) -> None:
    assert Part.parse(part.format()) == part


@pytest.mark.parametrize(
    "name",
    ["", "7.1", "7.0.0", "7.1.8", "7.01.0", "7.1.9.0", "7.1.-1", "7.1.1.", "٧.1.0", "7.1.0\n",
     "9." * 30 + "1"],
)  # fmt: skip
def test_a_name_of_no_part_is_malformed(name: str) -> None:
    with pytest.raises(MalformedError):
        Part.parse(name)


@pytest.mark.parametrize("path", [(0,), (3, 3), tuple(range(1, 9))])
def test_a_path_that_leads_nowhere_is_malformed(path: tuple[int, ...]) -> None:
    log = school_day()

    with pytest.raises(MalformedError):
        parts.walk(
            lambda: log.begin("licence", "down", depth=8, most=MIN_NODES),
            log.source,
            Part(len(log.writer.entries), path=path),
        )
