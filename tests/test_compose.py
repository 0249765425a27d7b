"""docker-compose.yml and Dockerfile: valid, confined, and each of their commands really works."""

import contextlib
import fnmatch
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from components.compose import (
    COMPOSE_FILE,
    DOCKERFILE,
    Stack,
    mounts_allowed,
    read_compose,
    read_targets,
)
from components.installed import installed
from components.postgres import postgres
from components.process import ROOT, Process, accepts_connections, free_port

from api.cli.serve import _LEFT_BEHIND_S
from api.settings import Settings

OWN_IMAGES = ("service", "objects", "chain")
AUTHORITY = "bureau:11210500001234567Y~admission"


@pytest.fixture
def services() -> dict[str, Any]:
    return read_compose()["services"]


def test_it_is_a_valid_compose_file() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, COMPOSE_FILE], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_only_the_api_is_published_and_to_this_machine_alone(services: dict[str, Any]) -> None:
    published = {name: one["ports"] for name, one in services.items() if "ports" in one}

    assert published == {"api": ["127.0.0.1:8000-8009:8000"]}
    assert not any("network_mode" in one or "privileged" in one for one in services.values())


def test_our_own_processes_have_no_rights_and_no_disk_but_their_volumes(
    services: dict[str, Any],
) -> None:
    own = {name: one for name, one in services.items() if "build" in one}

    assert set(services) - set(own) == {"database"}
    for one in own.values():
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert one["security_opt"] == ["no-new-privileges:true"]
    for target in OWN_IMAGES:
        assert any(word == "USER" and who != "root" for word, who in read_targets()[target])


def test_a_secret_is_mounted_only_where_it_is_needed(services: dict[str, Any]) -> None:
    mounted: dict[str, set[str]] = {}
    for name, one in services.items():
        for mount in one.get("volumes", ()):
            volume, _, *mode = mount.split(":")
            mounted.setdefault(volume, set()).add(name + "".join(f" {what}" for what in mode))

    assert mounted["keys"] == {"secrets", "funds", "init", "api ro", "worker ro", "backup ro"}
    assert mounted["wrapped-keys"] == mounted["backup"] == {"init ro", "backup"}
    assert mounted["database-secret"] == {"secrets", "database ro"}
    assert mounted["objects-secret"] == {"secrets", "objects ro"}
    assert not re.search(r"(?i)(password|secret)\w*: *[\"']?[0-9a-z]{8}", COMPOSE_FILE.read_text())


def test_every_service_waits_for_what_it_needs_and_whoever_stays_says_how_it_is(
    services: dict[str, Any],
) -> None:
    for one in services.values():
        stays = one["restart"] != "no"
        assert ("healthcheck" in one) == stays
        for needed, how in one.get("depends_on", {}).items():
            ends = services[needed]["restart"] == "no"
            wanted = "service_completed_successfully" if ends else "service_healthy"
            assert how == {"condition": wanted}


def test_no_service_fills_the_disk_with_its_log_or_the_machine_with_processes(
    services: dict[str, Any],
) -> None:
    for name, one in services.items():
        assert set(one["logging"]["options"]) == {"max-size", "max-file"}, name
        assert 0 < one["pids_limit"] <= 1024
        if name == "database":
            continue
        in_memory = sum(_mib(part) for part in re.findall(r"size=(\w+)", str(one["tmpfs"])))
        assert _mib(one["mem_limit"]) >= in_memory + 1024, name


def _mib(size: str) -> int:
    return int(size[:-1]) * {"m": 1, "g": 1024}[size[-1]]


def test_what_genesis_fixes_can_be_chosen(services: dict[str, Any]) -> None:
    fixed = ("NAME", "ORIGIN", "OPERATOR", "TIME_ZONE", "ENTRIES", "AUTHORITIES_FILE")
    assert {f"MEALTRACE_{name}" for name in fixed} <= set(services["init"]["environment"])
    assert not services["init"]["environment"]["MEALTRACE_AUTHORITIES_FILE"]
    for name in services["init"]["environment"]:
        assert name.removeprefix("MEALTRACE_").lower() in Settings.model_fields


