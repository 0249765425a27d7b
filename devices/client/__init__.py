"""The HTTP client of a MealTrace service."""

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
    "Trust",
    "TrustedLog",
    "UnsafeKeyError",
    "stable_id",
    "uuid7",
]
