"""Logs: one JSON object a line on stderr, with nothing secret in it.

Bodies, headers and query strings are never logged; a library's message is, so libraries that quote
requests (httpx, urllib3) are held to warnings.
"""

import logging
import sys
import time
import traceback
from typing import Final

import orjson

_QUIET: Final = ("alembic", "httpx", "httpcore", "urllib3", "web3", "sqlalchemy", "eth", "asyncio")

#: Attributes a call may pass through `extra` and find in the line.
FIELDS: Final = (
    "request_id",
    "method",
    "route",
    "status",
    "duration_ms",
    "party",
    "token",
    "size",
    "records",
)


class JsonLines(logging.Formatter):
    """One record as one line of JSON: time (UTC, ms), level, logger, message, fields, trace."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((name, vars(record)[name]) for name in FIELDS if name in vars(record))
        if record.exc_info is not None:
            line["trace"] = "".join(traceback.format_exception(*record.exc_info))
        return orjson.dumps(line, default=str).decode()


def configure(level: str) -> None:
    """Send everything to stderr, `level` and above; uvicorn's own lines included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
