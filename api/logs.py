"""Logs: one JSON object a line on stderr, with nothing secret in it and nothing about a person.

Bodies, headers and query strings are never logged; a library's message is, so libraries that quote
requests (httpx, urllib3) are held to warnings. A trace names files, lines and the kinds of errors,
never an error's own words: whatever failed may quote what it failed on.

Every line that is written while a request is answered carries the request's id, whoever writes it.
"""

import logging
import sys
import threading
import time
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import Final

import orjson

_QUIET: Final = ("alembic", "httpx", "httpcore", "urllib3", "web3", "sqlalchemy", "eth", "asyncio")

#: The id of the request that this task, or a thread it called, is answering.
REQUEST: Final[ContextVar[str | None]] = ContextVar("request", default=None)

#: Attributes a call may pass through `extra` and find in the line.
FIELDS: Final = (
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
            "message": _message(record),
        }
        request_id = REQUEST.get()
        if request_id is not None:
            line["request_id"] = request_id
        line.update((name, vars(record)[name]) for name in FIELDS if name in vars(record))
        if record.exc_info and record.exc_info[1] is not None:
            line["trace"] = trace(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def trace(error: BaseException) -> str:
    """Where an error was raised and of what kind it is, its causes first; none of their words."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    told = [] if before is None else [trace(before), "\nwhile or because of which:\n"]
    told += traceback.format_tb(error.__traceback__)
    kind = type(error)
    told.append(f"{kind.__module__}.{kind.__qualname__}")
    if isinstance(error, OSError) and error.errno is not None:
        told.append(f" (errno {error.errno})")
    if isinstance(error, BaseExceptionGroup):
        told += [f"\n--- one of them:\n{trace(one)}" for one in error.exceptions]
    return "".join(told)


def _message(record: logging.LogRecord) -> str:
    """The message; asyncio's further lines quote the error and its task's arguments."""
    message = record.getMessage()
    return message.split("\n", 1)[0] if record.name == "asyncio" else message


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
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def _uncaught(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
    """What nobody caught is told as any other error: Python's own words would quote it."""
    logging.getLogger("mealtrace").critical("not caught", exc_info=(kind, error, place))
