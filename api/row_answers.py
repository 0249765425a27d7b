"""Rows of oversight as an answer: JSON for programs, CSV for whoever opens it in a spreadsheet.

Either says how far oversight had read when it answered: what came later is not in it.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from starlette.responses import Response

from api import body
from api.service import Service
from ledger.oversight.family import Row

CSV_TYPE: Final = "text/csv; charset=utf-8; header=present"
_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""A cell that begins with one of these is a formula to a spreadsheet; full-width, to a Chinese one."""


def as_json(
    service: Service, name: str, scope: str, rows: Sequence[Row], cursor: str | None
) -> Response:
    """`{as_of: {size, time}, <name>: [...], cursor}`; each row flat, its scope under `scope`."""
    return body.json_answer(
        {
            "as_of": as_of(service),
            name: [flat(row, scope) for row in rows],
            "cursor": cursor,
        }
    )


def as_csv(
    service: Service,
    scope: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    following: str | None,
) -> Response:
    """RFC 4180, one line a row; `Link: rel="next"` where there is more.

    Args:
        service: says how far oversight has read.
        scope: heading of the rows' scope.
        columns: members of the rows' detail, a column each.
        rows: in order.
        following: address of what comes after them.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["day", scope, "kind", "status", *columns])
    for row in rows:
        detail = row.detail or {}
        cells = [row.day, row.scope, row.kind, row.status]
        writer.writerow(_cell(value) for value in (*cells, *(detail.get(n) for n in columns)))
    stand = as_of(service)
    headers = {"MealTrace-As-Of": f"size={stand['size']}, time={stand['time']}"}
    if following is not None:
        headers["Link"] = f'<{following}>; rel="next"'
    return Response(text.getvalue().encode(), media_type=CSV_TYPE, headers=headers)


def as_of(service: Service) -> dict[str, Any]:
    """How many entries oversight has read, and the log's time then; 0 where it does not run."""
    position = service.store.oversight.position()
    if position is None:
        return {"size": 0, "time": None}
    return {"size": position.size, "time": position.now}


def flat(row: Row, scope: str) -> dict[str, Any]:
    """A row as one object."""
    said: Mapping[str, Any] = row.detail or {}
    return {"day": row.day, scope: row.scope, "kind": row.kind, "status": row.status, **said}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) else text