def test_no_file_names_a_registry() -> None:
    text = DOCKERFILE.read_text("utf-8") + COMPOSE_FILE.read_text("utf-8")
    images = re.findall(r"^ *(?:image:|FROM) *(\S+)", text, re.MULTILINE)

    assert images
    assert not [image for image in images if "." in image.split("/", 1)[0].split(":")[0]]
    assert not [image for image in images if image.endswith(":latest")]


def test_every_image_of_ours_is_a_target_of_the_dockerfile(services: dict[str, Any]) -> None:
    wanted = {one["build"]["target"] for one in services.values() if "build" in one}

    assert wanted == set(OWN_IMAGES)
    assert wanted < set(read_targets())


def test_the_program_can_be_built_from_what_the_dockerfile_copies(tmp_path: Path) -> None:
    context, out = tmp_path / "context", tmp_path / "out"
    context.mkdir()
    for sources in _copied("wheel"):
        for source in sources:
            assert _admitted(source), f".dockerignore keeps {source} out"
            if (ROOT / source).is_dir():
                ignore = shutil.ignore_patterns("__pycache__", "node_modules")
                shutil.copytree(ROOT / source, context / source, ignore=ignore)
            else:
                shutil.copy(ROOT / source, context / source)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out]
    subprocess.run(command, cwd=context, check=True, capture_output=True)
    [wheel] = out.glob("*.whl")

    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "api/cli/main.py",
        "contracts/LedgerAnchor.json",
        "storage/migrations/script.py.mako",
    } < names
    assert not [name for name in names if "node_modules" in name or name.startswith("tests")]


def test_no_secret_and_no_data_folder_gets_into_an_image() -> None:
    for kept_out in (".mealtrace", "secrets", ".git", ".env", ".venv", "tests", "bench.json"):
        assert not _admitted(kept_out)
    assert not _admitted("contracts/node_modules")


def test_what_is_installed_in_the_image_needs_no_compiler() -> None:
    install = next(
        rest
        for word, rest in read_targets()["wheel"]
        if "requirements.txt" in rest and word == "RUN"
    )

    assert "--require-hashes" in install
    assert "--only-binary :all:" in install


# The file, run. These share one stack, and so one process of the test run.


@dataclass(frozen=True, slots=True)
class KeyFile:
    """An authority's key, made on a machine of its own."""

    path: Path

    def named_in(self, folder: Path) -> Path:
        """The file that MEALTRACE_AUTHORITIES_FILE names, as the README makes it."""
        command = [sys.executable, "-m", "api.cli.main", "keys", "generate", self.path, "--json"]
        done = subprocess.run(command, capture_output=True, check=True)
        file = folder / "authorities.json"
        jwk = json.loads(done.stdout)["jwk"]
        file.write_text(json.dumps([{"party": AUTHORITY, "jwk": jwk}]))
        return file


class Running:
    """The stack of the file with its processes; `apis` are two containers of one service."""

    def __init__(self, stack: Stack, authority: "KeyFile") -> None:
        self.stack = stack
        self.authority = authority
        self.processes: dict[str, Process] = {}
        self.apis = [free_port(), free_port()]
        self.worker = free_port()

    def start_server(self, service: str) -> None:
        process = self.stack.start(service)
        self.processes[service] = process
        process.wait_until(lambda: self.stack.health(service) == 0)

    def start_api(self, number: int) -> None:
        port = self.apis[number]
        own = {"MEALTRACE_PORT": str(port), "MEALTRACE_METRICS_PORT": str(free_port())}
        process = self.stack.start("api", own)
        self.processes[f"api {number}"] = process
        process.wait_until(lambda: self.stack.health("api", port) == 0)

    def start_worker(self) -> None:
        process = self.stack.start("worker", {"MEALTRACE_METRICS_PORT": str(self.worker)})
        self.processes["worker"] = process
        process.wait_until(lambda: self.stack.health("worker", self.worker) == 0)

    def call(self, number: int, path: str, body: Any = None) -> bytes:
        token = (self.stack.volume("keys") / "admin.token").read_text().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.apis[number]}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def stop(self) -> None:
        for process in reversed(self.processes.values()):
            process.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """What `docker compose up --scale api=2` does, in the order that `depends_on` gives."""
    folder = tmp_path_factory.mktemp("compose")
    authority = KeyFile(folder / "bureau.jwk")
    stack = Stack(folder, {"MEALTRACE_AUTHORITIES_FILE": str(authority.named_in(folder))})
    with (
        installed(),
        _access() as access,
        postgres((*_options(stack), f"hba_file={access}")) as cluster,
    ):
        now = Running(stack, authority)
        try:
            stack.run("secrets")
            stack.ports["database:5432"] = cluster.port
            _make_database(stack, cluster.port)
            now.start_server("objects")
            now.start_server("chain")
            stack.run("funds")
            stack.run("init")
            now.start_api(0)
            now.start_api(1)
            now.start_worker()
            yield now
        finally:
            now.stop()


