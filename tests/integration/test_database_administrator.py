"""What whoever runs the database and the disks can read of a school day: nothing of what was said.

Every table, every object and every log line is searched for every value of every payload, and for
the files themselves: of the catalogue's examples, and of all that the demo's day posts. The keys lie
elsewhere; whoever has those too is another matter.
"""

import copy
import io
import json
import logging
import re
import sqlite3
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rich.console import Console

sys.path.append(str(Path(__file__).resolve().parents[1] / "api"))  # for its playground

from playground import Running, embedded, serving, settle

from api import key_files, logs
from api.demo import run as demo
from api.demo.stage import Stage
from api.installation import S3_SECRET, open_installation, s3_address
from api.logs import JsonLines
from api.settings import Settings
from devices.client import Evidence, MealtraceClient
from devices.emulators.terminal import Reading, Terminal
from ledger import entry as entry_format
from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day

NAME = "王小厨师傅"
PHONE = "13941499871"
IDENTITY = "210502198703214417"


class Lines(logging.Handler):
    """Every log line of the process, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, root = Lines(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure("debug")
    root.handlers[:] = [handler]
    yield handler
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(params=["sqlite and folder", "postgresql and minio"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite and folder":
        return embedded(tmp_path, chain="none", access_log=True)
    server = request.getfixturevalue("minio_server")
    settings = embedded(
        tmp_path,
        chain="none",
        access_log=True,
        database_url=request.getfixturevalue("postgres_url"),
        s3_endpoint=server.endpoint,
        s3_bucket=f"b-{uuid.uuid4().hex}",
        s3_access_key=server.access_key,
        s3_secure=False,
    )
    settings.keys_dir.mkdir(parents=True, mode=0o700)
    key_files.create(settings.keys_dir / S3_SECRET, server.secret_key)
    return settings


def live(running: Running) -> list[dict[str, Any]]:
    """A day: every example that posts here, a refusal of each, reads of what is personal."""
    posted = []
    for name, kind in TYPES.items():
        if kind.open:
            continue
        request = copy.deepcopy(dict(kind.example))
        party = request["issuer"]
        if party not in running.tokens:
            continue
        client = running.as_(party)
        said = request["payload"]
        said["ext"] = {"note": f"{NAME} {PHONE}", "numbers": [[735_914_286]]}
        said.setdefault("source_ref", f"HT-{name}-0087")
        answer = client.post("/v1/records", json=request)
        # A refused one must leave as little behind: its id is new, and one field is nonsense.
        client.post("/v1/records", json={**request, "id": str(uuid.uuid4())})
        client.post("/v1/records", json={**request, "payload": {**said, NAME: PHONE}})
        client.get("/v1/records", params={"source_ref": said["source_ref"]})
        if answer.status_code != 201:
            continue
        posted.append(request)
        auditor = running.as_(day.AUDITOR)
        assert auditor.get(f"/v1/records/{request['id']}").status_code == 200
        for file in request.get("blobs", ()):
            assert auditor.get(f"/v1/blobs/{file['sha256']}").status_code == 200
    school = running.as_(day.SCHOOL)
    for wanted in ({"kind": "person", "identity": IDENTITY}, {"kind": "nobody", "identity": NAME}):
        school.post("/v1/pseudonyms", json=wanted)
    return posted


def values(value: Any) -> Iterator[str]:
    """Every text and number of a payload, member names aside."""
    if isinstance(value, dict):
        for member in value.values():
            yield from values(member)
    elif isinstance(value, list):
        for member in value:
            yield from values(member)
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        yield str(value)


def telling(text: str) -> bool:
    """Long and odd enough that finding it means something: words of the code are not, nor ids."""
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
        return False
    if text.lstrip("-").isdigit():
        return len(text) >= 5
    return len(text.encode()) >= 6 and not re.fullmatch(r"[a-z]+(-[a-z]+)*(/[a-z]+)?", text)


def tables(settings: Settings) -> bytes:
    """Everything the database holds: SQLite's files, or each row of each table of PostgreSQL."""
    if settings.database_url is None:
        path = settings.data_dir / "ledger.sqlite"
        found = b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))
        with closing(sqlite3.connect(path)) as connection:
            names = [
                row[0]
                for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            # Whole numbers lie in the file in binary: each cell as text finds them too.
            cells = [
                bytes(cell) if isinstance(cell, bytes) else str(cell).encode()
                for name in names
                for row in connection.execute(f'SELECT * FROM "{name}"')
                for cell in row
            ]
        assert "entries" in names
        return b"\x00".join([found, *cells])
    parts: list[bytes] = []
    with psycopg.connect(settings.engine_url().replace("+psycopg", "")) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in names.fetchall():
            for row in connection.execute(f'SELECT * FROM "{name}"').fetchall():
                parts += [
                    bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    for cell in row
                ]
    assert len(parts) > 1000
    return b"\x00".join(parts)


def objects(settings: Settings) -> bytes:
    """The objects as they lie there, and their names."""
    if settings.s3_endpoint is None:
        files = [file for file in (settings.data_dir / "blobs").rglob("*") if file.is_file()]
        assert files
        return b"\x00".join(file.name.encode() + file.read_bytes() for file in files)
    address = s3_address(settings)
    client = address.client()
    names = [str(found.object_name) for found in client.list_objects(address.bucket)]
    assert names
    read = [client.get_object(bucket_name=address.bucket, object_name=name) for name in names]
    return b"\x00".join(
        name.encode() + answer.read() for name, answer in zip(names, read, strict=True)
    )


def found_in(needle: str, hay: bytes) -> bool:
    """Whether a value stands there by itself; digits within longer numbers or ids are not it."""
    if not needle.lstrip("-").isdigit():
        return needle.encode() in hay
    return re.search(rb"(?<![0-9A-Za-z.])%b(?![0-9A-Za-z])" % needle.encode(), hay) is not None


def test_nothing_of_a_day_is_read_from_tables_objects_or_logs(
    settings: Settings, lines: Lines
) -> None:
    with serving(settings, settle(settings)) as running:
        posted = live(running)
        with closing(open_installation(settings)) as opened:
            store = opened.store
            entries = b"\x00".join(store.entries(0, store.head().size))
    assert len(posted) >= 10

    said = {text for request in posted for text in values(request["payload"]) if telling(text)}
    said |= {NAME, PHONE, IDENTITY, "735914286"}
    # What the log itself shows (subjects, times, ids) is no secret of the payload's.
    secrets = {text for text in said if not found_in(text, entries)}
    digests = {file["sha256"] for request in posted for file in request.get("blobs", ())}
    secrets |= digests
    assert len(secrets) > 80
    assert {NAME, PHONE, IDENTITY, "735914286"} <= secrets
    raw = {bytes.fromhex(digest) for digest in digests} | set(day.FILES.values())
    assert all(sha256(day.FILES[digest]).hexdigest() == digest for digest in digests)

    written = "\n".join(lines.text).encode()
    assert b"mealtrace" in written
    for what, hay in (
        ("tables", tables(settings)),
        ("objects", objects(settings)),
        ("log lines", written),
    ):
        shown = sorted(text for text in secrets if found_in(text, hay))
        assert shown == [], what
        assert not [data for data in raw if data in hay], what


class Posted:
    """What the demo's clients were asked to post: payloads by type, and files."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.payloads: list[tuple[str, Mapping[str, Any]]] = []
        self.files: list[bytes] = []
        post, post_many = MealtraceClient.post, MealtraceClient.post_many

        def posted(client: MealtraceClient, kind: str, payload: Any, **more: Any) -> Any:
            self.payloads.append((kind, payload))
            self.files += [data for data, _ in (more.get("blobs") or {}).values()]
            return post(client, kind, payload, **more)

        def posted_many(client: MealtraceClient, evidence: list[Evidence], **more: Any) -> Any:
            self.payloads += [(one.type, one.payload) for one in evidence]
            return post_many(client, evidence, **more)

        check = Terminal.check

        def checked(terminal: Terminal, reading: Reading) -> Any:
            self.files += reading.images.values()
            return check(terminal, reading)

        patch.setattr(Terminal, "check", checked)
        patch.setattr(MealtraceClient, "post", posted)
        patch.setattr(MealtraceClient, "post_many", posted_many)

    def sent(self, gateway: MealtraceClient) -> None:
        """What the gateway posted by itself, in a process of its own."""
        for item in gateway.search(issuer=demo.cast.GATEWAY, limit="500"):
            record: Any = gateway.record(str(item["id"]))
            payload = dict(record["payload"])
            blobs = payload.pop("blobs", ())
            if record["type"] != "morning-check":  # faces: noted where the terminal shows them
                self.files += [gateway.download(one["sha256"]) for one in blobs]
            self.payloads.append((record["type"], payload))

    def of(self, ending: str) -> set[str]:
        """The telling values of every field whose name ends so."""
        found: list[str] = []

        def look(value: Any) -> None:
            for member in value.values() if isinstance(value, dict) else value:
                if isinstance(member, dict | list):
                    look(member)
            if isinstance(value, dict):
                found.extend(str(v) for name, v in value.items() if name.endswith(ending))

        for kind, payload in self.payloads:
            if not TYPES[kind].open:
                look(dict(payload))
        return {text for text in found if telling(text)}


def designed(entries: list[bytes]) -> bytes:
    """What the entries show by design (FORMATS §1), and what is open in them."""
    shown: list[Any] = []
    for data in entries:
        entry = entry_format.parse(data)
        shown.append({**json.loads(entry.statement.to_bytes()), "payload": None})
        shown.append([entry.logged_at, entry.submitter])
        if entry.open is not None:
            shown.append(entry.open.payload)
    return json.dumps(shown, ensure_ascii=False).encode()


def test_nothing_of_the_demo_s_day_is_read_while_it_runs_or_after(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All that `mealtrace demo` posts, its year of payments too; WAL and log files included."""
    if settings.database_url is not None:
        monkeypatch.setenv("MEALTRACE_DATABASE_URL", settings.database_url)
        start = demo.DemoService.start  # what is not embedded does not found itself

        def founded(service: demo.DemoService) -> float:
            assert service.run("init").returncode == 0
            return start(service)

        monkeypatch.setattr(demo.DemoService, "start", founded)
    stage, posted = Stage(Console(file=io.StringIO())), Posted(monkeypatch)
    ledger = demo._found(stage, tmp_path / "demo")
    served = Settings(
        home=tmp_path / "demo",
        database_url=settings.database_url,
        operator=demo.cast.OPERATOR,
        origin="demo.mealtrace.example/log",
    )
    try:
        people, account = demo._people(stage, ledger)
        demo._day(stage, ledger, people, account)
        posted.sent(ledger.clients[demo.cast.GATEWAY])
        demo._history(stage, ledger, account)
        with closing(open_installation(served, read_only=True)) as opened:
            store = opened.store
            entries = store.entries(0, store.head().size)
        while_running = tables(served)
    finally:
        ledger.close()

    prices, kinds = posted.of("_fen"), {kind for kind, _ in posted.payloads}
    personal = {f"demo {who}" for who in demo.PEOPLE} | {"6200 0000 0001"}
    assert len(kinds) > 20
    assert len(prices) >= 5
    said = {
        text
        for kind, payload in posted.payloads
        if not TYPES[kind].open
        for text in values(payload)
        if telling(text)
    }
    shown = designed(entries)
    # A pseudonym stands beside its sealed identity: by itself it names nobody.
    secrets = {text for text in said if not found_in(text, shown)} - {*people.values(), account}
    secrets |= personal | {sha256(data).hexdigest() for data in posted.files}
    assert len(secrets) > 100
    assert prices <= secrets
    assert len(posted.files) > 10

    blobs = b"\x00".join(
        file.name.encode() + file.read_bytes()
        for file in (served.data_dir / "blobs").rglob("*")
        if file.is_file()
    )
    for what, hay in (
        ("tables while it runs", while_running),
        ("tables afterwards", tables(served)),
        ("objects", blobs),
        ("log lines", (tmp_path / "demo" / "serve.log").read_bytes()),
    ):
        assert hay
        assert sorted(text for text in secrets if found_in(text, hay)) == [], what
        assert not [data[:64] for data in posted.files if data[:4096] in hay], what
