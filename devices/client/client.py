"""The client for programs that wait: one call at a time per thread (`async_client.py` else).

A thin shell: it sends what the core asks for, waits as long as the core says, and knows no rule.
An instance may be shared by threads.
"""

import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx

from devices.client import transport
from devices.client.batch import LineResult, batches
from devices.client.evidence import Blob, BlobSource, Content, Evidence
from devices.client.exchange import Answer, FileBody, Flow, Lost, Patience, Pause, Request, Step
from devices.client.history import History
from devices.client.keys import IssuerKey
from devices.client.outgoing import Outgoing, Prepared
from devices.client.protocol import Protocol
from devices.client.receipt import Receipt
from devices.client.trust import Trust, TrustedLog
from ledger.canonical import JsonInput, JsonValue
from ledger.checkpoint import Checkpoint
from ledger.statement import Link
from ledger.trace.check import Trace
from ledger.trace.whole import Sequel
from ledger.verdict import Verdict

T = TypeVar("T")


class MealtraceClient:
    """A connection to one MealTrace service; to be closed, or used in a `with`.

    Every call that asks the service may raise, besides what it names itself:

    - `ProblemError`: the service refused, and says why;
    - `UnavailableError`: it could not be reached, or kept failing, until the attempts were used up;
    - `VerificationError`: what it answered is a lie;
    - `MalformedError`: what it answered is no answer of a MealTrace service.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        trust: Trust | None = None,
        party: str | None = None,
        patience: Patience | None = None,
        timeout_s: float = 30.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            url: the service's address, `https://meals.example`.
            token: its bearer token; None: only what is open to everybody.
            trust: whom to believe; None: whatever the service says at the first contact, which
                proves nothing about that contact (`Trust`).
            party: the token's party. With it, records can be signed without naming an issuer,
                faults are found before anything is sent, and every receipt must name it.
            patience: how long to go on asking.
            timeout_s: seconds that connecting, and each single read or write, may take.
            tls: other certificates to trust than the system's.

        Raises:
            MalformedError: an address or token that can be none.
        """
        self._core = Protocol(trust, party=party, patience=patience)
        self._service = transport.Service(url, token)
        self._http = httpx.Client(
            headers=self._service.headers, timeout=timeout_s, verify=True if tls is None else tls
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; may be called twice."""
        self._http.close()

    # Posting

    def post(
        self,
        type: str,  # noqa: A002 - the record's own word
        payload: Mapping[str, JsonInput],
        *,
        occurred_at: datetime | str,
        blobs: Mapping[str, BlobSource | list[BlobSource]] | None = None,
        subjects: Iterable[str] = (),
        links: Iterable[Link] = (),
        issuer: str | None = None,
        id: str | None = None,  # noqa: A002 - likewise
        key: IssuerKey | None = None,
        type_version: int = 1,
    ) -> Receipt:
        """Post one record; its blobs first. The receipt that returns has been checked.

        To be safe against a crash of this process as well, choose `id` yourself and keep it until
        you have the receipt: posting again with it stores nothing twice. Where the service loses
        the connection, this call does so by itself. See `Evidence` for the arguments.

        Raises:
            RefusedError: the evidence does not fit its type; nothing was sent.
            UnavailableError: the record may be stored or not: post it again with the same id.
        """
        return self.post_evidence(
            Evidence(
                type,
                payload,
                occurred_at,
                blobs=blobs or {},
                subjects=tuple(subjects),
                links=tuple(links),
                issuer=issuer,
                id=id,
                key=key,
                type_version=type_version,
            )
        )

    def post_evidence(self, evidence: Evidence) -> Receipt:
        """The same as `post`, for evidence put together before."""
        return self._run(self._core.post(evidence))

    def post_many(
        self, evidence: Iterable[Evidence], *, atomic: bool = False
    ) -> Iterator[LineResult]:
        """Post any number of records in few requests; one result for each, in order.

        Takes as many as fit into a request, posts them, yields their results, and goes on: an
        endless iterable is fine. Nothing happens before the first result is asked for. A record
        that is refused, here or by the service, is a result and does not stop the others.

        Args:
            evidence: the records.
            atomic: all or nothing, in one request of at most 1,000 records.

        Raises:
            UnavailableError: raised after the results of all that is known to be stored.
        """
        for batch in batches(evidence, atomic=atomic):
            outcome = self._run(self._core.post_batch(batch, atomic=atomic))
            yield from outcome.results
            if outcome.error is not None:
                raise outcome.error

    def ready(self, evidence: Evidence) -> Outgoing:
        """Upload the blobs and make the request, to be kept in an outbox and sent by `send`."""
        return self._run(self._core.ready(evidence))

    def send(self, ready: Outgoing) -> Receipt:
        """Post what `ready` made, in this process or an earlier one."""
        return self._run(self._core.send(ready))

    def prepare(self, evidence: Evidence) -> Prepared:
        """The statement and seed the service would log, for a signer that is no `IssuerKey`."""
        return self._run(self._core.prepare(evidence))

    def upload(self, content: Content, media_type: str | None = None) -> Blob:
        """Store a file (bytes, or where it lies) for records still to come."""
        return self._run(self._core.upload(content, media_type))

    # Reading

    def download(self, sha256: str) -> bytes:
        """A file by its digest, which is checked."""
        return self._run(self._core.download(sha256))

    def record(self, id: str) -> dict[str, JsonValue]:  # noqa: A002 - likewise
        """A record, with its payload as far as the token may see it. Believed, not proven."""
        return self._run(self._core.record(id))

    def bundle(self, id: str, *, disclose: Iterable[str] | None = None) -> bytes:  # noqa: A002
        """A record's proof bundle, to be verified and handed on.

        Args:
            id: the record.
            disclose: the payload fields to lay open; None: what the service gives by itself.
        """
        return self._run(self._core.bundle(id, disclose))

    def trace(
        self,
        id: str,  # noqa: A002 - likewise
        *,
        direction: Literal["up", "down", "both"] = "both",
        depth: int = 6,
        nodes: int = 500,
        **window: str,
    ) -> Trace:
        """A record, what it rests on and what rests on it; every hop has been checked.

        Args:
            id: the record.
            direction: `up` to what it rests on, `down` to what rests on it, or `both`.
            depth: most hops, 1 to 16.
            nodes: most records of one direction, 1 to 2,000; `truncated` says if there were more.
            **window: occurred_from, occurred_to: only what occurred in this time.

        Raises:
            VerificationError: an entry is not in the log, or nothing states a hop.
        """
        bounds = {"direction": direction, "depth": str(depth), "nodes": str(nodes)}
        return self._run(self._core.trace(id, bounds | window))

    def trace_parts(
        self,
        id: str,  # noqa: A002 - likewise
        *,
        direction: Literal["up", "down"],
        depth: int = 16,
        **window: str,
    ) -> Iterator[Trace]:
        """A record's whole trace in one direction, however large, part after part.

        Every part is a trace that has been checked, of at most 2,000 records and under the same
        checkpoint as the first; the last one has come where nothing more comes. Each part's `data`
        in a file, one a line, is what `mealtrace verify` reads. A record on which several rest may
        stand in several parts.

        Args:
            id: the record.
            direction: `up` to what it rests on, `down` to what rests on it.
            depth: most hops, 1 to 16.
            **window: occurred_from, occurred_to: only what occurred in this time.

        Raises:
            VerificationError: as `trace`; or a part is not the one that comes next.
        """
        bounds = {"direction": direction, "depth": str(depth)}
        sequel = Sequel()
        while sequel.next is not None:
            yield self._run(self._core.trace_part(id, bounds | window, sequel))

    def verify(self, bundle: bytes, *, files: Iterable[Content] = ()) -> Verdict:
        """The verdict on a bundle under this client's policy, made here and not by the service.

        Args:
            bundle: a proof bundle, from wherever.
            files: blobs at hand, to be held against the digests it names.
        """
        return self._run(self._core.verify(bundle, files))

    def search(self, **filters: str) -> Iterator[dict[str, JsonValue]]:
        """The records that match, page after page, as the service lists them.

        Args:
            **filters: subject, type, issuer, submitter, source_ref, occurred_from, occurred_to,
                logged_from, logged_to; `limit` sets the size of a page.
        """
        cursor: str | None = ""
        while cursor is not None:
            page = self._run(self._core.search(filters, cursor))
            yield from page.items
            cursor = page.cursor

    def history(self, subject: str) -> History:
        """Every entry of a subject that the token may see; its chain has been checked."""
        return self._run(self._core.history(subject))

    def pseudonym(self, identity: str, *, school_year: int | None = None) -> str:
        """A person's random subject, `person:…`; the identity itself stands in no record.

        Args:
            identity: what tells the person from others, known to the service alone from then on.
            school_year: in which it begins (September); None: the one running now.
        """
        return self._run(self._core.pseudonym(identity, school_year))

    def types(self) -> list[JsonValue]:
        """The catalogue of record types."""
        return self._run(self._core.types())

    def type(self, name: str) -> dict[str, Any]:
        """One record type: its schema, who posts it, and an example that posts."""
        return self._run(self._core.type(name))

    # Trust

    def trusted(self) -> TrustedLog:
        """The log this client believes, with the fingerprint to hold against the printed one."""
        return self._run(self._core.log.trusted())

    def checkpoint(self, since: Receipt | None = None) -> Checkpoint:
        """The log's signed head of now, proven to extend all that this client was shown.

        Args:
            since: a kept receipt, which the head must extend as well: the record it is for is
                still where it was.

        Raises:
            VerificationError: history was rewritten, or another key signed.
        """
        return self._run(self._core.log.head(since))

    # The shell

    def _run(self, flow: Flow[T]) -> T:
        outcome: Any = None
        try:
            while True:
                outcome = self._perform(flow.send(outcome))
        except StopIteration as stop:
            value: T = stop.value
            return value

    def _perform(self, step: Step) -> Any:
        if isinstance(step, Request):
            return self._request(step)
        if isinstance(step, Pause):
            return time.sleep(step.seconds)
        return step.call()

    def _request(self, request: Request) -> Answer | Lost:
        body = request.body
        content = transport.read_file(body) if isinstance(body, FileBody) else body or None
        try:
            with self._http.stream(
                request.method,
                self._service.url + request.path,
                headers=transport.headers_of(request),
                content=content,
            ) as response:
                collector = transport.Collector(request, response)
                try:
                    for part in response.iter_bytes():
                        collector.add(part)
                except httpx.RequestError:
                    return collector.answer(complete=False)
                return collector.answer(complete=True)
        except httpx.RequestError as error:
            return transport.lost(error)