@contextlib.contextmanager
def _access() -> Iterator[Path]:
    """Who must show a password, as the image has it; readable for the server's own user."""
    with tempfile.TemporaryDirectory(prefix="mealtrace-access-") as name:
        folder, file = Path(name), Path(name) / "pg_hba.conf"
        file.write_text("host all postgres all trust\nhost all all all scram-sha-256\n")
        folder.chmod(0o755)
        file.chmod(0o644)
        yield file


def _options(stack: Stack) -> tuple[str, ...]:
    program, *rest = stack.services["database"]["command"]
    assert program == "postgres"
    assert rest[::2] == ["-c"] * (len(rest) // 2)
    return tuple(rest[1::2])


def _make_database(stack: Stack, port: int) -> None:
    """What the image's entrypoint makes of its environment."""
    given = stack.environment("database")
    password = Path(given["POSTGRES_PASSWORD_FILE"]).read_text().strip()
    user, name = given["POSTGRES_USER"], given["POSTGRES_DB"]
    with psycopg.connect(
        f"host=127.0.0.1 port={port} user=postgres dbname=postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        connection.execute(f"CREATE DATABASE {name} OWNER {user}")


@pytest.mark.xdist_group("compose")
def test_the_secrets_are_drawn_once_and_for_their_owner_alone(running: Running) -> None:
    stack = running.stack
    files = [
        *(stack.volume("keys") / name for name in ("database.password", "s3.secret", "anchor.key")),
        stack.volume("database-secret") / "secret",
        stack.volume("objects-secret") / "secret",
    ]
    before = [file.read_bytes() for file in files]
    stack.run("secrets")
    stack.run("funds")

    assert [file.read_bytes() for file in files] == before
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert len(set(before)) == 3, "two passwords, each in two places, and the anchoring key"


@pytest.mark.xdist_group("compose")
def test_the_database_and_the_object_store_ask_for_their_passwords(running: Running) -> None:
    port = running.stack.ports["database:5432"]
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"host=127.0.0.1 port={port} user=mealtrace dbname=mealtrace")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"http://127.0.0.1:{running.stack.ports['objects:9000']}/mealtrace")


@pytest.mark.xdist_group("compose")
def test_what_one_api_process_took_in_the_other_proves(running: Running) -> None:
    request = _registration("bureau:11350100003600120A~funds")
    receipt = json.loads(running.call(0, "/v1/records", request))
    bundle = json.loads(running.call(1, f"/v1/records/{request['id']}/bundle"))

    assert bundle["entry"] == receipt["entry"]
    assert running.call(0, "/v1/trust") == running.call(1, "/v1/trust")


@pytest.mark.xdist_group("compose")
def test_the_worker_anchors_and_a_node_confirms_it(running: Running, tmp_path: Path) -> None:
    request = _registration("bureau:11350100003600120A~admission")
    running.call(0, "/v1/records", request)
    anchored = json.loads(running.stack.run("api", "anchor", "--json").stdout)
    bundle, policy = tmp_path / "bundle.mealtrace.json", tmp_path / "policy"
    policy.write_bytes(running.call(1, "/v1/trust"))
    node = f"http://127.0.0.1:{running.stack.ports['chain:8545']}"
    deadline = time.monotonic() + 60
    while True:
        bundle.write_bytes(running.call(1, f"/v1/records/{request['id']}/bundle"))
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "api.cli.main",
                "verify",
                bundle,
                "--policy",
                policy,
                "--rpc",
                node,
                "--json",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0 or time.monotonic() > deadline:
            break
        time.sleep(0.5)

    assert anchored[0]["state"] in ("mined", "final")
    verdict = json.loads(done.stdout)
    assert verdict["overall"] == "verified", done.stdout
    assert "31337" in done.stdout or "proves nothing" in done.stdout


