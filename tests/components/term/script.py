"""What is said, when and by whom: records in the order in which they reach the log."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from components.term.world import record_id
from ledger import timestamp

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class Said:
    """One record on its way.

    Attributes:
        at_ms: when it reaches the log, milliseconds since 1970.
        name: tells it from all others; its id follows from it.
        request: as it is posted.
        files: role → bytes of the files that it names.
        school: the school that it is about, if it is one's.
        day: the civil day that it is about.
        together: what is said under one such word is posted as one, or not at all.
    """

    at_ms: int
    name: str
    request: dict[str, Any]
    files: list[tuple[str, bytes]] = field(default_factory=list)
    school: str = ""
    day: str = ""
    together: str = ""

    @property
    def id(self) -> str:
        return str(self.request["id"])

    @property
    def type(self) -> str:
        return str(self.request["type"])

    @property
    def payload(self) -> dict[str, Any]:
        payload: dict[str, Any] = self.request["payload"]
        return payload


class Script:
    """A growing list of what is said."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def say(
        self,
        name: str,
        issuer: str,
        kind: str,
        payload: Mapping[str, Any],
        at: datetime,
        *,
        occurred: datetime | None = None,
        links: Iterable[Mapping[str, str]] = (),
        files: Sequence[str] = (),
        media_type: str = "image/jpeg",
        school: str = "",
        day: date | None = None,
    ) -> str:
        """A record, logged at `at`; the id that it has.

        Args:
            name: tells it from all others.
            issuer: who says it, and posts it.
            kind: its type.
            payload: its fields.
            at: when it reaches the log.
            occurred: when it happened; else `at`.
            links: what it rests on.
            files: roles of files; each gets bytes of its own.
            media_type: of the files.
            school: whose it is.
            day: which day it is about.
        """
        contents = [(role, f"{name} {role}".encode()) for role in files]
        request = {
            "id": record_id(name),
            "type": kind,
            "occurred_at": moment(occurred or at),
            "issuer": issuer,
            "payload": dict(payload),
            "links": [dict(link) for link in links],
            "blobs": [
                {"role": role, "media_type": media_type, "size": len(data),
                 "sha256": hashlib.sha256(data).hexdigest()}
                for role, data in contents
            ],
        }  # fmt: skip
        if not contents:
            del request["blobs"]
        said = Said(ms(at), name, request, contents, school, "" if day is None else str(day))
        self.said.append(said)
        return said.id

    def in_order(self) -> list[Said]:
        """All of it, as it reaches the log."""
        return sorted(self.said, key=lambda one: one.at_ms)


def clock(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of the school's own day."""
    return datetime.combine(day, time(hour, minute, second), ZONE)


def later(at: datetime, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> datetime:
    return at + timedelta(seconds=round(seconds), minutes=minutes, hours=hours)


def ms(at: datetime) -> int:
    """Milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def moment(at: datetime) -> str:
    """A time in normal form."""
    return timestamp.format(ms(at))


def phash(name: str) -> str:
    """A perceptual hash like no other photo's."""
    return hashlib.sha256(f"photo {name}".encode()).hexdigest()[:16]
