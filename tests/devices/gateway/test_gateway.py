"""The gateway as a program, before the real service: enrolled, cut off, killed, stopped, looked at."""

import json
import random
import time
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from components.cable import Cable
from components.gateway_program import GatewayProgram
from components.kitchen_floor import SCHOOL, Floor
from components.stage import ADMISSION

from devices.client import SigningKey
from devices.gateway.config import load
from devices.gateway.run import Gateway
from devices.outbox import Queue


def until(holds: Callable[[], Any], *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def logged(floor: Floor, scale: str) -> list[int]:
    return [counter for _, counter in floor.logged(subject=scale)]


def settled(program: GatewayProgram) -> bool:
    return bool(program.report()["outbox"]["waiting"] == 0)


def test_from_a_one_time_code_to_the_first_record(floor: Floor, tmp_path: Path) -> None:
    """As an operator does it: code, key, authority; records made before that wait and arrive."""
    party, scales, token = floor.another_gateway("enrolled")
    program = GatewayProgram(
        tmp_path / "gw", url=floor.service.url, party=party, token=token, scales=scales[:1],
        of_scales="readings = 3",
    )  # fmt: skip
    code = json.loads(floor.service.cli("keys", "enrol", party, "--json").stdout)["code"]
    sent = program.cli("enrol", code, "--json")
    found = json.loads(sent.stdout)

    assert found["key"] == "waiting"
    assert found["fingerprint"] == floor.log.fingerprint
    assert not found["fingerprint_checked"]
    assert (program.state / "gateway.pem").stat().st_mode & 0o777 == 0o600
    again = program.cli("enrol", code, locale="zh_CN.UTF-8")
    assert again.returncode == 1
    assert "已使用" in again.stderr
    assert json.loads(program.cli("enrol", "--json").stdout)["key"] == "unregistered"

    with program:
        until(lambda: program.report()["sending"]["reason"] == "speaker")
        assert program.report()["outbox"]["parked"] == 0
        authority = tmp_path / "authority.pem"
        floor.stage.authority.save(authority)
        floor.service.cli(
            "keys", "register", found["kid"], "--authority", ADMISSION, "--authority-key",
            str(authority),
        )  # fmt: skip
        until(lambda: settled(program) and logged(floor, scales[0]) == [1, 2, 3])
    assert json.loads(program.cli("enrol", "--json").stdout)["key"] == "registered"


def test_a_key_that_was_revoked_holds_the_queue_and_is_said_to_be(
    floor: Floor, tmp_path: Path, gateway: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.gateway.run._KEY_ASKED_EVERY_S", 0.0)
    monkeypatch.setattr("devices.gateway.run.TICK_S", 0.2)
    program, _ = gateway(of_scales="every_s = 0.3")
    made = Gateway(load(program.config), floor.log)
    made.start()
    try:
        until(lambda: made.report()["key"] == "registered" and made.report()["sending"]["sent"])
        authority = tmp_path / "authority.pem"
        floor.stage.authority.save(authority)
        floor.service.cli(
            "keys", "revoke", made.report()["kid"], "--reason", "stolen", "--authority", ADMISSION,
            "--authority-key", str(authority),
        )  # fmt: skip
        until(lambda: made.report()["key"] == "revoked")
        report = made.report()
    finally:
        made.stop()

    assert report["sending"]["reason"] == "speaker"
    assert report["outbox"]["parked"] == 0
    assert report["outbox"]["waiting"] > 0


@pytest.fixture
def gateway(
    floor: Floor, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[..., tuple[GatewayProgram, tuple[str, ...]]]:
    """Makes an enrolled gateway with two scales; its key is registered."""
    made = f"gw{abs(hash(request.node.name)) % 10_000_000}"

    def make(**options: Any) -> tuple[GatewayProgram, tuple[str, ...]]:
        party, scales, token = floor.another_gateway(made)
        given = {"url": floor.service.url, **options}
        program = GatewayProgram(tmp_path / "gw", party=party, token=token, scales=scales, **given)
        program.state.mkdir(mode=0o700)
        key = SigningKey.generate()
        key.save(program.state / "gateway.pem")
        floor.register_key(key, party)
        return program, scales

    return make


def test_cut_off_killed_and_started_again_it_says_everything_once_and_in_order(
    floor: Floor, gateway: Callable[..., Any]
) -> None:
    chance = random.Random(time.time_ns())
    with Cable(floor.service.port) as cable:
        program, scales = gateway(url=cable.url, of_scales="every_s = 0.02")
        for _ in range(5):
            program.start()
            time.sleep(chance.uniform(0.2, 1.2))
            cable.pull()
            time.sleep(chance.uniform(0.1, 0.5))
            if chance.random() < 0.5:
                cable.plug()
            time.sleep(chance.uniform(0.0, 0.5))
            program.kill()
            cable.plug()
        queue = Queue(program.state / "outbox")
        last = {scale: queue.last_counter(scale) for scale in scales}
        queue.close()
        program.config.write_text(program.config.read_text().replace("0.02", "1000"))
        with program:
            until(lambda: settled(program))
            report = program.report()

    for scale in scales:
        counters = logged(floor, scale)
        assert counters == sorted(set(counters))
        assert len(counters) > 20
        # A number given and not yet kept when the process died is skipped, once for each kill.
        assert (last[scale] or 0) - len(counters) <= 6
    assert report["outbox"]["parked"] == 0


def test_told_to_stop_it_ends_soon_and_keeps_what_was_not_sent(
    floor: Floor, gateway: Callable[..., Any]
) -> None:
    with Cable(floor.service.port) as cable:
        program, _ = gateway(url=cable.url, of_scales="every_s = 0.05\nreadings = 10")
        program.start()  # the log is asked for once, at the first start
        cable.pull()
        time.sleep(1.5)
        began = time.monotonic()
        assert program.stop() == 0
        assert time.monotonic() - began < 8
        found = json.loads(program.cli("status", "--json").stdout)
        assert found["running"] is False
        assert found["outbox"]["waiting"] > 0
        # And offline it starts all the same.
        program.start()
        assert program.report()["sending"]["reason"] in {"", "network"}
        cable.plug()
        until(lambda: settled(program))
        assert program.stop() == 0


def test_a_driver_that_fails_is_started_again_and_the_other_goes_on(
    floor: Floor, gateway: Callable[..., Any]
) -> None:
    program, scales = gateway(of_scales="every_s = 0.1\nreadings = 2")
    text = program.config.read_text()
    first, _, rest = text.partition("readings = 2")
    program.config.write_text(f"{first}readings = 2\nfails = 1{rest}")
    with program:
        until(lambda: logged(floor, scales[1]) == [1, 2])
        devices = {one["device"]: one for one in program.report()["devices"]}
        page = program.get("/?lang=en")

    assert devices[scales[0]]["failures"] > 0
    assert devices[scales[0]]["fault"] == "OSError: the line hums"
    assert devices[scales[1]]["running"]
    assert "the line hums" in page
    assert program.cli("status").returncode == 1


def test_everyone_says_how_it_is(floor: Floor, gateway: Callable[..., Any]) -> None:
    program, scales = gateway(of_scales="readings = 1")
    with program:
        until(lambda: program.report()["sending"]["heard_at"] and settled(program))
        party = program.report()["party"]
    with floor.reading() as client:
        said: list[Any] = [
            client.record(str(item["id"]))["payload"]
            for device in (party, *scales)
            for item in client.search(type="device-status", subject=device)
        ]

    assert {one["device"] for one in said} == {party, *scales}
    assert {one["school"] for one in said} == {SCHOOL}
    assert all(one["clock_state"] in {"unknown", "synchronised"} for one in said)


def test_refused_records_are_looked_at_sent_again_and_dropped_by_command(
    gateway: Callable[..., Any],
) -> None:
    program, scales = gateway(of_scales="readings = 1")
    text = program.config.read_text().replace(scales[1], scales[1] + "-unbound")
    program.config.write_text(text)
    with program:
        until(lambda: program.report()["outbox"]["parked"] >= 2)
        listed = json.loads(program.cli("parked", "list", "--json").stdout)
        ids = {one["type"]: one["id"] for one in listed}
        shown = json.loads(program.cli("parked", "show", ids["weigh-in"], "--json").stdout)
        plain = program.cli("parked", "show", ids["weigh-in"], locale="zh_CN.UTF-8")
        page = program.get("/", **{"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})

        lines = program.cli("parked", "list").stdout.splitlines()
        assert any(line.startswith(f"{ids['weigh-in']}  weigh-in  ") for line in lines)
        assert shown["problem"]["code"] == "not-your-subject"
        assert "signature" not in shown["record"]
        assert "未登记" in plain.stdout
        assert ids["weigh-in"] in page
        assert "被拒收" in page
        assert program.cli("status").returncode == 1

        dropped = program.cli("parked", "drop", ids["device-status"], "--yes")
        assert dropped.returncode == 0
        again = program.cli("parked", "retry", "--all")
        assert again.stdout.strip() == "1 will be sent again"
        until(lambda: program.report()["outbox"]["parked"] == 1)
    assert program.cli("parked", "drop", ids["device-status"]).returncode == 1


def test_the_page_tells_no_secret_and_only_to_this_machine(
    gateway: Callable[..., Any],
) -> None:
    program, _ = gateway(of_scales="readings = 1")
    with program:
        until(lambda: settled(program))
        pages = [program.get("/?lang=en"), program.get("/?lang=zh"), program.get("/status.json")]
        with pytest.raises(urllib.error.HTTPError) as caught:
            program.get("/", Host="evil.example")
        with pytest.raises(urllib.error.HTTPError) as missing:
            program.get("/../gateway.pem")
    shape = program.config.read_text().replace("[page]\n", '[page]\nhost = "0.0.0.0"\n')
    program.config.write_text(shape.replace("[page]\n", "[page]\nopen_to_others = true\n"))
    with program:
        # Whoever is let look asks by this machine's address; a name led here asks in vain.
        assert "MealTrace" in program.get("/?lang=en", Host="192.0.2.7:8650")
        with pytest.raises(urllib.error.HTTPError):
            program.get("/", Host="evil.example:8650")
    secret = (program.state / "gateway.pem").read_text().splitlines()[1]
    token = (program.folder / "gateway.token").read_text()

    assert caught.value.code == 421
    assert missing.value.code == 404
    assert "Everything is sent." in pages[0]
    assert "全部已发送" in pages[1]
    for page in pages:
        assert token not in page
        assert secret not in page
        assert "person:" not in page


def test_a_second_program_over_the_same_files_is_refused(gateway: Callable[..., Any]) -> None:
    program, _ = gateway(of_scales="readings = 1")
    with program:
        done = program.cli("run", locale="zh_CN.UTF-8")

    assert done.returncode == 1
    assert "网关已在运行" in done.stderr