@pytest.mark.xdist_group("compose")
def test_init_and_migrate_again_find_everything_done(running: Running) -> None:
    before = running.call(0, "/v1/trust"), running.call(0, "/checkpoint")
    running.stack.run("init")
    running.stack.run("init", "migrate")
    running.stack.run("api", "tokens", "list")

    assert (running.call(0, "/v1/trust"), running.call(0, "/checkpoint")) == before


@pytest.mark.xdist_group("compose")
def test_an_authority_of_genesis_vouches_for_the_keys_of_others(
    running: Running, tmp_path: Path
) -> None:
    stack, party, key = running.stack, "supplier:91210500MA0YK7QX5T", tmp_path / "supplier.jwk"
    stack.run("api", "parties", "register", party, "--role", "supplier")
    stack.run("api", "keys", "generate", str(key))
    proof = tmp_path / "proof.json"
    proof.write_text(stack.run("api", "keys", "prove", party, str(key)).stdout)
    stack.run("api", "keys", "register", str(proof), "--authority-key", str(running.authority.path))

    listed = json.loads(stack.run("api", "keys", "list", "--json").stdout)
    assert [one["vouched_by"] for one in listed if one["party"] == party] == ["authority"]


@pytest.mark.xdist_group("compose")
def test_a_backup_is_made_beside_the_running_stack_and_restored_in_inits_place(
    running: Running,
) -> None:
    stack = running.stack
    running.call(0, "/v1/records", _registration("supplier:91210500MA0YK7QX5U"))
    made = stack.run("backup")
    assert "entries" in made.stdout
    assert (stack.volume("backup") / "backup.json").is_file()
    assert list(stack.volume("wrapped-keys").glob("*.rows"))

    size = int(running.call(0, "/checkpoint").decode().splitlines()[1])
    with psycopg.connect(
        f"host=127.0.0.1 port={stack.ports['database:5432']} user=postgres dbname=postgres",
        autocommit=True,
    ) as connection:
        connection.execute("CREATE DATABASE another OWNER mealtrace")
    theirs = stack.services["init"]["environment"]
    before = theirs["MEALTRACE_DATABASE_URL"]
    theirs["MEALTRACE_DATABASE_URL"] = before.removesuffix("/mealtrace") + "/another"
    try:
        folders = [stack.services["backup"]["command"][1], "/var/lib/mealtrace/wrapped-keys"]
        here = [stack._here("init", part) for part in folders]
        done = stack.run("init", "restore", here[0], "--wrapped-keys", here[1])
    finally:
        theirs["MEALTRACE_DATABASE_URL"] = before
    assert f"{size} entries are restored" in done.stdout


@pytest.mark.xdist_group("compose")
def test_the_logs_key_is_replaced_in_inits_place_while_all_run(running: Running) -> None:
    before = running.call(0, "/v1/trust")
    running.stack.run("init", "keys", "rotate-log")
    running.call(1, "/v1/records", _registration("supplier:91210500MA0YK7QX5V"))

    assert running.call(0, "/v1/trust") == running.call(1, "/v1/trust") != before


@pytest.mark.xdist_group("compose")
def test_a_worker_that_sees_no_database_is_not_healthy(running: Running, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "metrics").write_text("mealtrace_blob_store_up 1.0\n")
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    with Process(command, log=tmp_path / "log", cwd=tmp_path) as server:
        server.wait_until(lambda: accepts_connections(port))
        assert running.stack.health("worker", port) != 0
    assert running.stack.health("worker", running.worker) == 0


@pytest.mark.xdist_group("compose")
def test_a_second_start_finds_everything_and_writes_nothing_but_to_its_servers(
    running: Running,
) -> None:
    before = running.call(0, "/checkpoint")
    kept = _snapshot(running.stack)
    running.processes["api 1"].stop()
    running.processes["worker"].stop()
    running.start_api(1)
    running.start_worker()
    running.call(1, "/v1/records", _registration("regulator:11350100003600120A~market"))

    assert running.call(1, "/checkpoint") != before
    assert _snapshot(running.stack) == kept
    if mounts_allowed():
        tried = ["sh", "-c", f"touch {running.stack.volume('keys') / 'new'}"]
        confined = running.stack.confined("api")
        assert subprocess.run([*confined, *tried], capture_output=True, check=False).returncode


