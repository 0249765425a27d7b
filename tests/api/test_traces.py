"""Traces of the demo's school day, posted to a running service, walked and checked offline."""

import asyncio
import random
import string
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from playground import Running, embedded, example, serving

from api.cli.main import main
from api.demo import cast, kitchen, money, supply
from api.demo.posting import ORDER, Poster
from api.demo.run import PEOPLE
from devices.client import AsyncMealtraceClient, MealtraceClient
from ledger import policy
from ledger.evidence.examples import school_day as day
from ledger.trace import check

ON = date(2026, 11, 24)


@dataclass(frozen=True)
class Day:
    """A school day in the log of a running service."""

    running: Running
    ids: dict[str, str]

    def trace(self, name: str, *, by: str = day.AUDITOR, **query: Any) -> dict[str, Any]:
        path = f"/v1/records/{self.ids[name]}/trace"
        answer = self.running.as_(by).get(path, params=query)
        assert answer.status_code == 200, answer.text
        checked(self.running, answer)
        return dict(answer.json())

    def names(self, trace: dict[str, Any]) -> set[str]:
        by_id = {record: name for name, record in self.ids.items()}
        return {by_id.get(node["id"], node["type"]) for node in trace["nodes"]}


def checked(running: Running, answer: httpx.Response) -> check.Trace:
    """The trace, held against the log as a stranger with the policy file would."""
    text = running.as_(None).get("/v1/trust").content
    (line,) = policy.parse(text).logs
    assert line.genesis is not None
    return check.check(answer.content, [line.key], line.genesis)


