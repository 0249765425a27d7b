"""Refused for good (拒收待处理): the record stays, with what the service said, until a person decides."""

import json
from dataclasses import dataclass
from typing import Final

from devices.client import ProblemError
from ledger.errors import Fault

_CODE: Final = "code"


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that the service refuses.

    Attributes:
        id: its id.
        lane: the device whose order it kept, "" where there is none.
        type: record type.
        occurred_at: as it says.
        parked_at_ms: when it was refused.
        problem: why, as the service put it.
    """

    id: str
    lane: str
    type: str
    occurred_at: str
    parked_at_ms: int
    problem: ProblemError


def problem_text(problem: ProblemError) -> str:
    """A refusal as it is kept."""
    return json.dumps(
        {
            _CODE: problem.code,
            "status": problem.status,
            "title": problem.title,
            "detail": problem.detail,
            "request_id": problem.request_id,
            "faults": [
                [fault.pointer, fault.code, fault.message_en, fault.message_zh, fault.record]
                for fault in problem.faults
            ],
        },
        ensure_ascii=False,
    )


def problem_of(text: str) -> ProblemError:
    """The refusal again."""
    kept = json.loads(text)
    return ProblemError(
        kept[_CODE],
        kept["status"],
        title=kept["title"],
        detail=kept["detail"],
        request_id=kept["request_id"],
        faults=[Fault(*fault) for fault in kept["faults"]],
    )


def parked_of(  # noqa: D103 - a row of the table
    record_id: str, lane: str, kind: str, occurred_at: str, parked_at_ms: int, problem: str
) -> Parked:
    return Parked(record_id, lane, kind, occurred_at, parked_at_ms, problem_of(problem))
