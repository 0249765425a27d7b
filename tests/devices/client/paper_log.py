"""A MealTrace service made of paper: a true log in memory behind real HTTP, that lies when told to.

It derives, appends, signs and proves as the format demands, by the functions of `ledger`. It stores
nothing, forbids nothing, and knows one token. A `Lie` changes one thing in what it does next, a
`weather` answer is given instead of whatever was asked.
"""

import base64
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ledger import canonical, checkpoint, entry, merkle, note, proof, tlog_proof
from ledger.checkpoint import Checkpoint
from ledger.ed25519 import Signer
from ledger.encoding import b64, b64url
from ledger.entry import ChainItem, Entry
from ledger.errors import MalformedError, RefusedError
from ledger.evidence import draft
from ledger.note import NoteKey
from ledger.statement import Statement

ORIGIN = "paper.example/log"
TOKEN = "paper-token"
PARTY = "supplier:91210500MA0YK7QX5T"
GENESIS = b"the paper log's entry 0"


def key(name: str) -> NoteKey:
    """A log key that is the same in every run."""
    return NoteKey(ORIGIN, Signer.from_seed(sha256(name.encode()).digest()))


@dataclass(slots=True)
class Lie:
    """What the service does otherwise than it should, one thing at a time.

    Attributes:
        request: changes what was asked before it is logged.
        seed: the seed used, whatever the request says.
        statement: changes the statement that is logged.
        entry: changes the entry that is logged.
        key: signs the checkpoint instead of the log's own.
        head: changes the checkpoint that is signed.
        path: changes the inclusion proof.
        receipt: changes the receipt's JSON.
        lines: changes the lines of a batch's answer.
        page: changes a page of a history or search.
    """

    request: Callable[[dict[str, Any]], dict[str, Any]] = field(default=lambda request: request)
    seed: bytes | None = None
    statement: Callable[[Statement], Statement] = field(default=lambda statement: statement)
    entry: Callable[[Entry], Entry] = field(default=lambda logged: logged)
    key: NoteKey | None = None
    head: Callable[[Checkpoint], Checkpoint] = field(default=lambda head: head)
    path: Callable[[list[bytes]], list[bytes]] = field(default=lambda path: path)
    receipt: Callable[[dict[str, Any]], dict[str, Any]] = field(default=lambda receipt: receipt)
    lines: Callable[[list[bytes]], list[bytes]] = field(default=lambda lines: lines)
    page: Callable[[dict[str, Any]], dict[str, Any]] = field(default=lambda page: page)


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived whole."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class PaperLog:
    """The service's state; `lie`, `weather`, `seen` and the `trace` it answers are the test's."""

    def __init__(self) -> None:
        self.key = key("paper log")
        self.leaves = [GENESIS]
        self.lie = Lie()
        self.weather: deque[Response] = deque()
        self.seen: list[Seen] = []
        self.blobs: dict[str, bytes] = {}
        self.trace = b""
        self._heads: dict[str, ChainItem] = {}
        self._known: dict[str, tuple[bytes, int, bytes]] = {}
        self.port = 0
        self.app = Starlette(
            routes=[
                Route("/v1/trust", self._answer(lambda _: PlainTextResponse(self.policy))),
                Route("/checkpoint", self._answer(self._checkpoint)),
                Route("/tile/{level:int}/{tile:path}", self._answer(self._tile)),
                Route("/v1/records", self._answer(self._record), methods=["POST"]),
                Route("/v1/records:batch", self._answer(self._batch), methods=["POST"]),
                Route("/v1/records:prepare", self._answer(self._prepare), methods=["POST"]),
                Route("/v1/blobs", self._answer(self._upload), methods=["POST"]),
                Route("/v1/blobs/{digest}", self._answer(self._download)),
                Route("/v1/records", self._answer(self._search)),
                Route("/v1/records/{id}/trace", self._answer(lambda _: Response(self.trace))),
                Route("/v1/subjects/{subject}/history", self._answer(self._history)),
            ]
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def policy(self) -> str:
        vkey = note.format_vkey(self.key.verifier_key)
        return f"log {vkey}\n# genesis {merkle.leaf_hash(GENESIS).hex()}\nquorum none\n"

    def paths(self, *ignored: str) -> list[str]:
        """The paths asked for so far, the policy's and `ignored` left out."""
        return [seen.path for seen in self.seen if seen.path not in {"/v1/trust", *ignored}]

    # The log

    def append(self, request: dict[str, Any], submitter: str = PARTY) -> tuple[int, dict[str, Any]]:
        """Status and receipt of one record."""
        lie = self.lie
        content = canonical.serialise(
            {name: value for name, value in request.items() if name != "signature"}
        )
        known = self._known.get(request["id"])
        if known is not None:
            first, index, seed = known
            if first != content:
                return 409, problem("id-conflict", 409)
            return 200, self._receipt(request["id"], index, seed)
        try:
            made = draft.prepare(
                lie.request(request),
                submitter=submitter,
                ledger=merkle.leaf_hash(GENESIS),
                new_seed=sha256(content).digest(),
            )
        except RefusedError as error:
            return 422, problem(error.code, 422, str(error))
        seed = lie.seed or made.seed
        index = len(self.leaves)
        statement = lie.statement(made.statement)
        logged = lie.entry(
            Entry(
                chains=tuple(self._chain_item(subject) for subject in statement.subjects),
                logged_at="2026-11-23T07:00:00.000Z",
                signature=made.signature,
                statement=statement,
                submitter=submitter,
                open=made.opened,
            )
        )
        self.leaves.append(logged.to_bytes())
        for item in logged.chains:
            leaf = merkle.leaf_hash(self.leaves[-1])
            self._heads[item.subject] = ChainItem(item.subject, item.seq, index, leaf)
        self._known[request["id"]] = (content, index, seed)
        return 201, self._receipt(request["id"], index, seed)

    def head(self, size: int | None = None) -> Checkpoint:
        leaves = self.leaves[:size]
        return Checkpoint(
            ORIGIN, len(leaves), merkle.tree_root([merkle.leaf_hash(leaf) for leaf in leaves])
        )

    def signed_head(self) -> str:
        return checkpoint.sign(self.lie.head(self.head()), [self.lie.key or self.key])

    def _chain_item(self, subject: str) -> ChainItem:
        last = self._heads.get(subject)
        if last is None:
            return ChainItem(subject, 1, None, None)
        return last._replace(seq=last.seq + 1)

    def _node(self, node: proof.Node) -> bytes:
        level, index = node
        leaves = self.leaves[index << level : (index + 1) << level]
        return merkle.tree_root([merkle.leaf_hash(leaf) for leaf in leaves])

    def _receipt(self, record: str, index: int, seed: bytes) -> dict[str, Any]:
        lie = self.lie
        head = lie.head(self.head())
        path = lie.path(proof.perform(proof.inclusion_plan(index, len(self.leaves)), self._node))
        signed = checkpoint.sign(head, [lie.key or self.key])
        leaf = self.leaves[index]
        try:
            logged_at = entry.parse(leaf).logged_at
        except MalformedError:
            logged_at = "2026-11-23T07:00:00.000Z"
        return lie.receipt(
            {
                "id": record,
                "index": index,
                "leaf_hash": merkle.leaf_hash(leaf).hex(),
                "logged_at": logged_at,
                "tree_size": head.size,
                "entry": b64(leaf),
                "seed": b64url(seed),
                "proof": tlog_proof.format(tlog_proof.TlogProof(index, tuple(path), signed)),
                "links": {
                    "self": f"/v1/records/{record}",
                    "bundle": f"/v1/records/{record}/bundle",
                },
            }
        )

    # HTTP

    def _answer(self, act: Callable[[Seen], Response]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            seen = Seen(
                request.method,
                request.url.path,
                request.url.query,
                dict(request.headers),
                await request.body(),
            )
            self.seen.append(seen)
            if self.weather and seen.path != "/v1/trust":
                return self.weather.popleft()
            if seen.method == "POST" and seen.headers.get("authorization") != f"Bearer {TOKEN}":
                return JSONResponse(problem("token", 401), 401)
            return act(seen)

        return endpoint

    def _checkpoint(self, _: Seen) -> Response:
        return PlainTextResponse(self.signed_head())

    def _tile(self, seen: Seen) -> Response:
        _, _, level, rest = seen.path.split("/", 3)
        number, _, width = rest.partition(".p/")
        hashes = [
            self._node((8 * int(level), i)) for i in range(len(self.leaves) >> 8 * int(level))
        ]
        tile = hashes[256 * int(number) :][: int(width or 256)]
        if len(tile) != int(width or 256):
            return JSONResponse(problem("not-found", 404), 404)
        return Response(b"".join(tile), media_type="application/octet-stream")

    def _record(self, seen: Seen) -> Response:
        status, body = self.append(json.loads(seen.body))
        return JSONResponse(body, status)

    def _batch(self, seen: Seen) -> Response:
        lines = []
        counted = {"stored": 0, "replayed": 0, "refused": 0}
        for number, text in enumerate(seen.body.splitlines(), 1):
            request = json.loads(text)
            status, body = self.append(request)
            told = {201: "stored", 200: "replayed"}.get(status, "refused")
            counted[told] += 1
            name = "problem" if told == "refused" else "receipt"
            lines.append({"line": number, "id": request["id"], "status": status, name: body})
        lines.append({"end": True, "lines": len(lines), **counted})
        told_lines = self.lie.lines([json.dumps(line).encode() + b"\n" for line in lines])
        return Response(b"".join(told_lines), media_type="application/x-ndjson")

    def _prepare(self, seen: Seen) -> Response:
        request = self.lie.request(json.loads(seen.body))
        made = draft.prepare(
            request,
            submitter=PARTY,
            ledger=merkle.leaf_hash(GENESIS),
            new_seed=sha256(seen.body).digest(),
        )
        return JSONResponse({"seed": b64url(made.seed), "statement": b64(made.statement_bytes)})

    def _upload(self, seen: Seen) -> Response:
        digest = sha256(seen.body).hexdigest()
        claimed = base64.b64encode(bytes.fromhex(digest)).decode()
        if seen.headers.get("repr-digest") != f"sha-256=:{claimed}:":
            return JSONResponse(problem("malformed", 400), 400)
        self.blobs[digest] = seen.body
        stored = {
            "sha256": digest,
            "size": len(seen.body),
            "media_type": seen.headers["content-type"],
        }
        return JSONResponse(self.lie.receipt(stored), 201)

    def _download(self, seen: Seen) -> Response:
        return Response(self.blobs[seen.path.rpartition("/")[2]])

    def _search(self, seen: Seen) -> Response:
        """Two to a page, by the only filter there is here: none."""
        after = int(dict(parse_qsl(seen.query)).get("cursor", 0))
        records = [{"index": index} for index in range(after + 1, len(self.leaves))][:2]
        cursor = str(records[-1]["index"]) if len(records) == 2 else None
        return JSONResponse(self.lie.page({"records": records, "cursor": cursor}))

    def _history(self, seen: Seen) -> Response:
        """Three to a page."""
        subject = seen.path.split("/")[3]
        after = int(dict(parse_qsl(seen.query)).get("cursor", 0))
        chain = [
            {"index": index, "seq": item.seq, "entry": b64(leaf)}
            for index, leaf in enumerate(self.leaves)
            if index
            for item in entry.parse(leaf).chains
            if item.subject == subject
        ]
        head = self._heads.get(subject)
        page = {
            "subject": subject,
            "entries": chain[after : after + 3],
            "complete": True,
            "head": head
            and {
                "seq": head.seq,
                "index": head.prev_index,
                "leaf_hash": (head.prev or b"").hex(),
            },
            "cursor": str(after + 3) if len(chain) >= after + 3 else None,
        }
        return JSONResponse(self.lie.page(page))


def problem(code: str, status: int, detail: str = "") -> dict[str, Any]:
    """A problem document."""
    return {
        "type": f"urn:mealtrace:problem:{code}",
        "title": code,
        "status": status,
        "detail": detail,
        "request_id": "0123456789abcdef",
        "retry": status == 429 or status >= 500,
        "errors": [],
    }


def storm(status: int, **headers: str) -> Response:
    """An answer of the weather: a problem with this status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse(
        problem("unavailable", status),
        status,
        {**named, "content-type": "application/problem+json"},
    )


class Stage:
    """One real server on loopback that shows one paper log after the other.

    Starting and ending a server takes longer than most tests.
    """

    def __init__(self) -> None:
        self.shown = PaperLog()
        config = uvicorn.Config(
            self._serve,
            host="127.0.0.1",
            port=0,
            log_level="critical",
            lifespan="off",
            interface="asgi3",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.005)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]

    def show(self) -> PaperLog:
        """A new log, from now on the one that is served."""
        self.shown = PaperLog()
        self.shown.port = self.port
        return self.shown

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        await self.shown.app(scope, receive, send)
