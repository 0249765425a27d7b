"""Liveness and readiness."""

import logging
import time
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from api import body
from api.dependencies import OPEN, Serving
from api.documents import PROBLEMS
from api.service import Service
from ledger.errors import LedgerError

router = APIRouter(tags=["health"], dependencies=OPEN)

_ASKED_EVERY_S: Final = 1.0

logger = logging.getLogger("mealtrace.health")


@router.get("/healthz", responses=PROBLEMS, summary="Is the process alive?")
async def read_health() -> Response:
    """200 while the process answers."""
    return body.json_answer({"status": "ok"})


@router.get(
    "/readyz",
    responses={503: {"description": "Not ready; the same shape says why."}, **PROBLEMS},
    summary="Can it take records?",
)
def read_readiness(service: Serving) -> Response:
    """200 while database, blob store and disk are well.

    The chain is reported and stops nothing: without it anchors lag, and the ledger goes on.
    """
    now_s = time.monotonic()
    if service.readiness is None or now_s - service.readiness[0] > _ASKED_EVERY_S:
        service.readiness = (now_s, _ask(service))
    _, (ready, parts) = service.readiness
    return body.json_answer({"ready": ready, **parts}, 200 if ready else 503)


def _ask(service: Service) -> tuple[bool, dict[str, Any]]:
    parts: dict[str, Any] = {}
    ready = True
    try:
        head = service.store.head()
        parts["database"] = "ok"
        parts["log_size"] = head.size
    except LedgerError as error:
        logger.warning("not ready: %s", error)
        ready, parts["database"] = False, "does not answer"
    try:
        service.store.uploads.check()
        parts["blobs"] = "ok"
    except LedgerError as error:
        logger.warning("not ready: %s", error)
        ready, parts["blobs"] = False, "does not answer"
    parts["disk_free_bytes"] = service.disk.free_bytes
    if service.disk.full:
        ready = False
    parts["disk"] = "full" if service.disk.full else "ok"
    report = service.anchoring
    if service.settings.chain == "none":
        parts["chain"] = "none"
    elif report is None:
        parts["chain"] = "starting" if service.settings.runs_worker else "another process anchors"
    else:
        if report.trouble:
            logger.warning("anchoring lags: %s", report.trouble)
        parts["chain"] = "lags" if report.trouble else "ok"
        parts["anchor_lag"] = report.anchor_lag
    return ready, parts
