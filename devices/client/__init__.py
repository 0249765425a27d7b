"""The HTTP client of a MealTrace service: evidence in, checked receipts out.

    from devices.client import MealtraceClient

    with MealtraceClient(URL, TOKEN, party=PARTY) as client:
        receipt = client.post(
            "certificate",
            {"holder": PARTY, "certificate_kind": "food-business-permit",
             "certificate_no": "JY12105020012349", "number_scheme": "jy",
             "issuing_authority": "本溪市平山区市场监督管理局（示例）", "issued_on": "2024-03-12",
             "valid_until": "2029-03-11", "scope": ["bulk-food"], "read_by": "manual",
             "accountable": PERSON},
            occurred_at="2026-08-18T09:31:12+08:00",
            blobs={"scan": "licence.jpg"},
        )
        receipt.save("licence.receipt.json")

When `post` returns, the record is durable, and the receipt has been checked: it is for what was
sent and nothing else, it stands in the log, and the log signed that. A network that fails, and a
service that asks for patience, are met by sending again under the same id, which stores nothing
twice. Everything raised is a `LedgerError`; `devices/client/errors.py` draws the tree.

Receipts prove something against a log that the client knew before. Give it the operator's printed
fingerprint (`trust=Trust.pinned(…)`) or the policy file itself; without either, the client believes
what the service says at the first contact, and proves only that nothing changed since (`Trust`).

`AsyncMealtraceClient` is the same with `await`; `post_many` takes any number of records;
`SigningKey` lets a device or a bureau speak for itself, so that the log does not have to vouch for
it. For an outbox, `ready` makes the bytes of a request and `send` posts them, whenever that is.
"""

from devices.client.async_client import AsyncMealtraceClient
from devices.client.batch import LineResult
from devices.client.client import MealtraceClient
from devices.client.errors import ProblemError
from devices.client.evidence import Blob, Evidence
from devices.client.exchange import Patience
from devices.client.history import History, HistoryEntry
from devices.client.ids import stable_id, uuid7
from devices.client.keys import IssuerKey, SigningKey, UnsafeKeyError
from devices.client.outgoing import Outgoing, Prepared
from devices.client.receipt import Receipt
from devices.client.trust import Trust, TrustedLog
from ledger.statement import Link
from ledger.trace.check import Trace

__all__ = [
    "AsyncMealtraceClient",
    "Blob",
    "Evidence",
    "History",
    "HistoryEntry",
    "IssuerKey",
    "LineResult",
    "Link",
    "MealtraceClient",
    "Outgoing",
    "Patience",
    "Prepared",
    "ProblemError",
    "Receipt",
    "SigningKey",
    "Trace",
    "Trust",
    "TrustedLog",
    "UnsafeKeyError",
    "stable_id",
    "uuid7",
]
