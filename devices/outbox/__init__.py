"""An outbox on disk (离线发件箱) for whoever posts evidence: signed now, sent when there is a network.

    from devices.client import Evidence, SigningKey
    from devices.outbox import Outbox

    outbox = Outbox("outbox", party=PARTY, policy=POLICY, key=SigningKey.load("device.pem"))
    with outbox.sending(URL, TOKEN):
        record_id = outbox.keep(Evidence("weigh-in", READING, OCCURRED_AT, blobs={"photo": PHOTO}))

When `keep` returns, the record is signed and on disk with its files, and reaches the service exactly
once, whatever happens to the network, the program or the power. What the service refuses is parked
(`parked`, `retry`, `drop`) and the rest goes on; what it took has a receipt, which was checked
(`receipt`). It needs Python, httpx and `ledger`, as the client does; the gateway is its first user.
"""

from devices.outbox.contact import Contact, steady_ms
from devices.outbox.database import DiskError
from devices.outbox.held import Limits, OutboxState
from devices.outbox.outbox import Outbox
from devices.outbox.pace import Pace
from devices.outbox.parking import Parked
from devices.outbox.queue import Queue
from devices.outbox.sender import Sender, Sending

__all__ = [
    "Contact",
    "DiskError",
    "Limits",
    "Outbox",
    "OutboxState",
    "Pace",
    "Parked",
    "Queue",
    "Sender",
    "Sending",
    "steady_ms",
]
