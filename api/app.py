"""The service as an ASGI application: `create_app(settings)` and nothing at import time."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from typing import Any, TypedDict

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp

from api import documents
from api.auth import Authenticator
from api.batcher import Batcher
from api.blob_facts import BlobFacts
from api.completeness import Completeness
from api.crowd import Crowd
from api.documents import ProblemShape
from api.edge import Edge, problem_response
from api.errors import MEDIA_TYPE, Problem, parameter_fault, problem_of
from api.founding import found
from api.installation import Installation, open_installation, tell_exposed
from api.limits import DiskGuard
from api.metrics import Metrics
from api.overseeing import count_oversight
from api.preparing import Preparers
from api.routers import (
    anchors,
    batch,
    blobs,
    chain,
    credit,
    health,
    log,
    oversight,
    pages,
    parties,
    pseudonyms,
    records,
    subjects,
    traces,
    types,
    verify,
    webhooks,
)
from api.service import Service, StoredTokens
from api.settings import Settings
from api.sharing import Sharing
from api.upkeep import count_upkeep
from api.watching import scraped
from api.worker import Worker
from ledger.errors import Fault, LedgerError, UnavailableError

logger = logging.getLogger("mealtrace.app")

_ROUTERS = (
    records, batch, blobs, subjects, traces, oversight, credit, verify, types, parties, anchors,
    webhooks, pseudonyms, chain, log, health, pages,
)  # fmt: skip
_SUMMARY = "Evidence for school meals, in a log that nobody has to trust. 学校供餐证据账本。"
_HTTP_CODES = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}


#: Where the reason of a failed start is found in the application's state.
START_ERROR = "start_error"


class State(TypedDict):
    """What every request finds in `request.state`."""

    service: Service


class Application(FastAPI):
    """FastAPI within the edge that holds for every request."""

    def __init__(self, settings: Settings, metrics: Metrics, **options: object) -> None:
        self._settings = settings
        self._metrics = metrics
        self._edge: Edge | None = None
        super().__init__(**options)  # type: ignore[arg-type]

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's stack, and the edge around it."""
        self._edge = Edge(
            super().build_middleware_stack(),
            metrics=self._metrics,
            fast={("POST", records.PATH): records.post_fast},
            access_log=self._settings.access_log,
            sandbox=self._settings.sandbox,
        )
        return self._edge

    def drain(self) -> None:
        """Refuse what arrives from now on, with 503; what is being answered is answered."""
        if self._edge is not None:
            self._edge.draining = True

    def openapi(self) -> dict[str, Any]:
        """The document, with the catalogue's examples; a problem has its own media type in it."""
        known = self.openapi_schema
        document = super().openapi()
        if document is known:
            return document
        documents.add_examples(document)
        for path in document["paths"].values():
            for operation in path.values():
                content = operation["responses"].get("422", {}).get("content", {})
                if "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
        return document


def create_app(settings: Settings) -> Application:
    """The application over the installation that `settings` describe.

    Opening (database, keys, blobs, chain, worker) happens in the lifespan, so that a wrong setting
    is an error at start and not at the first request. An embedded installation is founded and
    migrated there as well; any other that is not migrated refuses to start and says the command.
    """
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[State]:
        async with AsyncExitStack() as stack:
            try:
                service = await _open(settings, metrics, stack)
            except (LedgerError, OSError) as error:
                setattr(app.state, START_ERROR, error)
                raise
            yield {"service": service}
            logger.info("shutting down: what was taken in is finished first")

    app = Application(
        settings,
        metrics,
        title="MealTrace",
        summary=_SUMMARY,
        version=version("mealtrace"),
        lifespan=lifespan,
        docs_url=None,  # loads scripts from elsewhere; `pages` has one that loads nothing
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        responses={422: {"model": ProblemShape}},
    )
    for module in _ROUTERS:
        app.include_router(module.router)
    app.add_exception_handler(LedgerError, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _problem)
    return app


