"""anvil, Foundry's development node, from the npm package `@foundry-rs/anvil`."""

import contextlib
import signal
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.process import ROOT, Process, accepts_connections, find_program, free_port

FIRST_ACCOUNT_KEY = bytes.fromhex(
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
)
"""The private key of anvil's first pre-funded account: public knowledge, worth nothing."""


@dataclass(slots=True)
class Anvil:
    """A node that can be stopped and started again on the same port and state."""

    url: str
    port: int
    folder: Path
    options: tuple[str, ...]
    process: Process | None = None

    def start(self) -> None:
        program = find_program("anvil", "make tools", ROOT / "contracts" / "node_modules" / ".bin")
        command: list[str | Path] = [
            program, "--host", "127.0.0.1", "--port", str(self.port), "--silent",
            "--state", self.folder / "state.json", *self.options,
        ]  # fmt: skip
        self.process = Process(command, log=self.folder / "log")
        self.process.wait_until(lambda: accepts_connections(self.port))

    def stop(self) -> None:
        """End the node; SIGINT lets it write its state."""
        if self.process is not None:
            self.process.stop(signal.SIGINT)
            self.process = None


@contextlib.contextmanager
def anvil(options: Sequence[str] = ()) -> Iterator[Anvil]:
    """A fresh chain, id 31337."""
    with tempfile.TemporaryDirectory(prefix="mealtrace-anvil-") as scratch:
        port = free_port()
        node = Anvil(f"http://127.0.0.1:{port}", port, Path(scratch), tuple(options))
        node.start()
        try:
            yield node
        finally:
            node.stop()
