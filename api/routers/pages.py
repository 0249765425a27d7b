"""Pages for people: the list of all calls, where the service's address leads to."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import OPEN
from api.portal import calls

router = APIRouter(dependencies=OPEN, include_in_schema=False)


@router.get("/")
async def root() -> Response:
    """To the list of calls."""
    return RedirectResponse(PATH, 307)


PATH = "/docs"


@router.get(PATH)
async def list_calls(request: Request) -> Response:
    """Every call with its parameters, bodies and answers."""
    return HTMLResponse(
        calls.render(request.app.openapi()),
        headers={
            "Content-Security-Policy": calls.POLICY,
            "Cache-Control": "public, max-age=300",
        },
    )
