"""The core of both clients: which requests make up a call, and what their answers are worth.

Sans I/O: each method is a flow (`exchange.py`) that a shell drives. Time and randomness are given.
What the core remembers is small: the policy it trusts, and the largest checkpoint it was shown, so
that a log which forks while this client looks on is found out.
"""

import os
import re
import time
from collections.abc import (
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

from devices.client import batch, contents, history, outgoing, receipt_check
from devices.client.batch import BatchOutcome, Line, LineResult
from devices.client.errors import ProblemError, as_problem
from devices.client.evidence import Blob, BlobSource, Content, Evidence
from devices.client.exchange import (
    MIB,
    Answer,
    Flow,
    Patience,
    Request,
    description_of,
    exchange,
    object_of,
)
from devices.client.history import History
from devices.client.ids import uuid7
from devices.client.log import Log
from devices.client.outgoing import Outgoing, Prepared
from devices.client.receipt import Receipt
from devices.client.trust import Trust, TrustedLog
from ledger import canonical, verification
from ledger.canonical import JsonValue
from ledger.encoding import b64, unhex
from ledger.errors import LedgerError, MalformedError, RefusedError, VerificationError
from ledger.trace import check as trace_check
from ledger.trace.check import Trace
from ledger.trace.whole import Sequel
from ledger.verdict import Verdict

MAX_BLOB: Final = 64 * MIB
MAX_BUNDLE: Final = 16 * MIB
MAX_TRACE: Final = 64 * MIB
MAX_PART: Final = 2_000
"""Records of a part of a trace."""
_PERSON: Final = re.compile(r"person:[a-z2-7]{26}", re.ASCII)
_JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the records that match.

    Attributes:
        items: as the service lists them.
        cursor: where the next page begins, None on the last one.
    """

    items: tuple[dict[str, JsonValue], ...]
    cursor: str | None

    @classmethod
    def parse(cls, value: dict[str, JsonValue]) -> Self:
        """The page of an answer.

        Raises:
            MalformedError: it is none.
        """
        items, cursor = value.get("records"), value.get("cursor")
        if not isinstance(items, list) or not (cursor is None or isinstance(cursor, str)):
            raise MalformedError("the answer is no page of records")
        return cls(tuple(item for item in items if isinstance(item, dict)), cursor or None)


class Protocol:
    """The flows of one client.

    Attributes:
        log: what this client knows of the log.
    """

    def __init__(
        self,
        given: Trust | None,
        *,
        party: str | None,
        patience: Patience | None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """The arguments are the client's; `now_ms` and `entropy` feed new ids and seeds."""
        self._patience = patience or Patience()
        self.log = Log(given or Trust.on_first_use(), self._patience)
        self._party = party
        self._now_ms = now_ms
        self._entropy = entropy

    # Posting

    def ready(self, evidence: Evidence) -> Flow[Outgoing]:
        """Upload the blobs of `evidence` and make its request ready."""
        log = yield from self.log.trusted()
        blobs: list[tuple[str, Blob]] = []
        for role, source in _sources(evidence.blobs):
            blob = source if isinstance(source, Blob) else (yield from self.upload(*source))
            blobs.append((role, blob))
        return outgoing.make(
            evidence,
            blobs,
            log,
            id=evidence.id or self._new_id(),
            party=self._party,
            seed=self._entropy(32),
        )

    def post(self, evidence: Evidence) -> Flow[Receipt]:
        """One record, from evidence to checked receipt."""
        ready = yield from self.ready(evidence)
        return (yield from self.send(ready))

    def send(self, ready: Outgoing) -> Flow[Receipt]:
        """Post what was made ready."""
        log = yield from self.log.trusted()
        answer = yield from exchange(
            Request("POST", "/v1/records", _JSON, ready.body), self._patience
        )
        receipt = Receipt.parse(object_of(answer))
        if answer.status == HTTPStatus.OK:
            receipt = receipt.as_replay()
        self._check(receipt, ready, log)
        return receipt

    def post_batch(
        self, numbered: Sequence[tuple[int, Evidence]], *, atomic: bool
    ) -> Flow[BatchOutcome]:
        """Many records, numbered as the caller counts, in as few requests as they fit into.

        Raises:
            ProblemError, RefusedError, MalformedError: with `atomic`, for a record that cannot be
                made ready; nothing was posted.
        """
        log = yield from self.log.trusted()
        lines: list[Line] = []
        results: list[LineResult] = []
        error: LedgerError | None = None
        for number, evidence in numbered:
            known = replace(evidence, id=evidence.id or self._new_id())
            try:
                ready = yield from self.ready(known)
            except (ProblemError, RefusedError, MalformedError) as caught:
                if atomic:
                    raise
                results.append(LineResult(number, str(known.id), problem=as_problem(caught)))
            except LedgerError as caught:
                # A file cannot be read or uploaded: what came before it is posted all the same.
                error = caught
                break
            else:
                check = partial(self._check, sent=ready, log=log)
                lines.append(Line(number, ready.id, ready.body, check))
        for part in batch.parts(lines, atomic=atomic):
            outcome = yield from batch.send(part, self._patience, atomic=atomic)
            results.extend(outcome.results)
            if outcome.error is not None:
                error = outcome.error
                break
        return BatchOutcome(tuple(sorted(results, key=lambda result: result.line)), error)

    def _check(self, receipt: Receipt, sent: Outgoing, log: TrustedLog) -> None:
        head = receipt_check.check(receipt, sent, log, party=self._party)
        self.log.remember(head)

    def _new_id(self) -> str:
        return uuid7(self._now_ms(), self._entropy(10))

    def prepare(self, evidence: Evidence) -> Flow[Prepared]:
        """The statement the service would log for `evidence`, for a signer of another kind."""
        log = yield from self.log.trusted()
        ready = yield from self.ready(evidence)
        answer = yield from exchange(
            Request("POST", "/v1/records:prepare", _JSON, ready.body), self._patience
        )
        return receipt_check.check_prepared(object_of(answer), ready, log, party=self._party)

    # Files

    def upload(self, content: Content, media_type: str | None) -> Flow[Blob]:
        """Store a file; sent again whole when the network fails."""
        digest, size, body = yield from contents.measure(content)
        told = (media_type or contents.media_type(content)).partition(";")[0].strip().lower()
        blob = Blob(digest.hex(), size, told)
        headers = {"Content-Type": blob.media_type, "Repr-Digest": f"sha-256=:{b64(digest)}:"}
        answer = yield from exchange(Request("POST", "/v1/blobs", headers, body), self._patience)
        stored = object_of(answer)
        found = {name: stored.get(name) for name in ("sha256", "size", "media_type")}
        if found != asdict(blob):
            raise VerificationError(
                "the service stored another file", expected=str(asdict(blob)), found=str(found)
            )
        return blob

    def download(self, digest: str) -> Flow[bytes]:
        """A file by its digest."""
        wanted = unhex(digest)
        answer = yield from self._get(f"/v1/blobs/{digest}", largest=MAX_BLOB)
        found = sha256(answer.body).digest()
        if found != wanted:
            raise VerificationError(
                "the service sent another file", expected=digest, found=found.hex()
            )
        return answer.body

    # Reading

    def record(self, id: str) -> Flow[dict[str, JsonValue]]:  # noqa: A002 - the record's own word
        """A record with its payload, as far as the token may see it."""
        return object_of((yield from self._get(f"/v1/records/{_segment(id)}")))

    def bundle(self, id: str, disclose: Iterable[str] | None) -> Flow[bytes]:  # noqa: A002
        """A record's proof bundle, as it came."""
        path = f"/v1/records/{_segment(id)}/bundle"
        if disclose is not None:
            path += _query({"disclose": ",".join(disclose)})
        return (yield from self._get(path, largest=MAX_BUNDLE)).body

    def trace(self, id: str, filters: Mapping[str, str]) -> Flow[Trace]:  # noqa: A002
        """A record's trace, with everything in it held against the log that this client trusts."""
        log = yield from self.log.trusted()
        path = f"/v1/records/{_segment(id)}/trace{_query(filters)}"
        answer = yield from self._get(path, largest=MAX_TRACE)
        found = trace_check.check(answer.body, log.keys, log.genesis)
        if found.start != id:
            raise VerificationError("the trace is another record's", expected=id, found=found.start)
        self.log.remember(found.checkpoint)
        return found

    def trace_part(
        self,
        id: str,  # noqa: A002 - likewise
        filters: Mapping[str, str],
        sequel: Sequel,
    ) -> Flow[Trace]:
        """The next part of a record's trace, checked like any, and as the one that comes next."""
        assert sequel.next is not None
        part = {"nodes": str(MAX_PART), "part": sequel.next}
        found = yield from self.trace(id, {**filters, **part})
        sequel.add(found)
        return found

    def verify(self, bundle: bytes, given: Iterable[Content]) -> Flow[Verdict]:
        """The verdict on a bundle, made here, under the policy this client trusts."""
        log = yield from self.log.trusted()
        blobs: dict[str, int] = {}
        for content in given:
            digest, size, _ = yield from contents.measure(content)
            blobs[digest.hex()] = size
        return verification.verify(bundle, log.policy, blobs=blobs)

    def search(self, filters: Mapping[str, str], cursor: str) -> Flow[Page]:
        """One page of the records that match; "" is the first one's cursor."""
        members = {**filters, "cursor": cursor} if cursor else filters
        found = object_of((yield from self._get(f"/v1/records{_query(members)}")))
        page = Page.parse(found)
        if page.cursor == cursor:
            raise MalformedError("the pages lead nowhere")
        return page

    def history(self, subject: str) -> Flow[History]:
        """Every entry of a subject that the token may see, with its chain checked."""
        return (yield from history.read(subject, self._patience))

    def pseudonym(self, identity: str, school_year: int | None) -> Flow[str]:
        """A person's random subject; the same one for the same identity and school year."""
        asked: dict[str, JsonValue] = {"kind": "person", "identity": identity}
        if school_year is not None:
            asked["school_year"] = school_year
        body = canonical.serialise(asked)
        answer = yield from exchange(Request("POST", "/v1/pseudonyms", _JSON, body), self._patience)
        found = object_of(answer).get("subject")
        if type(found) is not str or not _PERSON.fullmatch(found):
            raise MalformedError("the answer has no pseudonym of a person")
        return found

    def types(self) -> Flow[list[JsonValue]]:
        """The catalogue of record types."""
        found = object_of((yield from self._get("/v1/types"))).get("types")
        if not isinstance(found, list):
            raise MalformedError("the answer has no list of types")
        return found

    def type(self, name: str) -> Flow[dict[str, Any]]:
        """One type of the catalogue."""
        return description_of((yield from self._get(f"/v1/types/{_segment(name)}")))

    def _get(self, path: str, *, largest: int = MAX_BUNDLE) -> Flow[Answer]:
        return (yield from exchange(Request("GET", path, largest_answer=largest), self._patience))


def _sources(
    blobs: Mapping[str, BlobSource | list[BlobSource]],
) -> Iterator[tuple[str, Blob | tuple[Content, str | None]]]:
    """Role and file, one by one; a pair of file and text is a file with its media type."""
    for role, given in blobs.items():
        several = given if isinstance(given, list) else [given]
        for source in several:
            yield role, source if isinstance(source, Blob | tuple) else (source, None)


def _segment(text: str) -> str:
    return quote(text, safe="")


def _query(members: Mapping[str, str]) -> str:
    return f"?{urlencode(members)}" if members else ""
