"""The catalogue of record types, as this version knows them."""

from functools import cache
from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from fastapi import Path as PathParameter
from starlette.responses import Response

from api.dependencies import OPEN
from api.documents import PROBLEMS
from ledger.encoding import b64
from ledger.evidence import worked
from ledger.evidence.catalogue import TYPES, get
from ledger.evidence.examples.school_day import FILES

router = APIRouter(tags=["catalogue"], dependencies=OPEN)


@router.get("/v1/types", responses=PROBLEMS, summary="List record types")
async def list_types() -> Response:
    """Every type with what it is for, who posts it and what it must name."""
    return Response(_list(), media_type="application/json", headers=_CACHED)


@router.get("/v1/types/{type}", responses=PROBLEMS, summary="Read a record type")
async def read_type(
    type: Annotated[str, PathParameter(max_length=64)],  # noqa: A002 - API.md's name
    version: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Response:
    """Its JSON Schema, posters, subjects, blobs, links, document key, and an example that posts.

    Each field's `description` and `x-description-zh` say what it means. `refused` are changes to
    the example that must not post (`changes` is a JSON Patch), one for each rule, with the place and
    code of the fault and the words it is told in. `example_files` are the example's blobs by
    SHA-256, in base64: upload them first.
    """
    return Response(_one(type, version), media_type="application/json", headers=_CACHED)


_CACHED = {"Cache-Control": "public, max-age=300"}


@cache
def _list() -> bytes:
    described = []
    for found in TYPES.values():
        shown = found.describe()
        del shown["schema"], shown["example"], shown["refused"]
        described.append(shown)
    return orjson.dumps({"types": described})


@cache
def _one(name: str, version: int) -> bytes:
    found = get(name, version)
    shown = found.describe()
    shown["example_subjects"] = worked.subjects(found)
    for told, refused in zip(shown["refused"], found.refused, strict=True):
        fault = worked.fault(found, refused)
        told |= {"message_en": fault.message_en, "message_zh": fault.message_zh}
    named = {blob["sha256"] for blob in shown["example"].get("blobs", ())}
    # To be uploaded before the example is posted; each holds a line of text.
    shown["example_files"] = {digest: b64(FILES[digest]) for digest in sorted(named)}
    return orjson.dumps(shown)
