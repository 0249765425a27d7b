"""The operator's commands over an installation of their own."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from components.process import accepts_connections, free_port

from api.installation import open_installation
from api.settings import Settings
from ledger.evidence import catalogue
from ledger.evidence.draft import prepare

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def answer(done: Done) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_init_says_what_to_print_and_makes_it_once(mealtrace: Run, tmp_path: Path) -> None:
    founded = answer(mealtrace("init", "--name", "试验账本", "--json"))
    assert founded["size"] == founded["anchored_size"] == 1
    assert f"# genesis {founded['genesis']}" in founded["policy"]
    assert (tmp_path / "home" / "keys" / "admin.token").read_text().startswith("mt_")

    again = answer(mealtrace("init", "--json"))

    assert again["genesis"] == founded["genesis"]
    assert again["policy_fingerprint"] == founded["policy_fingerprint"]
    assert "策略指纹" in mealtrace("init", LANG="zh_CN.UTF-8").stdout


def test_the_operator_is_whom_genesis_names_whatever_the_settings_say(mealtrace: Run) -> None:
    named = "operator:91210500MA0XR22L6F"
    assert mealtrace("init", MEALTRACE_OPERATOR=named).returncode == 0

    done = mealtrace("parties", "register", "school:2105020001")
    indexed = mealtrace("worker", "--now", "subject-index")

    assert (done.returncode, indexed.returncode) == (0, 0), done.stderr + indexed.stderr


@pytest.mark.parametrize("command", ["tokens", "parties", "keys"])
def test_without_an_installation_the_message_says_how_to_make_one(
    mealtrace: Run, command: str
) -> None:
    done = mealtrace(command, "list")

    assert done.returncode == 1
    assert "mealtrace init" in done.stderr


def test_a_wrong_setting_is_named(mealtrace: Run) -> None:
    done = mealtrace("tokens", "list", MEALTRACE_PORT="many")

    assert done.returncode == 2
    assert "MEALTRACE_PORT" in done.stderr


@pytest.mark.usefixtures("founded")
def test_tokens_are_made_listed_and_revoked(mealtrace: Run) -> None:
    made = answer(
        mealtrace(
            "tokens", "create", "school:2105020001", "--scope", "read", "--days", "30", "--rate",
            "5", "--label", "canteen", "--json",
        )
    )  # fmt: skip
    assert made["token"].startswith("mt_")
    assert made["expires_at"] > "2026"

    (listed,) = answer(mealtrace("tokens", "list", "school:2105020001", "--json"))
    assert listed["id"] == made["id"]
    assert made["token"] not in json.dumps(listed)

    assert mealtrace("tokens", "revoke", made["id"]).returncode == 0
    (revoked,) = answer(mealtrace("tokens", "list", "school:2105020001", "--json"))
    assert revoked["revoked_at"]
    assert mealtrace("tokens", "revoke", "nobody").returncode == 1
    assert mealtrace("tokens", "create", "school:1", "--scope", "everything").returncode == 2
    assert mealtrace("tokens", "create", "nonsense").returncode == 2


@pytest.mark.usefixtures("founded")
def test_parties_are_registered_and_the_wall_holds(mealtrace: Run) -> None:
    school = "school:2105020001"
    done = mealtrace("parties", "register", school, "--name", "第一小学", "--role", "school")
    assert done.returncode == 0, done.stderr
    assert mealtrace("parties", "grant", school, "kitchen", "school-acceptance").returncode == 0

    refused = mealtrace("parties", "grant", school, "bureau-funds")
    assert refused.returncode == 1
    assert "wall" in refused.stderr

    assert mealtrace("parties", "withdraw", school, "kitchen").returncode == 0
    (listed,) = answer(mealtrace("parties", "list", "--json"))
    assert listed == {
        "party": school, "name": "第一小学", "roles": "school school-acceptance", "keys": 0
    }  # fmt: skip


def test_a_record_is_erased_with_a_reason_and_a_pseudonym_forgotten(
    mealtrace: Run, founded: Path
) -> None:
    school = "school:2105020001"
    request = {
        "id": "01a206fd-6778-7a62-a7b8-0000000000aa",
        "type": "health-certificate",
        "occurred_at": "2026-11-23T06:12:11.120Z",
        "payload": {**catalogue.get("health-certificate").example["payload"], "employer": school},
    }
    request["payload"].pop("blobs", None)
    assert mealtrace("parties", "register", school, "--role", "school").returncode == 0
    with closing(open_installation(Settings(home=founded))) as opened:
        store = opened.store
        draft = prepare(request, submitter=school, ledger=opened.ledger, new_seed=bytes(32))
        assert not isinstance(store.append([draft])[0], Exception)
        person = store.journal.pseudonym("person", school, "210502199001011234", "2026")
    record_id = str(request["id"])

    unknown = mealtrace("keys", "erase", record_id[:-1] + "b", "--reason", "court-order")
    assert (unknown.returncode, "no record" in unknown.stderr) == (1, True)
    slip = mealtrace("keys", "erase", record_id, "--reason", "court-order", "--field", "nmae")
    assert (slip.returncode, "it has: accountable" in slip.stderr) == (2, True)
    done = mealtrace(
        "keys", "erase", record_id, "--reason", "retention-expired", "--field", "certificate_no"
    )
    assert "stay valid" in done.stdout, done.stderr
    done = mealtrace("keys", "erase", record_id, "--reason", "data-subject-request", LANG="zh_CN")
    assert "已清除" in done.stdout
    assert mealtrace("parties", "forget", f"person:{person}").returncode == 0
    assert mealtrace("parties", "forget", f"person:{person}").returncode == 1
    with closing(open_installation(Settings(home=founded))) as opened:
        assert opened.store.record(record_id).erased
    assert mealtrace("audit").returncode == 0


def test_a_key_goes_from_its_file_into_the_log_under_an_authority_and_out_again(
    mealtrace: Run, tmp_path: Path
) -> None:
    bureau, device = tmp_path / "bureau.jwk", tmp_path / "device.pem"
    authority = answer(mealtrace("keys", "generate", str(bureau), "--json"))
    answer(mealtrace("keys", "generate", str(device), "--json"))
    authorities = tmp_path / "authorities.json"
    authorities.write_text(
        json.dumps([{"party": "bureau:11210500001234567Y~admission", "jwk": authority["jwk"]}])
    )
    done = mealtrace("init", MEALTRACE_AUTHORITIES_FILE=str(authorities))
    assert done.returncode == 0, done.stderr

    proof = tmp_path / "proof.json"
    proof.write_text(mealtrace("keys", "prove", "gateway:bx-0001", str(device)).stdout)
    registered = mealtrace("keys", "register", str(proof), "--authority-key", str(bureau))
    assert registered.returncode == 0, registered.stderr

    keys = {key["party"]: key for key in answer(mealtrace("keys", "list", "--json"))}
    kid = keys["gateway:bx-0001"]["kid"]
    assert keys["gateway:bx-0001"]["vouched_by"] == "authority"
    assert mealtrace("keys", "register", str(proof)).returncode == 1

    unsigned = mealtrace("keys", "revoke", kid, "--reason", "lost")
    assert unsigned.returncode == 2
    revoked = mealtrace("keys", "revoke", kid, "--reason", "lost", "--authority-key", str(bureau))
    assert revoked.returncode == 0, revoked.stderr
    keys = {key["party"]: key for key in answer(mealtrace("keys", "list", "--json"))}
    assert keys["gateway:bx-0001"]["revoked_at"] is not None


@pytest.mark.usefixtures("founded")
def test_a_key_whose_thumbprint_begins_with_a_dash_is_no_option(mealtrace: Run) -> None:
    kid = "-" + "a" * 42

    revoked = mealtrace("keys", "revoke", kid, "--reason", "lost")
    registered = mealtrace("keys", "register", kid)

    assert "a revocation is signed" in revoked.stderr
    assert f"{kid} is neither a file nor the kid" in registered.stderr


@pytest.mark.usefixtures("founded")
def test_an_enrolled_key_waits_until_it_is_registered(mealtrace: Run, tmp_path: Path) -> None:
    device = tmp_path / "device.pem"
    answer(mealtrace("keys", "generate", str(device), "--json"))
    code = answer(mealtrace("keys", "enrol", "gateway:bx-0001", "--json"))["code"]
    proof = json.loads(mealtrace("keys", "prove", "gateway:bx-0001", str(device)).stdout)

    from contextlib import closing

    from api.installation import open_installation
    from api.settings import Settings

    with closing(open_installation(Settings(home=tmp_path / "home"))) as opened:
        opened.store.tokens.use_enrolment(code, json.dumps(proof["jwk"]), proof["possession"])

    (waiting,) = answer(mealtrace("keys", "waiting", "--json"))
    assert waiting["party"] == "gateway:bx-0001"
    assert mealtrace("keys", "register", waiting["kid"]).returncode == 0
    assert answer(mealtrace("keys", "waiting", "--json")) == []


@pytest.mark.usefixtures("founded")
def test_the_head_is_anchored_on_request(mealtrace: Run) -> None:
    assert mealtrace("parties", "register", "bank:91210500MA10D3WN2E").returncode == 0

    (row,) = answer(mealtrace("anchor", "--json"))

    assert (row["size"], row["state"]) == (2, "final")
    assert [row["size"] for row in answer(mealtrace("anchor", "--list", "--json"))] == [1, 2]


@pytest.mark.usefixtures("founded")
def test_migrate_may_be_called_at_any_time(mealtrace: Run) -> None:
    assert mealtrace("migrate").returncode == 0


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_running_command_ends_when_it_is_told_to(
    command: str, mealtrace: Run, founded: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli.main", command],
        env={
            "PATH": "",
            "MEALTRACE_HOME": str(founded),
            "MEALTRACE_PORT": "0",
            "LANG": "C.UTF-8",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    if command == "serve":
        for line in process.stderr:
            if "Uvicorn running" in line:
                break
    else:
        time.sleep(1.5)
    process.send_signal(signal.SIGTERM)

    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert mealtrace("tokens", "list").returncode == 0


def test_a_workers_numbers_are_scraped_on_a_port_of_its_own(founded: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli.main", "worker"],
        env={
            "PATH": "",
            "MEALTRACE_HOME": str(founded),
            "MEALTRACE_METRICS_PORT": str(port),
            "LANG": "C.UTF-8",
        },
    )
    deadline = time.monotonic() + 20
    try:
        while True:
            try:
                accepts_connections(port)
                break
            except OSError:
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.1)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            assert b"mealtrace_blobs_damaged 0.0" in answer.read()
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_serve_without_what_it_needs_is_exit_1(mealtrace: Run) -> None:
    done = mealtrace("serve", MEALTRACE_CHAIN="none", MEALTRACE_PORT="0")

    assert done.returncode == 1
    assert "mealtrace init" in done.stderr


def test_behind_a_trusted_proxy_each_address_has_its_own_rate(founded: Path) -> None:
    import re
    import urllib.error
    import urllib.request

    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli.main", "serve"],
        env={
            "PATH": "",
            "MEALTRACE_HOME": str(founded),
            "MEALTRACE_PORT": "0",
            "MEALTRACE_TRUSTED_PROXIES": "127.0.0.1",
            "MEALTRACE_OPEN_REQUESTS_PER_S": "3",
            "LANG": "C.UTF-8",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    address = ""
    for line in process.stderr:
        found = re.search(r"http://[0-9.:]+", line)
        if found and "running" in line:
            address = found[0]
            break

    def ask(client: str) -> int:
        request = urllib.request.Request(f"{address}/healthz", headers={"X-Forwarded-For": client})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    try:
        assert [ask(f"192.0.2.{number}") for number in range(8)] == [200] * 8
        assert 429 in [ask("192.0.2.99") for _ in range(8)]
    finally:
        process.terminate()
        process.communicate(timeout=20)
