"""What the answers to a batch mean for the records in it. Pure.

A record that is refused for good is parked, and the others go on. But where every record of a batch
is refused for who says it, the fault is not theirs: the key is not registered yet, or was revoked.
Then nothing is parked, and the queue is held until that has been put right. Not so for what was signed
with a key that has been replaced since: nothing can put that right, and it must not hold up the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from devices.client import ProblemError, Receipt
from devices.client.batch import LineResult
from devices.outbox.held import Waiting
from ledger import jws, strict_json
from ledger.errors import LedgerError

MOST_LOST: Final = 3
"""How often the files of a record are sent again because the service says that it has them not."""


@dataclass(slots=True)
class Verdicts:
    """What becomes of the records of a batch, by `seq`; those named nowhere go on waiting.

    Attributes:
        sent: with their receipts.
        refused: to be parked.
        lost: whose files are to be sent again.
        held: why nothing is refused and the queue waits, or None.
    """

    sent: list[tuple[int, Receipt]] = field(default_factory=list)
    refused: list[tuple[int, ProblemError]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    held: ProblemError | None = None


def of(
    batch: Sequence[Waiting],
    results: Sequence[LineResult],
    *,
    accepted: bool,
    kid: str | None = None,
) -> Verdicts:
    """What the results of a batch mean.

    Args:
        batch: as it was sent.
        results: of its lines, numbered from 1.
        accepted: whether any record of this outbox was ever taken.
        kid: of the key that signs now; None: none does.
    """
    found = Verdicts()
    speaking: list[tuple[int, ProblemError]] = []
    for result in results:
        record = batch[result.line - 1]
        if result.receipt is not None:
            found.sent.append((record.seq, result.receipt))
        elif result.problem is None or result.problem.retry:
            continue
        elif result.problem.code == "missing-blob" and record.lost_blobs < MOST_LOST:
            found.lost.append(record.seq)
        elif result.problem.code == "signature" and _signed_before(record, kid):
            found.refused.append((record.seq, result.problem))
        else:
            speaking.append((record.seq, result.problem))
    # Before the first record was taken, a role that is not granted yet is as likely as a key.
    of_the_speaker = {"signature"} if accepted else {"signature", "forbidden-type"}
    codes = {problem.code for _, problem in speaking}
    if codes and codes <= of_the_speaker and not found.sent:
        found.held = speaking[0][1]
    else:
        found.refused += speaking
    return found


def _signed_before(record: Waiting, kid: str | None) -> bool:
    """Whether another key than the present one signed it."""
    if kid is None:
        return False
    try:
        request = strict_json.parse(record.body)
        assert isinstance(request, dict)
        return jws.parse(str(request["signature"])).kid != kid
    except (LedgerError, KeyError):
        return False  # the issuer's own affair
