"""`backup.json`: what a backup consists of, under a MAC of the installation's index key.

The manifest is written last and takes its predecessor's place at once: a backup that was broken off
is the one before. Its MAC keeps whoever holds a copy from putting another table, a token's for
instance, in place of ours; that the entries are the log's is shown by the checkpoint in it.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger import canonical, note, timestamp
from ledger import checkpoint as checkpoints
from ledger.checkpoint import Checkpoint
from ledger.encoding import unhex
from ledger.errors import MalformedError, NotFoundError, VerificationError
from storage.mark import sync_folder
from storage.sealing import Sealer
from storage.table_files import FileFacts, spool

NAME: Final = "backup.json"
_FORMAT: Final = "mealtrace/backup@v1"
_DOMAIN: Final = "backup"
_MEMBERS: Final = frozenset(
    {
        "backup", "ledger", "revision", "made_at", "checkpoint", "segments", "tables", "blobs",
        "missing_blobs", "wrapped_keys", "chain",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole backup.

    Attributes:
        ledger: leaf hash of genesis, 32 bytes.
        revision: version of the database's shape.
        made_at: when, by the database's clock, normal form.
        checkpoint: the signed note of the head it holds.
        segments: table → its files in order, for what only grows.
        tables: table → its file, for what is written anew each time.
        blobs: files that list blobs: name, size and SHA-256 of each sealed object.
        missing_blobs: names of objects that the store did not have.
        wrapped_keys: the file kept apart.
        chain: a copy of the embedded chain, None with any other.
    """

    ledger: bytes
    revision: str
    made_at: str
    checkpoint: str
    segments: Mapping[str, tuple[FileFacts, ...]]
    tables: Mapping[str, FileFacts]
    blobs: tuple[FileFacts, ...]
    missing_blobs: tuple[str, ...]
    wrapped_keys: FileFacts
    chain: FileFacts | None

    @property
    def head(self) -> Checkpoint:
        """What the checkpoint says; its signature is not looked at."""
        return checkpoints.parse(note.parse(self.checkpoint).text)

    def files(self) -> set[str]:
        """The names of all files in the backup's own folder but those of blobs."""
        listed = [facts for part in self.segments.values() for facts in part]
        listed += [*self.tables.values(), *self.blobs]
        if self.chain is not None:
            listed.append(self.chain)
        return {facts.name for facts in listed}

    def to_bytes(self, sealer: Sealer) -> bytes:
        """Canonical JSON of the manifest, and on a second line its MAC in hex."""
        body = canonical.serialise(
            {
                "backup": _FORMAT,
                "ledger": self.ledger.hex(),
                "revision": self.revision,
                "made_at": self.made_at,
                "checkpoint": self.checkpoint,
                "segments": {
                    table: [facts.to_json() for facts in part]
                    for table, part in self.segments.items()
                },
                "tables": {table: facts.to_json() for table, facts in self.tables.items()},
                "blobs": [facts.to_json() for facts in self.blobs],
                "missing_blobs": list(self.missing_blobs),
                "wrapped_keys": self.wrapped_keys.to_json(),
                "chain": None if self.chain is None else self.chain.to_json(),
            }
        )
        return body + b"\n" + sealer.mac(_DOMAIN, body.decode()).hex().encode() + b"\n"

    @staticmethod
    def of_bytes(data: bytes, sealer: Sealer | None) -> "Manifest":
        """The manifest of its file.

        Args:
            data: the file.
            sealer: whose index key made the MAC; None where only the checkpoint matters.

        Raises:
            MalformedError: not of this form.
            VerificationError: another installation's, or altered.
        """
        body, _, rest = data.partition(b"\n")
        if not rest.endswith(b"\n"):
            raise MalformedError(f"{NAME} is a line of JSON and a line of its MAC")
        mac = unhex(rest[:-1].decode("ascii", "replace"), 32)
        if sealer is not None:
            text = body.decode("utf-8", "replace")
            if not hmac.compare_digest(mac, sealer.mac(_DOMAIN, text)):
                raise VerificationError(
                    "the backup was altered, or is of an installation with another index key"
                )
        parsed = canonical.parse(body)
        if type(parsed) is not dict or parsed.keys() != _MEMBERS or parsed["backup"] != _FORMAT:
            raise MalformedError(f"{NAME} is no manifest of this version")
        value: dict[str, Any] = parsed
        try:
            manifest = Manifest(
                ledger=unhex(value["ledger"], 32),
                revision=str(value["revision"]),
                made_at=value["made_at"],
                checkpoint=str(value["checkpoint"]),
                segments={
                    str(table): tuple(map(FileFacts.of_json, part))
                    for table, part in value["segments"].items()
                },
                tables={
                    str(table): FileFacts.of_json(part) for table, part in value["tables"].items()
                },
                blobs=tuple(map(FileFacts.of_json, value["blobs"])),
                missing_blobs=tuple(map(str, value["missing_blobs"])),
                wrapped_keys=FileFacts.of_json(value["wrapped_keys"]),
                chain=None if value["chain"] is None else FileFacts.of_json(value["chain"]),
            )
            timestamp.parse(manifest.made_at)
        except (TypeError, AttributeError) as error:
            raise MalformedError(f"{NAME} is no manifest of this version: {error}") from error
        _ = manifest.head
        return manifest


def load(folder: Path, sealer: Sealer | None) -> Manifest:
    """The manifest of a backup's folder.

    Raises:
        NotFoundError: there is none: no backup was ever finished there.
        MalformedError: it cannot be read.
        VerificationError: as `Manifest.of_bytes`.
    """
    try:
        data = (folder / NAME).read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(f"no finished backup is in {folder}") from error
    return Manifest.of_bytes(data, sealer)


def save(folder: Path, manifest: Manifest, sealer: Sealer) -> None:
    """Put the manifest in its predecessor's place, durably."""
    _, _, draft = spool(folder / NAME, [manifest.to_bytes(sealer)])
    draft.replace(folder / NAME)
    sync_folder(folder)
