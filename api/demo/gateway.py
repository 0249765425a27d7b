"""The demo's gateway: its outbox signs and keeps without a network, and sends when there is one.

reading → signed, on disk ┈ power fails ┈ → opened anew → service, in order
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.client import Evidence, Receipt, SigningKey
from devices.outbox import Outbox
from ledger.errors import UnavailableError

_WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway of one canteen.

    Attributes:
        folder: of its outbox.
        party: whose key signs.
        key: that key.
        policy: of the log.
        url: of the service.
        token: of the party.
    """

    folder: Path
    party: str
    key: SigningKey
    policy: bytes
    url: str
    token: str

    def keep(self, said: Sequence[Evidence], lane: str) -> list[str]:
        """Sign these and put them on disk, without a network; their ids."""
        with self.outbox() as outbox:
            return [outbox.keep(one, lane=lane) for one in said]

    def send(self, ids: Sequence[str]) -> Mapping[str, Receipt]:
        """Open the outbox anew, as after a power failure, and send what waits there.

        Raises:
            UnavailableError: not all of them were taken within a minute.
        """
        with self.outbox() as outbox:
            until = time.monotonic() + _WITHIN_S
            with outbox.sending(self.url, self.token):
                while outbox.state().waiting and time.monotonic() < until:
                    time.sleep(0.02)
            if outbox.state().waiting or outbox.parked():
                raise UnavailableError("the service did not take what the gateway kept")
            return {record_id: outbox.receipt(record_id) for record_id in ids}

    @contextmanager
    def outbox(self) -> Iterator[Outbox]:
        """Its outbox, opened while the block runs."""
        outbox = Outbox(self.folder, party=self.party, policy=self.policy, key=self.key)
        try:
            yield outbox
        finally:
            outbox.close()