async def _open(settings: Settings, metrics: Metrics, stack: AsyncExitStack) -> Service:
    """Everything a service consists of, each part closed again in reverse order."""
    opening = found if settings.embedded else open_installation
    installation: Installation = await asyncio.to_thread(opening, settings)
    stack.callback(installation.close)
    tell_exposed(settings)
    await asyncio.to_thread(_ask_the_chain, installation)
    store = installation.store
    again = await asyncio.to_thread(store.reapply_erasures)
    if again:
        logger.warning(
            "what was erased was there again, from a backup or an older release, and is gone: %s",
            again,
        )
    batcher = Batcher(
        store,
        metrics,
        queue_records=settings.queue_records,
        transaction_records=settings.transaction_records,
    )
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    blob_facts = BlobFacts(store)
    preparers = Preparers(settings.helpers) if settings.helpers else None
    auth = Authenticator(
        StoredTokens(store, settings.requests_per_s),
        cache_s=settings.token_cache_s,
        open_requests_per_s=settings.open_requests_per_s,
        address_key=store.sealer.mac("rates", "addresses"),
    )
    sharing = Sharing(auth.rates, store.rates)
    service = Service(
        settings=settings,
        installation=installation,
        store=store,
        batcher=batcher,
        auth=auth,
        metrics=metrics,
        disk=DiskGuard(settings.data_dir, settings.disk_reserve_bytes),
        heavy=asyncio.Semaphore(settings.verify_parallel),
        completeness=Completeness(store),
        blob_facts=blob_facts,
        preparers=preparers,
        crowd=None
        if preparers is None
        else Crowd(preparers, batcher, blob_facts, ledger=installation.ledger),
    )
    if settings.runs_worker:
        worker = Worker(
            installation,
            report=lambda report: setattr(service, "anchoring", report),
            metrics=metrics,
        )
        worker.start()
        count_upkeep(metrics, worker.keeper, worker.scrubber)
        count_oversight(metrics, worker.overseer)
        stack.push_async_callback(asyncio.to_thread, worker.stop)
    batcher.start()
    stack.push_async_callback(batcher.close)
    if preparers is not None:
        stack.push_async_callback(preparers.close)
    await sharing.start()
    stack.push_async_callback(sharing.stop)
    _count(metrics, service, sharing)
    if settings.metrics_port is not None:
        stack.enter_context(scraped(metrics, installation))
    logger.info("ready: %s", installation.genesis.origin)
    return service


def _ask_the_chain(installation: Installation) -> None:
    """Hold the log against its contract before anything is signed, if the chain answers.

    Raises:
        ConflictError: the log was put back behind its anchor, or is another log.
    """
    try:
        with installation.anchoring() as anchoring:
            if anchoring is not None:
                anchoring.check_log()
    except UnavailableError as error:
        logger.warning("the chain was not asked: %s", error)


def _count(metrics: Metrics, service: Service, sharing: Sharing) -> None:
    """What is looked up when somebody scrapes."""
    rates = service.auth.rates
    metrics.gauge(
        "mealtrace_waiting_records", "Records in the queue", lambda: float(service.batcher.waiting)
    )
    metrics.gauge("mealtrace_disk_free_bytes", "Free disk", lambda: float(service.disk.free_bytes))
    metrics.gauge(
        "mealtrace_serving_processes",
        "Processes that serve this log, as this one knows",
        lambda: 1.0 + rates.others,
    )
    metrics.counter(
        "mealtrace_rate_limited", "Requests over their rate", "by", lambda: rates.refused
    )
    metrics.counter(
        "mealtrace_rate_exchanges_failed",
        "Times the rates could not be shared",
        "with",
        lambda: {"database": sharing.failures},
    )


async def _problem(request: Request, error: Exception) -> Response:
    return problem_response(problem_of(error), request.scope)


async def _invalid(request: Request, error: Exception) -> Response:
    """A path or query parameter that is none: `malformed`, or not found where it is the path's."""
    assert isinstance(error, RequestValidationError)
    faults = [
        parameter_fault(found["loc"], str(found["type"]), found.get("ctx", {}))
        for found in error.errors()
    ]
    in_path = any(found["loc"][:1] == ("path",) for found in error.errors())
    problem = Problem("not-found" if in_path else "malformed", tuple(faults))
    return problem_response(problem, request.scope)


async def _http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such route, another method."""
    assert isinstance(error, HTTPException)
    code = _HTTP_CODES.get(error.status_code, "malformed")
    call = f"{request.method} {request.url.path}"
    text, text_zh = f"{call}: {error.detail}", f"{call}：请求不被支持"
    if code == "not-found":
        text = f"there is no {call}; GET /docs lists all calls"
        text_zh = f"没有接口 {call}；全部接口见 GET /docs"
    elif code == "method-not-allowed":
        allowed = (error.headers or {}).get("Allow", "")
        text = f"{call} is not offered; the path takes {allowed}"
        text_zh = f"不支持 {call}；该地址支持：{allowed}"
    problem = Problem(code, (Fault("", code, text, text_zh),), dict(error.headers or {}))
    return problem_response(problem, request.scope)
