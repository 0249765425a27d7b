"""A helping process: `python -m api.prepare_process` reads requests and writes their drafts.

    stdin, stdout: { u32 length ‖ pickle } …       one answer a question, in order

It speaks to the service that started it alone, over pipes of its own, and ends when they do, so it
outlives nobody.
"""

import copyreg
import dataclasses
import os
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, BinaryIO, Final, TypeAlias

from ledger import strict_json
from ledger.errors import LedgerError
from ledger.evidence.attachments import BlobRef, Facts
from ledger.evidence.draft import Draft, prepare
from ledger.statement import Link

LENGTH_SIZE: Final = 4
"""Bytes of the length before each message."""

Submitted: TypeAlias = tuple[bytes, str]
"""A request's bytes, and the party that posts it."""

Question: TypeAlias = tuple[Sequence[Submitted], bytes | None, Mapping[str, Facts]]
"""Requests, the leaf hash of genesis, and each party's facts about blobs."""


def to_message(value: object) -> bytes:
    """A question or an answer, its length before it."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH_SIZE, "big") + data


def answer(question: Question) -> list[Draft | None]:
    """The draft of each request, None of those that cannot be prepared."""
    requests, ledger, facts = question
    return [_prepare(data, party, ledger, facts.get(party, {})) for data, party in requests]


def _prepare(data: bytes, submitter: str, ledger: bytes | None, facts: Facts) -> Draft | None:
    try:
        return prepare(
            strict_json.parse(data, fractions=True),
            submitter=submitter,
            ledger=ledger,
            new_seed=os.urandom(32),
            blob_facts=facts,
        )
    except LedgerError:
        return None


def main() -> None:
    """Answer until the questions end."""
    questions = sys.stdin.buffer
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # whatever prints must not be taken for an answer
        while length := questions.read(LENGTH_SIZE):
            data = questions.read(int.from_bytes(length, "big"))
            _write(answers, to_message(answer(pickle.loads(data))))  # noqa: S301 - the service's


def _write(answers: BinaryIO, message: bytes) -> None:
    try:
        answers.write(message)
        answers.flush()
    except BrokenPipeError:
        os._exit(0)  # the service is gone; nothing is left to close in order


def _send_by_values(kind: type[Any]) -> None:
    """Have `pickle` send a dataclass as its values: half the time of what a frozen one does."""
    values = attrgetter(*(field.name for field in dataclasses.fields(kind)))

    def reduce(one: object) -> tuple[Callable[..., object], tuple[object, ...]]:
        return kind, values(one)

    copyreg.pickle(kind, reduce)


for _kind in (Draft, Link, BlobRef):
    _send_by_values(_kind)

if __name__ == "__main__":
    main()
