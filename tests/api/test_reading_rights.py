"""Who may read what: docs/reading-rights.md, cell by cell, through the real service.

The page's table is the data. A row is a call, a column a caller, a cell what the caller gets:

    401 403 404   that status                  yes      it is answered, or taken
    all           the record, nothing withheld  less    the record without what is personal
    own           of a list what concerns the caller, and nothing that counts the rest

A route without a row fails, and so does a read of something personal that is not kept.
"""

import itertools
import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playground import Running, embedded, example, serving, settle

from api.app import create_app
from api.founding import ADMIN_SCOPES
from api.installation import Installation, open_installation
from api.routers import oversight
from api.routers.oversight import Listing
from ledger import entry as entries
from ledger.evidence.examples import school_day as day
from ledger.oversight.engine import Changes
from ledger.oversight.family import Row
from storage.oversight import Position

PAGES = Path(__file__).resolve().parents[2] / "docs"
PERSON = {"kind": "person", "identity": "210502199001011234"}
CHAIN_ID = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}

#: Whom oversight has a row about, in each list, by what the rows are about.
OVERSEEN = {
    "school": [day.SCHOOL, "school:2105020009"],
    "holder": sorted((day.SUPPLIER, day.LABOUR, day.SCHOOL)),
}

Table = dict[str, list[str]]


def read(page: str) -> tuple[list[str], Table]:
    """The table of a page: its columns, and its rows by their call."""
    lines = [line for line in (PAGES / page).read_text("utf-8").splitlines() if line[:1] == "|"]
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    return head[1:], {row[0].replace("`", ""): row[1:] for row in rows}


COLUMNS, TABLE = read("reading-rights.md")

#: What stands behind each column: party, scopes, state of the token.
CALLERS: dict[str, tuple[str, tuple[str, ...], str] | None] = {
    "no token": None,
    "expired": (day.SUPPLIER, ("post", "read", "log:read"), "expired"),
    "revoked": (day.SUPPLIER, ("post", "read", "log:read"), "revoked"),
    "supplier, post": (day.SUPPLIER, ("post",), ""),
    "supplier": (day.SUPPLIER, ("post", "read"), ""),
    "supplier, personal": (day.SUPPLIER, ("post", "read", "personal"), ""),
    "another supplier, personal": (day.LABOUR, ("post", "read", "personal"), ""),
    "school": (day.SCHOOL, ("post", "read"), ""),
    "school, personal": (day.SCHOOL, ("post", "read", "personal"), ""),
    "bureau": (day.FUNDS, ("read",), ""),
    "regulator": (day.REGULATOR, ("read",), ""),
    "auditor": (day.AUDITOR, ("read",), ""),
    "auditor, personal": (day.AUDITOR, ("read", "personal"), ""),
    "log:read alone": (day.AUDITOR, ("log:read",), ""),
    "admin": ("admin", ADMIN_SCOPES, ""),
}


@dataclass(frozen=True, slots=True)
class World:
    """A service with four records, and a token for every column."""

    running: Running
    opened: Installation
    tokens: dict[str, str | None]
    parties: dict[str, str | None]
    order: dict[str, Any]
    registration: dict[str, Any]
    check: dict[str, Any]
    dispatch: dict[str, Any]

    def client(self, caller: str) -> httpx.Client:
        token = self.tokens[caller]
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        client = httpx.Client(base_url=self.running.url, headers=headers, timeout=30)
        self.running.clients.append(client)
        return client

    def entries(self) -> list[entries.Entry]:
        store = self.opened.store
        return [entries.parse(data) for data in store.entries(0, store.head().size)]

    def concerning(self, caller: str, subject: str | None = None) -> set[str]:
        """Ids of the records, of a subject or all, that are the caller's business: said plainly."""
        party, found = self.parties[caller], set()
        for entry in self.entries():
            said = entry.statement
            own = {said.issuer, entry.submitter, *said.subjects}
            if party == day.SCHOOL and any(
                name.startswith(("canteen:2105020001~", "order:2105020001~")) for name in own
            ):
                own.add(party)
            if party in own and (subject is None or subject in said.subjects):
                found.add(said.id)
        return found


