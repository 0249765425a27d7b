"""The floor: a bare FastAPI endpoint that parses the same JSON and answers a constant."""

import os
from typing import Any

from fastapi import FastAPI, Response

app = FastAPI()
ANSWER = b"x" * int(os.environ.get("BARE_ANSWER_BYTES", "2500"))


@app.post("/v1/records", status_code=201)
async def record(body: dict[str, Any]) -> Response:  # noqa: ARG001 - parsed, that is the point
    """Parse, forget, answer."""
    return Response(ANSWER, media_type="application/json", status_code=201)
