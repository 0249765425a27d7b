"""The HTTP client of a MealTrace service."""

from devices.client.client import MealtraceClient
from devices.client.errors import ProblemError
from devices.client.evidence import Blob, Evidence, Link
from devices.client.ids import stable_id, uuid7
from devices.client.keys import SigningKey
from devices.client.receipt import Receipt
from devices.client.trust import Trust

__all__ = [
    "Blob",
    "Evidence",
    "Link",
    "MealtraceClient",
    "ProblemError",
    "Receipt",
    "SigningKey",
    "Trust",
    "stable_id",
    "uuid7",
]