@pytest.fixture(scope="module", params=["restricted", "public"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    settings = embedded(tmp_path_factory.mktemp("rights"), entries=request.param)
    tokens = settle(settings)
    with (
        serving(settings, tokens) as running,
        closing(open_installation(settings)) as opened,
    ):
        posted = []
        for kind, party in (
            ("order", day.SCHOOL),
            ("supplier-registration", day.SUPPLIER),
            ("morning-check", day.GATEWAY),
            ("dispatch", day.SUPPLIER),
        ):
            record = example(kind)
            for file in record.get("blobs", ()):
                # Everybody uploaded the examples' own files; these are one party's alone.
                sent = running.as_(party, **{"Content-Type": file.get("media_type", "image/jpeg")})
                file.update(sent.post("/v1/blobs", content=os.urandom(40)).json())
            answer = running.as_(party).post("/v1/records", json=record)
            assert answer.status_code == 201, answer.text
            posted.append(record)
        issued: dict[str, str | None] = {}
        parties: dict[str, str | None] = {}
        for name, caller in CALLERS.items():
            if caller is None:
                issued[name] = parties[name] = None
                continue
            party, scopes, state = caller
            parties[name] = f"{settings.operator}~admin" if party == "admin" else party
            issued[name], token = opened.store.tokens.issue(
                str(parties[name]),
                scopes,
                expires_at="2026-01-01T00:00:00.000Z" if state == "expired" else None,
            )
            if state == "revoked":
                opened.store.tokens.revoke(token.id)
        oversee(opened)
        yield World(running, opened, issued, parties, *posted)


def oversee(opened: Installation) -> None:
    """A row about everybody in every list, as rule families leave them."""
    changes = Changes(0)
    for listing in (value for value in vars(oversight).values() if isinstance(value, Listing)):
        for scope in OVERSEEN[listing.scope]:
            row = Row(listing.family, scope, scope, "2026-10-01", "some", "open", {"a": 1})
            changes.rows[listing.family, scope] = row
    account = {"start_points": 100, "balance_points": 100, "entries": 0, "sums": {}}
    score = Row(
        "credit", f"score {day.SUPPLIER}", day.SUPPLIER, "2026-10-01", "score", "a", account
    )
    changes.rows["credit", score.name] = score
    opened.store.oversight.save(None, Position(0, "", ""), changes)


# What a call gives each caller


def answered(answer: httpx.Response) -> str:
    return "yes" if answer.is_success else str(answer.status_code)


def taken(answer: httpx.Response) -> str:
    """Past every question of who asks: what is asked is nonsense on purpose."""
    return "yes" if answer.is_success or answer.status_code in (400, 422) else answered(answer)


def shown(answer: httpx.Response) -> str:
    if not answer.is_success:
        return answered(answer)
    body = answer.json()
    assert body["payload"]
    assert set(body["withheld"]).isdisjoint(body["payload"])
    return "less" if body["withheld"] else "all"


def explained(answer: httpx.Response) -> str:
    if not answer.is_success:
        return answered(answer)
    body = answer.json()
    assert body["history"]["head"] is not None
    return "all"


def listed(world: World, caller: str, path: str, subject: str | None = None) -> str:
    """Walk all pages one hit at a time: neither hits nor pages may count what is hidden."""
    client, cursor, found, pages = world.client(caller), None, [], 0
    while True:
        query = {"limit": 1, **({} if cursor is None else {"cursor": cursor})}
        answer = client.get(path, params=query)
        if not answer.is_success:
            return answered(answer)
        body = answer.json()
        hits = body["records"] if subject is None else body["entries"]
        found += [hit["id"] for hit in hits]
        pages += 1
        cursor = body["cursor"]
        if cursor is None:
            break
    everything = {
        entry.statement.id
        for entry in world.entries()
        if subject is None or subject in entry.statement.subjects
    }
    own = world.concerning(caller, subject)
    assert len(found) == len(set(found))
    assert pages == len(found) + 1, "a page that shows nothing tells that something is there"
    if subject is not None:
        assert body["complete"] is (body["head"] is not None)
    if set(found) == everything and own != everything:
        return "all"
    if subject is not None and set(found) == everything:
        return "all" if body["complete"] else "own"
    assert set(found) == own
    return "own"


def disclosed(answer: httpx.Response, personal: str) -> str:
    if not answer.is_success:
        return answered(answer)
    leaves = answer.json()["disclosure"]["disclosed"]
    return "all" if personal in [leaf["name"] for leaf in leaves] else "less"


def directory(answer: httpx.Response) -> str:
    return answered(answer)


def refusals(world: World, caller: str) -> str:
    answer = world.client(caller).get("/v1/refusals")
    if answer.is_success:
        kept = world.opened.store.journal.refusals(
            str(world.parties[caller]), since=None, limit=1000
        )
        assert [row["id"] for row in answer.json()["refusals"]] == [row.record_id for row in kept]
        return "own"
    return answered(answer)


def webhooks(world: World, caller: str) -> str:
    answer = world.client(caller).get("/v1/webhooks")
    if answer.is_success:
        mine = world.opened.store.webhooks.all(str(world.parties[caller]))
        assert [row["id"] for row in answer.json()["webhooks"]] == [one.id for one in mine]
        assert all(row["party"] == world.parties[caller] for row in answer.json()["webhooks"])
        return "own"
    return answered(answer)


def of_webhook(world: World, caller: str, method: str, path: str) -> str:
    """A call about the school's, which there is anew for each caller."""
    store, asked = world.opened.store.webhooks, {"kind": "webhook", "url": "https://x.example/"}
    made = store.add(day.SCHOOL, json.dumps(asked), token=None, limit=100)
    answer = world.client(caller).request(
        method, f"/v1/webhooks/{made.id}{path}", json={"index_from": 0}
    )
    return taken(answer)


def digest(request: dict[str, Any], role: str) -> str:
    return str(next(blob["sha256"] for blob in request["blobs"] if blob["role"] == role))


def ranged(world: World, caller: str, request: dict[str, Any], role: str) -> str:
    client = world.client(caller)
    answer = client.get(f"/v1/blobs/{digest(request, role)}", headers={"Range": "bytes=2-5"})
    if answer.is_success:
        assert answer.status_code == 206
        assert len(answer.content) == 4
    return answered(answer)


Probe = Callable[[World, str], str]


def get(path: str, **query: Any) -> Probe:
    return lambda world, caller: answered(world.client(caller).get(path, params=query))


def post(path: str, **sent: Any) -> Probe:
    return lambda world, caller: taken(world.client(caller).post(path, **sent))


def record(name: str) -> Probe:
    return lambda world, caller: shown(
        world.client(caller).get(f"/v1/records/{getattr(world, name)['id']}")
    )


def bundle(name: str, personal: str, **query: str) -> Probe:
    return lambda world, caller: disclosed(
        world.client(caller).get(f"/v1/records/{getattr(world, name)['id']}/bundle", params=query),
        personal,
    )


def overseen(name: str, scope: str) -> Probe:
    """A list of oversight: whose rows are in it, asked for all, and for each whom it may be about."""

    def probe(world: World, caller: str) -> str:
        client = world.client(caller)
        answer = client.get(f"/v1/{name}")
        if not answer.is_success:
            return answered(answer)
        seen = [row[scope] for row in answer.json()[name]]
        for subject in OVERSEEN[scope]:
            asked = client.get(f"/v1/{name}", params={scope: subject}).json()[name]
            assert [row[scope] for row in asked] == [one for one in seen if one == subject]
        if sorted(seen) == OVERSEEN[scope]:
            return "all"
        assert seen in ([], [world.parties[caller]])
        return "own"

    return probe


NDJSON = {"Content-Type": "application/x-ndjson"}
PROBES: dict[str, Probe] = {
    "GET /v1/records": lambda world, caller: listed(world, caller, "/v1/records"),
    "GET /v1/records/{id}, an order": record("order"),
    "GET /v1/records/{id}, a supplier's registration": record("registration"),
    "GET /v1/records/{id}, a dispatch": record("dispatch"),
    "GET /v1/records/{id}, a morning check": record("check"),
    "GET /v1/records/{id}/bundle, a morning check": bundle("check", "symptoms"),
    "GET /v1/records/{id}/bundle?disclose=, something personal": bundle(
        "check", "symptoms", disclose="symptoms"
    ),
    "GET /v1/records/{id}/proof, a morning check": lambda world, caller: answered(
        world.client(caller).get(f"/v1/records/{world.check['id']}/proof")
    ),
    "GET /v1/records/{id}/trace, a morning check": lambda world, caller: answered(
        world.client(caller).get(f"/v1/records/{world.check['id']}/trace?depth=1")
    ),
    "GET /v1/subjects/{subject}/history, the supplier": lambda world, caller: listed(
        world, caller, f"/v1/subjects/{day.SUPPLIER}/history", day.SUPPLIER
    ),
    "GET /v1/subjects/{subject}/history, the canteen": lambda world, caller: listed(
        world, caller, f"/v1/subjects/{day.CANTEEN}/history", day.CANTEEN
    ),
    **{
        f"GET /v1/{name}": overseen(name, scope)
        for name, scope in (
            ("obligations", "school"),
            ("reconciliations", "school"),
            ("risks", "school"),
            ("work-orders", "school"),
            ("suspicions", "school"),
            ("certificates", "holder"),
        )
    },
    "GET /v1/suppliers/{uscc}/credit, the supplier": lambda world, caller: explained(
        world.client(caller).get(f"/v1/suppliers/{day.SUPPLIER.partition(':')[2]}/credit")
    ),
    "GET /v1/ratings": get("/v1/ratings"),
    "GET /v1/blobs/{sha256}, a business licence": lambda world, caller: ranged(
        world, caller, world.registration, "business-licence"
    ),
    "GET /v1/blobs/{sha256}, a face": lambda world, caller: ranged(
        world, caller, world.check, "face"
    ),
    "HEAD /v1/blobs/{sha256}, a face": lambda world, caller: answered(
        world.client(caller).head(f"/v1/blobs/{digest(world.check, 'face')}")
    ),
    "GET /v1/parties": get("/v1/parties"),
    "GET /v1/refusals": refusals,
    "GET /v1/webhooks": webhooks,
    "GET /tile/entries/{number}, restricted": get("/tile/entries/000.p/3"),
    "GET /tile/entries/{number}, public": get("/tile/entries/000.p/3"),
    "GET /tile/{level}/{number}": get("/tile/0/000.p/3"),
    "GET /checkpoint": get("/checkpoint"),
    "GET /v1/anchors": get("/v1/anchors"),
    "GET /v1/anchors/{size}": get("/v1/anchors/1"),
    "GET /v1/trust": get("/v1/trust"),
    "GET /v1/types": get("/v1/types"),
    "GET /v1/types/{type}": get("/v1/types/order"),
    "POST /v1/verify": post("/v1/verify", content=b"{}"),
    "GET /healthz": get("/healthz"),
    "GET /readyz": get("/readyz"),
    "GET /openapi.json": get("/openapi.json"),
    "GET /docs": get("/docs"),
    "GET /": lambda world, caller: answered(world.client(caller).get("/", follow_redirects=True)),
    "POST /v1/chain": post("/v1/chain", json=CHAIN_ID),
    "POST /v1/enrolments": post("/v1/enrolments", json={}),
    "POST /v1/records": post("/v1/records", json={}),
    "POST /v1/records:prepare": post("/v1/records:prepare", json={}),
    "POST /v1/records:batch": post("/v1/records:batch", content=b"{}\n", headers=NDJSON),
    "POST /v1/blobs": post("/v1/blobs", content=b"x", headers={"Content-Type": "text/plain"}),
    "POST /v1/pseudonyms": post("/v1/pseudonyms", json=PERSON),
    "POST /v1/webhooks": post("/v1/webhooks", json={}),
    "DELETE /v1/webhooks/{id}, the school's": lambda world, caller: of_webhook(
        world, caller, "DELETE", ""
    ),
    "POST /v1/webhooks/{id}/replay, the school's": lambda world, caller: of_webhook(
        world, caller, "POST", "/replay"
    ),
}

#: Calls that show something personal where they give all, or are answered at all.
PERSONAL = {
    "GET /v1/records/{id}, a supplier's registration",
    "GET /v1/records/{id}, a morning check",
    "GET /v1/records/{id}/bundle?disclose=, something personal",
    "GET /v1/blobs/{sha256}, a face",
    "HEAD /v1/blobs/{sha256}, a face",
}


@pytest.mark.parametrize("call", PROBES)
def test_every_caller_gets_what_the_table_says(world: World, call: str) -> None:
    mode = world.opened.genesis.entries
    if call.rpartition(", ")[2] in {"restricted", "public"} and not call.endswith(mode):
        return  # the other genesis' row
    journal = world.opened.store.journal
    found, kept = [], []
    for caller in COLUMNS:
        before = len(journal.personal_reads(10_000))
        cell = PROBES[call](world, caller)
        found.append(cell)
        reads = journal.personal_reads(10_000)
        if len(reads) > before:
            kept.append((caller, reads[0][1]))

    assert dict(zip(COLUMNS, found, strict=True)) == dict(zip(COLUMNS, TABLE[call], strict=True))
    personal = [
        (caller, world.parties[caller])
        for caller, cell in zip(COLUMNS, found, strict=True)
        if call in PERSONAL and cell in {"all", "yes"}
    ]
    assert kept == personal


def test_the_table_has_a_row_for_every_route_and_a_column_for_every_caller(tmp_path: Path) -> None:
    def walk(routes: Any) -> Iterator[tuple[str, str]]:
        for route in routes:
            inner = getattr(route, "original_router", None)
            if inner is not None:
                yield from walk(inner.routes)
            elif hasattr(route, "methods"):
                yield from itertools.product(route.methods, [route.path.replace(":path}", "}")])

    # HEAD comes with Starlette's own routes; ours say so where they answer it.
    there = set(walk(create_app(embedded(tmp_path)).routes)) - {("HEAD", "/openapi.json")}
    rows = {tuple(call.partition(",")[0].partition("?")[0].split(" ", 1)) for call in TABLE}

    assert there == rows
    assert list(TABLE) == list(PROBES)
    assert list(CALLERS) == COLUMNS


def test_the_chinese_page_says_the_same() -> None:
    columns, table = read("reading-rights.zh-CN.md")

    assert len(columns) == len(COLUMNS)
    assert list(table.values()) == list(TABLE.values())
    assert [call.partition("，")[0] for call in table] == [
        call.partition(", ")[0] for call in TABLE
    ]


def test_another_partys_posts_are_not_found_by_their_number(world: World) -> None:
    """`source_ref` is searched among one's own posts only, whoever reads the rest."""
    number = world.registration["payload"]["source_ref"]
    query = {"source_ref": number}

    for caller, hits in (("supplier", 1), ("auditor", 0), ("school", 0)):
        body = world.client(caller).get("/v1/records", params=query).json()
        assert len(body["records"]) == hits
    asked = {**query, "submitter": day.SUPPLIER}
    assert world.client("auditor").get("/v1/records", params=asked).json()["records"] == []


def test_what_may_not_be_read_is_answered_as_what_is_not_there(world: World) -> None:
    client, missing = world.client("another supplier, personal"), str(uuid.uuid4())
    for path, absent in (
        (f"/v1/records/{world.check['id']}", f"/v1/records/{missing}"),
        (f"/v1/records/{world.check['id']}/bundle", f"/v1/records/{missing}/bundle"),
        (f"/v1/records/{world.check['id']}/proof", f"/v1/records/{missing}/proof"),
        (f"/v1/blobs/{digest(world.check, 'face')}", f"/v1/blobs/{'0' * 64}"),
    ):
        hidden, nothing = client.get(path).json(), client.get(absent).json()
        for problem in (hidden, nothing):
            problem.pop("request_id")
        text = str(hidden).replace(path.split("/")[3], absent.split("/")[3])
        assert text == str(nothing)
