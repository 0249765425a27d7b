"""The client for event loops; the calls of `client.py`, with `await`.

A thin shell over asyncio: it sends what the core asks for, waits as long as the core says, keeps
file work off the loop, and knows no rule. Calls may run side by side.
"""

import asyncio
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import httpx

from devices.client import transport
from devices.client.batch import LineResult, batches_as_they_come
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


class AsyncMealtraceClient:
    """A connection to one MealTrace service; to be closed, or used in an `async with`.

    Arguments, results and errors of every call are those of `MealtraceClient`.
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
        """Nothing is sent yet; the arguments are those of `MealtraceClient`.

        Raises:
            MalformedError: an address or token that can be none.
        """
        self._core = Protocol(trust, party=party, patience=patience)
        self._service = transport.Service(url, token)
        self._http = httpx.AsyncClient(
            headers=self._service.headers, timeout=timeout_s, verify=True if tls is None else tls
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; may be called twice."""
        await self._http.aclose()

    # Posting

    async def post(
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
        """Post one record; its blobs first. The receipt that returns has been checked."""
        return await self.post_evidence(
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

    async def post_evidence(self, evidence: Evidence) -> Receipt:
        """The same as `post`, for evidence put together before."""
        return await self._run(self._core.post(evidence))

    async def post_many(
        self, evidence: Iterable[Evidence] | AsyncIterable[Evidence], *, atomic: bool = False
    ) -> AsyncIterator[LineResult]:
        """Post any number of records in few requests; one result for each."""
        async for batch in batches_as_they_come(evidence, atomic=atomic):
            outcome = await self._run(self._core.post_batch(batch, atomic=atomic))
            for result in outcome.results:
                yield result
            if outcome.error is not None:
                raise outcome.error

    async def ready(self, evidence: Evidence) -> Outgoing:
        """Upload the blobs and make the request, to be kept in an outbox and sent by `send`."""
        return await self._run(self._core.ready(evidence))

    async def send(self, ready: Outgoing) -> Receipt:
        """Post what `ready` made, in this process or an earlier one."""
        return await self._run(self._core.send(ready))

    async def prepare(self, evidence: Evidence) -> Prepared:
        """The statement and seed the service would log, for a signer that is no `IssuerKey`."""
        return await self._run(self._core.prepare(evidence))

    async def upload(self, content: Content, media_type: str | None = None) -> Blob:
        """Store a file (bytes, or where it lies) for records still to come."""
        return await self._run(self._core.upload(content, media_type))

    # Reading

    async def download(self, sha256: str) -> bytes:
        """A file by its digest, which is checked."""
        return await self._run(self._core.download(sha256))

    async def record(self, id: str) -> dict[str, JsonValue]:  # noqa: A002 - likewise
        """A record, with its payload as far as the token may see it. Believed, not proven."""
        return await self._run(self._core.record(id))

    async def bundle(self, id: str, *, disclose: Iterable[str] | None = None) -> bytes:  # noqa: A002
        """A record's proof bundle, to be verified and handed on."""
        return await self._run(self._core.bundle(id, disclose))

    async def trace(
        self,
        id: str,  # noqa: A002 - likewise
        *,
        direction: Literal["up", "down", "both"] = "both",
        depth: int = 6,
        nodes: int = 500,
        **window: str,
    ) -> Trace:
        """A record, what it rests on and what rests on it; every hop has been checked."""
        bounds = {"direction": direction, "depth": str(depth), "nodes": str(nodes)}
        return await self._run(self._core.trace(id, bounds | window))

    async def trace_parts(
        self,
        id: str,  # noqa: A002 - likewise
        *,
        direction: Literal["up", "down"],
        depth: int = 16,
        **window: str,
    ) -> AsyncIterator[Trace]:
        """A record's whole trace in one direction, however large, part after part."""
        bounds = {"direction": direction, "depth": str(depth)}
        sequel = Sequel()
        while sequel.next is not None:
            yield await self._run(self._core.trace_part(id, bounds | window, sequel))

    async def verify(self, bundle: bytes, *, files: Iterable[Content] = ()) -> Verdict:
        """The verdict on a bundle under this client's policy, made here and not by the service."""
        return await self._run(self._core.verify(bundle, files))

    async def search(self, **filters: str) -> AsyncIterator[dict[str, JsonValue]]:
        """The records that match, page after page, as the service lists them."""
        cursor: str | None = ""
        while cursor is not None:
            page = await self._run(self._core.search(filters, cursor))
            for item in page.items:
                yield item
            cursor = page.cursor

    async def history(self, subject: str) -> History:
        """Every entry of a subject that the token may see; its chain has been checked."""
        return await self._run(self._core.history(subject))

    async def pseudonym(self, identity: str, *, school_year: int | None = None) -> str:
        """A person's random subject, `person:…`; the identity itself stands in no record.

        Args:
            identity: what tells the person from others, known to the service alone from then on.
            school_year: in which it begins (September); None: the one running now.
        """
        return await self._run(self._core.pseudonym(identity, school_year))

    async def types(self) -> list[JsonValue]:
        """The catalogue of record types."""
        return await self._run(self._core.types())

    async def type(self, name: str) -> dict[str, Any]:
        """One record type: its schema, who posts it, and an example that posts."""
        return await self._run(self._core.type(name))

    # Trust

    async def trusted(self) -> TrustedLog:
        """The log this client believes, with the fingerprint to hold against the printed one."""
        return await self._run(self._core.log.trusted())

    async def checkpoint(self, since: Receipt | None = None) -> Checkpoint:
        """The log's signed head of now, proven to extend all that this client was shown."""
        return await self._run(self._core.log.head(since))

    # The shell

    async def _run(self, flow: Flow[T]) -> T:
        outcome: Any = None
        try:
            while True:
                outcome = await self._perform(flow.send(outcome))
        except StopIteration as stop:
            value: T = stop.value
            return value

    async def _perform(self, step: Step) -> Any:
        if isinstance(step, Request):
            return await self._request(step)
        if isinstance(step, Pause):
            return await asyncio.sleep(step.seconds)
        return await asyncio.to_thread(step.call)

    async def _request(self, request: Request) -> Answer | Lost:
        body = request.body
        content = transport.read_file_aside(body) if isinstance(body, FileBody) else body or None
        try:
            async with self._http.stream(
                request.method,
                self._service.url + request.path,
                headers=transport.headers_of(request),
                content=content,
            ) as response:
                collector = transport.Collector(request, response)
                try:
                    async for part in response.aiter_bytes():
                        collector.add(part)
                except httpx.RequestError:
                    return collector.answer(complete=False)
                return collector.answer(complete=True)
        except httpx.RequestError as error:
            return transport.lost(error)