@pytest.fixture(scope="module")
def lived(settled: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    home: Path = tmp_path_factory.mktemp("home")
    tokens = settled(home)
    with ExitStack() as stack:
        running = stack.enter_context(serving(embedded(home, metrics_port=0), tokens))
        clients = {
            party: stack.enter_context(MealtraceClient(running.url, token, party=party))
            for party, token in tokens.items()
        }
        draw = random.Random(7)
        letters = string.ascii_lowercase + "234567"
        people = {who: "person:" + "".join(draw.choices(letters, k=26)) for who in PEOPLE}
        poster = Poster(clients, {}, people, day.MEALS_ACCOUNT, ON, lambda *_: None)
        supply.papers(poster)
        supply.order(poster)
        supply.delivery(poster)
        kitchen.before_and_at_work(poster)
        money.payments(poster)
        yield Day(running, {name: receipt.id for name, receipt in poster.receipts.items()})


def test_from_the_settlement_to_the_photo_of_the_meat(lived: Day) -> None:
    found = lived.trace("settlement", direction="up")

    assert lived.names(found) == {
        "settlement", "acceptance", "dispatch", "order", "certificate", "admission",
        "calibration", "weigh-in 1", "weigh-in 2",
    }  # fmt: skip
    weighed = next(node for node in found["nodes"] if node["id"] == lived.ids["weigh-in 1"])
    (photo,) = weighed["files"]
    bytes_ = lived.running.as_(day.AUDITOR).get(photo["href"]).content
    assert sha256(bytes_).hexdigest() == photo["sha256"]
    assert bytes_[:2] == b"\xff\xd8"


def test_the_client_follows_it_and_fetches_the_photo(lived: Day) -> None:
    token = lived.running.tokens[day.AUDITOR]
    with MealtraceClient(lived.running.url, token) as client:
        found = client.trace(lived.ids["settlement"], direction="up")
        weighed = found.nodes[lived.ids["weigh-in 1"]]
        photo = client.download(weighed.files[0].sha256)

    assert photo.startswith(b"\xff\xd8")
    assert found.checkpoint.size > weighed.seen.index
    assert len(found.nodes) == 10  # the playground admits the supplier too


def test_the_asynchronous_client_does_the_same(lived: Day) -> None:
    async def nodes() -> set[str]:
        token = lived.running.tokens[day.AUDITOR]
        async with AsyncMealtraceClient(lived.running.url, token) as client:
            return set((await client.trace(lived.ids["weigh-in 3"], direction="down")).nodes)

    assert asyncio.run(nodes()) == {lived.ids["weigh-in 3"], lived.ids["rejection"]}


def test_a_stranger_checks_the_saved_file_with_the_command(
    lived: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "300")
    path = f"/v1/records/{lived.ids['settlement']}/trace"
    data = lived.running.as_(day.AUDITOR).get(path).content
    honest, altered, trust = (tmp_path / name for name in ("a.json", "b.json", "policy"))
    honest.write_bytes(data)
    altered.write_bytes(data.replace(b'"rel":"settles"', b'"rel":"cites"'))
    trust.write_bytes(lived.running.as_(None).get("/v1/trust").content)

    codes = []
    for file in (honest, altered):
        with pytest.raises(SystemExit) as ended:
            main(["verify", str(file), "--policy", str(trust), "--url", lived.running.url])
        codes.append(ended.value.code)

    assert codes == [3, 1]  # a trace brings no anchors: it rests on the log until it is compared
    said = capsys.readouterr().out
    assert "stated by the records themselves" in said
    assert "nothing states the hop" in said
    assert "consistency" in said


def test_every_hop_says_what_states_it(lived: Day) -> None:
    hops = {
        (edge["from"], edge["to"]): edge
        for edge in lived.trace("settlement", direction="up")["edges"]
    }
    ids = lived.ids

    assert hops[ids["settlement"], ids["acceptance"]]["rel"] == "settles"
    assert hops[ids["acceptance"], ids["weigh-in 2"]]["rel"] == "accepts"
    assert hops[ids["dispatch"], ids["order"]] == {
        "from": ids["dispatch"], "to": ids["order"], "rel": "fulfils", "via": ORDER,
    }  # fmt: skip
    assert hops[ids["weigh-in 1"], ids["calibration"]]["field"] == "calibration"
    certified = hops[ids["order"], ids["certificate"]]
    assert (certified["via"], certified["in_force"]) == (cast.MEAT, True)


def test_from_the_certificate_forward_to_what_it_touched(lived: Day) -> None:
    found = lived.trace("certificate", direction="down")

    assert {
        "order", "dispatch", "weigh-in 1", "weigh-in 2", "weigh-in 3", "acceptance", "rejection",
        "settlement", "bank entry",
    } <= lived.names(found)  # fmt: skip


def test_who_follows_one_lot_does_not_meet_the_others(lived: Day) -> None:
    spinach = lived.trace("weigh-in 3", direction="down")
    pork = lived.trace("weigh-in 1", direction="up")

    assert lived.names(spinach) == {"weigh-in 3", "rejection"}
    assert lived.names(pork) == {
        "weigh-in 1", "dispatch", "order", "certificate", "admission", "calibration",
    }  # fmt: skip


def test_a_calibration_leads_to_what_was_weighed_under_it(lived: Day) -> None:
    found = lived.trace("calibration", direction="down", depth=1)

    assert lived.names(found) == {"calibration", "weigh-in 1", "weigh-in 2", "weigh-in 3"}


def test_a_health_certificate_leads_to_the_morning_check_it_allowed(lived: Day) -> None:
    found = lived.trace("health 1", direction="down")

    assert lived.names(found) == {"health 1", "check 1"}
    assert [edge["field"] for edge in found["edges"]] == ["health_certificate"]
    checked_in = next(node for node in found["nodes"] if node["id"] == lived.ids["check 1"])
    assert [file["role"] for file in checked_in["files"]] == ["back", "face", "palm"]


def test_a_supplier_sees_what_concerns_it_and_what_is_withheld(lived: Day) -> None:
    found = lived.trace("settlement", by=day.SUPPLIER, direction="both")

    assert "certificate" in lived.names(found)
    assert "calibration" not in lived.names(found)
    assert "bank entry" not in lived.names(found)
    assert {item["id"] for item in found["withheld"]} == {lived.ids["calibration"]}
    assert found["missing"] == []


def test_the_address_of_a_face_is_for_those_who_may_see_it(lived: Day) -> None:
    hrefs = {
        by: [
            file["href"]
            for node in lived.trace("check 1", by=by, direction="up")["nodes"]
            for file in node["files"]
        ]
        for by in (day.AUDITOR, day.REGULATOR)
    }

    assert all(hrefs[day.AUDITOR])
    assert not any(hrefs[day.REGULATOR])  # its token lacks `personal`


def test_what_nobody_may_read_is_not_found(lived: Day) -> None:
    path = f"/v1/records/{lived.ids['bank entry']}/trace"

    answer = lived.running.as_(day.SUPPLIER).get(path)

    assert answer.status_code == 404


def test_a_walk_ends_where_it_was_told_to(lived: Day) -> None:
    near = lived.trace("settlement", direction="up", depth=1)
    small = lived.trace("settlement", direction="up", nodes=3)

    assert lived.names(near) == {"settlement", "acceptance"}
    assert not near["truncated"]
    assert len(small["nodes"]) == 3
    assert small["truncated"]
    assert lived.ids["acceptance"] in small["cut"]


@pytest.mark.parametrize("time", ["9999-12-31T23:00:00.000Z", "0001-01-01T00:00:00.000Z"])
def test_a_time_at_the_end_of_all_times_is_a_claim_like_any_other(lived: Day, time: str) -> None:
    order = example("order", order_no=f"end-{time[:4]}")
    order["occurred_at"] = time
    client = lived.running.as_(day.SCHOOL)
    assert client.post("/v1/records", json=order).status_code == 201

    answer = client.get(f"/v1/records/{order['id']}/trace?direction=up")

    assert answer.status_code == 200, answer.text
    assert [node["id"] for node in answer.json()["nodes"]] == [order["id"]]
    checked(lived.running, answer)


def test_a_trace_is_narrowed_to_a_time(lived: Day) -> None:
    eve = lived.trace("certificate", direction="down", occurred_to="2026-11-24T00:00:00+08:00")
    noon = lived.trace("settlement", direction="up", occurred_from="2026-11-23T22:27:00Z")

    assert lived.names(eve) == {"certificate", "admission", "order"}
    assert lived.names(noon) == {"settlement", "acceptance"}


def in_parts(day_: Day, name: str, *, by: str = day.AUDITOR, **query: Any) -> list[dict[str, Any]]:
    """All parts of a trace, each of them checked; small, so that there are several."""
    parts = [day_.trace(name, by=by, nodes=32, part="first", **query)]
    while parts[-1]["next"] is not None:
        assert parts[-1]["truncated"]
        parts.append(day_.trace(name, by=by, nodes=32, part=parts[-1]["next"], **query))
    assert not parts[-1]["truncated"]
    return parts


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(
    ("name", "direction", "by"),
    [
        ("certificate", "down", day.AUDITOR),
        ("certificate", "down", day.SUPPLIER),
        ("settlement", "up", day.AUDITOR),
        ("settlement", "up", day.SUPPLIER),
        ("calibration", "down", day.AUDITOR),
    ],
)
def test_all_parts_are_the_whole_as_far_as_the_reader_may_see_it(
    lived: Day, name: str, direction: str, by: str
) -> None:
    whole = lived.trace(name, by=by, direction=direction, nodes=2000)
    parts = in_parts(lived, name, by=by, direction=direction)

    for members in ("nodes", "edges", "withheld", "missing"):
        told = [item for part in parts for item in part[members]]
        assert keyed(told) == keyed(whole[members]), members
    assert (len(parts) > 2) == (name == "certificate")
    assert len({part["checkpoint"] for part in parts}) == 1


def keyed(items: list[dict[str, Any]]) -> set[str]:
    """The items without what depends on how one came to them."""
    on_the_way = {"depth", "path", "disclosure", "files"}
    return {repr([item[key] for key in item if key not in on_the_way]) for item in items}


@pytest.fixture(scope="module")
def crowd(lived: Day) -> list[str]:
    """Orders enough for several parts, with the records that the day has."""
    ids = []
    for number in range(70):
        order = example("order", order_no=f"crowd-{number}")
        assert lived.running.as_(day.SCHOOL).post("/v1/records", json=order).status_code == 201
        ids.append(order["id"])
    return ids


@pytest.mark.usefixtures("crowd")
def test_what_arrives_between_two_parts_is_in_none_of_them(lived: Day) -> None:
    first = lived.trace("certificate", direction="down", nodes=32, part="first")
    late = example("order", order_no="late")
    assert lived.running.as_(day.SCHOOL).post("/v1/records", json=late).status_code == 201

    part = first
    while part["next"] is not None:
        part = lived.trace("certificate", direction="down", nodes=32, part=part["next"])
        assert late["id"] not in {node["id"] for node in part["nodes"]}
        assert part["checkpoint"] == first["checkpoint"]
    at_once = lived.trace("certificate", direction="down", nodes=2000)
    assert late["id"] in {node["id"] for node in at_once["nodes"]}


def test_the_client_brings_all_parts_and_the_command_checks_their_file(
    lived: Day, crowd: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr("devices.client.protocol.MAX_PART", 32)
    token = lived.running.tokens[day.AUDITOR]
    with MealtraceClient(lived.running.url, token) as client:
        parts = list(client.trace_parts(lived.ids["certificate"], direction="down"))
    found = {record for part in parts for record in part.nodes}
    file, short, trust = (tmp_path / name for name in ("all.jsonl", "short.jsonl", "policy"))
    file.write_bytes(b"".join(part.data + b"\n" for part in parts))
    short.write_bytes(parts[0].data)
    trust.write_bytes(lived.running.as_(None).get("/v1/trust").content)

    codes = []
    for one in (file, short):
        with pytest.raises(SystemExit) as ended:
            main(["verify", str(one), "--policy", str(trust), "--url", lived.running.url])
        codes.append(ended.value.code)

    assert len(parts) > 2
    assert {*crowd, lived.ids["bank entry"], lived.ids["weigh-in 3"]} <= found
    assert codes == [3, 3]
    said = capsys.readouterr().out
    assert f"All {len(parts)} parts are there" in said
    assert f"part={parts[0].next}" in said
    assert "consistency" in said


def test_the_asynchronous_client_brings_all_parts_too(lived: Day, crowd: list[str]) -> None:
    async def nodes() -> set[str]:
        token = lived.running.tokens[day.AUDITOR]
        async with AsyncMealtraceClient(lived.running.url, token) as client:
            parts = client.trace_parts(lived.ids["certificate"], direction="down")
            return {record async for part in parts for record in part.nodes}

    assert set(crowd) < asyncio.run(nodes())


@pytest.mark.parametrize(
    "part", ["", "second", "1.1.0", "999999.1.0", "20.1.1.2.0", "20.1.21", "20.0.1", "20.1.0.0.0.0"]
)
def test_a_part_that_is_none_is_malformed(lived: Day, part: str) -> None:
    path = f"/v1/records/{lived.ids['certificate']}/trace"

    answer = lived.running.as_(day.AUDITOR).get(path, params={"direction": "down", "part": part})

    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == "urn:mealtrace:problem:malformed"


@pytest.mark.parametrize(
    "query",
    [
        "occurred_from=monday", "depth=0", "depth=17", "depth=x", "nodes=2001", "direction=in",
        "part=first", "part=first&direction=down&nodes=31",
    ],
)  # fmt: skip
def test_a_bound_that_is_none_is_malformed(lived: Day, query: str) -> None:
    path = f"/v1/records/{lived.ids['order']}/trace?{query}"

    answer = lived.running.as_(day.AUDITOR).get(path)

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:mealtrace:problem:malformed"
