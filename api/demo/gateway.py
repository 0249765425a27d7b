"""The demo's gateway: the program in a process of its own, which loses its power and comes back.

emulated devices → gateway program: signed, on disk ┈ kill -9 ┈ started anew → cable → service
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from api.demo import cast
from devices.client import MealtraceClient, Receipt, SigningKey
from devices.gateway.enrol import KEY_FILE
from devices.outbox import Outbox
from ledger.errors import UnavailableError

_WITHIN_S: Final = 60.0
_ENDS_WITHIN_S: Final = 30.0
_LOG_BYTES: Final = 1500

Record = dict[str, Any]
"""A record as the service shows it to its issuer, payload and all."""


@dataclass
class Gateway:
    """The gateway of one canteen.

    Attributes:
        folder: of its configuration, its state and its log file.
        party: whose key signs.
        key: that key.
        policy: of the log.
        client: reads as the party.
        token: of the party.
        behind_ms: how far its clock is behind this machine's: it stands at the demo's day.
    """

    folder: Path
    party: str
    key: SigningKey
    policy: bytes
    client: MealtraceClient
    token: str
    behind_ms: int = 0
    _page: int = 0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def state(self) -> Path:
        """The folder of its key, outbox and journals."""
        return self.folder / "state"

    def configure(self, url: str, page: int, tables: str) -> None:
        """Write gateway.toml: where it sends, the port of its status page, and its devices."""
        self.state.mkdir(mode=0o700, parents=True)
        self.key.save(self.state / KEY_FILE)
        (self.folder / "trust.policy").write_bytes(self.policy)
        token = self.folder / "gateway.token"
        token.touch(0o600)
        token.write_text(self.token, "ascii")
        self._page = page
        (self.folder / "gateway.toml").write_text(
            f'[gateway]\nurl = "{url}"\nparty = "{self.party}"\nschool = "{cast.SCHOOL}"\n'
            f'policy_file = "trust.policy"\n\n[page]\nport = {page}\n\n'
            f"[outbox]\nlongest_wait_s = 1\n\n{tables}",
            "utf-8",
        )

    def start(self) -> None:
        """Start the program, also after its power was lost, and wait until it answers.

        Raises:
            UnavailableError: it does not; the end of its log is in the message.
        """
        with (self.folder / "gateway.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this program itself
                [
                    sys.executable, "-m", "api.demo.gateway_process",
                    str(self.folder / "gateway.toml"), str(self.behind_ms),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        self.wait(lambda: self._report() is not None, "start up")

    def lose_power(self) -> None:
        """SIGKILL: the program has no moment to tidy anything up."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_ENDS_WITHIN_S)
        self.lose_power()

    def wait(self, done: Callable[[], bool], step: str) -> None:
        """Until that is so.

        Raises:
            UnavailableError: a minute has passed, or the program has ended.
        """
        until = time.monotonic() + _WITHIN_S
        while time.monotonic() < until and self._process is not None:
            if self._process.poll() is not None:
                break
            if done():
                return
            time.sleep(0.05)
        log = (self.folder / "gateway.log").read_text("utf-8", "replace")[-_LOG_BYTES:]
        raise UnavailableError(f"the gateway did not {step} within {_WITHIN_S:.0f} s:\n{log}")

    def sent(self) -> bool:
        """Whether nothing waits in its outbox.

        Raises:
            UnavailableError: the service refused something, and a person would have to look.
        """
        report = self._report()
        if report is None:
            return False
        if report["outbox"]["parked"]:
            raise UnavailableError("the service refused what the gateway sent")
        return bool(report["outbox"]["waiting"] == 0)

    def records(self, kind: str) -> list[Record]:
        """What the log has of it of one type, in the log's order."""
        found = sorted(
            (int(str(item["index"])), str(item["id"]))
            for item in self.client.search(type=kind, issuer=self.party, limit="500")
        )
        return [self.client.record(record_id) for _, record_id in found]

    def receipt(self, record_id: str) -> Receipt:
        """The receipt that its outbox keeps; it may go on sending meanwhile."""
        with closing(
            Outbox(self.state / "outbox", party=self.party, policy=self.policy, key=self.key)
        ) as outbox:
            return outbox.receipt(record_id)

    def _report(self) -> dict[str, Any] | None:
        """What its status page says; None: it does not answer."""
        with contextlib.suppress(urllib.error.URLError, OSError):
            address = f"http://127.0.0.1:{self._page}/status.json"
            with urllib.request.urlopen(address, timeout=5) as answer:
                found: dict[str, Any] = json.loads(answer.read())
                return found
        return None