@pytest.mark.xdist_group("compose")
def test_health_checks_tell_a_server_that_is_gone(running: Running) -> None:
    running.processes["objects"].stop()
    assert running.stack.health("objects") != 0
    deadline = time.monotonic() + 30
    while running.stack.health("api", running.apis[0]) == 0 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert running.stack.health("api", running.apis[0]) != 0
    running.start_server("objects")
    while running.stack.health("api", running.apis[0]) != 0 and time.monotonic() < deadline:
        time.sleep(0.2)

    assert running.stack.health("api", running.apis[0]) == 0
    assert running.stack.health("chain", port=free_port()) != 0
    assert running.stack.health("database") == 0
    running.processes["worker"].stop()
    assert running.stack.health("worker", running.worker) != 0
    running.start_worker()


@pytest.mark.xdist_group("compose")
def test_the_worker_says_that_it_anchors_to_whoever_scrapes_it(running: Running) -> None:
    lines: list[str] = []
    deadline = time.monotonic() + 30
    while "mealtrace_anchoring_trouble 0.0" not in lines:
        assert time.monotonic() < deadline
        time.sleep(0.2)
        with urllib.request.urlopen(f"http://127.0.0.1:{running.worker}/metrics") as answer:
            lines = answer.read().decode().splitlines()

    assert any(line.startswith("mealtrace_log_entries ") for line in lines)
    assert "working for mealtrace.localhost" in running.processes["worker"].log.read_text()


@pytest.mark.xdist_group("compose")
def test_an_api_told_to_end_ends_within_its_grace_and_another_takes_over(running: Running) -> None:
    grace_s = int(running.stack.services["api"]["stop_grace_period"].removesuffix("s"))
    here = Settings()
    assert grace_s > here.drain_s + here.shutdown_s + _LEFT_BEHIND_S
    began = time.monotonic()
    code = running.processes["api 1"].stop()

    assert code == 0
    assert time.monotonic() - began < 10
    assert running.call(0, "/checkpoint")
    running.start_api(1)


@pytest.mark.xdist_group("compose")
def test_the_chain_outlives_its_container(running: Running) -> None:
    before = _newest_block(running.stack)
    asked_to_end = running.stack.services["chain"]["stop_signal"]
    running.processes["chain"].stop(signal.Signals[asked_to_end])
    running.start_server("chain")

    assert _newest_block(running.stack) == before
    assert before["number"] != "0x0"


def _registration(party: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "type": "party-registration",
        "occurred_at": "2026-11-23T06:12:11.120Z",
        "payload": {"party": party, "name": "示范单位"},
    }


def _newest_block(stack: Stack) -> dict[str, Any]:
    ask = {"jsonrpc": "2.0", "id": 1, "method": "eth_getBlockByNumber", "params": ["latest", False]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{stack.ports['chain:8545']}",
        data=json.dumps(ask).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)["result"]
    return found


def _snapshot(stack: Stack) -> dict[str, tuple[int, bytes]]:
    """Every file of the volume `keys` and of the container's own disk."""
    return {
        str(file): (file.stat().st_mtime_ns, file.read_bytes())
        for folder in (stack.volume("keys"), stack.home)
        for file in folder.rglob("*")
        if file.is_file()
    }


def _copied(stage: str) -> Iterator[list[str]]:
    for word, rest in read_targets()[stage]:
        if word == "COPY" and "--from" not in rest:
            *sources, _ = rest.split()
            yield sources


def _admitted(path: str) -> bool:
    """Whether .dockerignore lets `path` into the build: its last matching line decides."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    admitted = True
    for line in filter(lambda line: line and not line.startswith("#"), lines):
        pattern = line.removeprefix("!")
        if fnmatch.fnmatch(path, pattern) or path.startswith(f"{pattern}/"):
            admitted = line.startswith("!")
    return admitted
