"""One table in a file of a backup: a header line, then a line of JSON for each row.

    {"backup":"mealtrace/table@v1","table":"entries","columns":[["index","integer"],…]}
    [0,"0190…","<base64>",…]

The same file is read into either kind of database. Types are integer, text, boolean and bytes
(base64); any value may be null. A reader takes nothing else, and holds the whole file against its
SHA-256.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import Boolean, Integer, LargeBinary, Table

from ledger.encoding import b64, unb64
from ledger.errors import MalformedError, VerificationError
from storage.mark import sync_folder

_FORMAT: Final = "mealtrace/table@v1"
_NAMED: Final = 16
"""Digits of a file's SHA-256 in its name: another content never takes an older one's place."""

_TYPES: Final[Mapping[str, type]] = {"integer": int, "text": str, "boolean": bool, "bytes": str}

Columns = Sequence[tuple[str, str]]
"""Name and type of each column."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a manifest says of a file.

    Attributes:
        name: path below the backup's folder.
        sha256: of the file, lower-case hex.
        size: bytes.
        rows: rows, 0 in a file that is no table's.
    """

    name: str
    sha256: str
    size: int
    rows: int

    def to_json(self) -> dict[str, Any]:
        """The object that a manifest holds."""
        return {"name": self.name, "sha256": self.sha256, "size": self.size, "rows": self.rows}

    @staticmethod
    def of_json(value: object) -> "FileFacts":
        """The facts of a manifest's object.

        Raises:
            MalformedError: other members or types, or a name that leads elsewhere.
        """
        wanted = {"name": str, "sha256": str, "size": int, "rows": int}
        if type(value) is not dict or value.keys() != wanted.keys():
            raise MalformedError("a file of a backup has name, sha256, size and rows")
        for name, kind in wanted.items():
            if type(value[name]) is not kind:
                raise MalformedError(f"{name} of a backup's file is not a {kind.__name__}")
        path = Path(value["name"])
        if path.is_absolute() or ".." in path.parts:
            raise MalformedError(f"a backup names the file {value['name']!r:.80} outside itself")
        return FileFacts(**value)

    def stands_in(self, folder: Path) -> bool:
        """Whether a file of that name and size is there; its content is not looked at."""
        try:
            return (folder / self.name).stat().st_size == self.size
        except OSError:
            return False


def columns_of(table: Table) -> Columns:
    """The columns of one of our tables, as a header names them."""
    return [(column.name, _type_of(column.type)) for column in table.columns]


def _type_of(kind: Any) -> str:
    if isinstance(kind, Boolean):
        return "boolean"
    if isinstance(kind, Integer):
        return "integer"
    return "bytes" if isinstance(kind, LargeBinary) else "text"


def write(
    folder: Path, stem: str, table: str, columns: Columns, rows: Iterable[Sequence[Any]]
) -> FileFacts:
    """Write a table's file, durably; it appears under its name when it is whole.

    Args:
        folder: of the backup.
        stem: path below it, to which a part of the SHA-256 is added.
        table: whose rows they are.
        columns: what each row holds.
        rows: in order.
    """
    binary = [place for place, (_, kind) in enumerate(columns) if kind == "bytes"]
    boolean = [place for place, (_, kind) in enumerate(columns) if kind == "boolean"]
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        header = {"backup": _FORMAT, "table": table, "columns": [list(one) for one in columns]}
        yield orjson.dumps(header, option=orjson.OPT_APPEND_NEWLINE)
        for row in rows:
            values = list(row)
            for place in binary:
                if values[place] is not None:
                    values[place] = b64(bytes(values[place]))
            for place in boolean:
                if values[place] is not None:
                    values[place] = bool(values[place])
            count += 1
            yield orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)

    digest, size, draft = spool(folder / stem, lines())
    name = f"{stem}-{digest[:_NAMED]}.rows"
    draft.replace(folder / name)
    sync_folder((folder / name).parent)
    return FileFacts(name, digest, size, count)


def spool(beside: Path, pieces: Iterable[bytes]) -> tuple[str, int, Path]:
    """SHA-256, size and path of a new file beside `beside`, durable, under a name of no meaning.

    What could not be written whole is removed: it may be what filled the disk.
    """
    beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = beside.with_name(f".{beside.name}.{os.getpid()}.part")
    digest, size = sha256(), 0
    try:
        with draft.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size, draft


def read(
    folder: Path, facts: FileFacts, table: str, header: Callable[[Columns], None] = lambda _: None
) -> Iterator[list[Any]]:
    """The rows of a table's file, bytes as bytes.

    Args:
        folder: of the backup.
        facts: what its manifest says of the file.
        table: whose rows must be in it.
        header: told the columns before the first row.

    Raises:
        MalformedError: no such file, or a line is not what the header says.
        VerificationError: at the end: the file is not the one that the manifest names.
    """
    digest, rows, size = sha256(), 0, 0
    path = folder / facts.name
    try:
        file = path.open("rb")
    except OSError as error:
        raise MalformedError(f"the backup lacks its file {facts.name}: {error.strerror}") from error
    with file:
        first = file.readline()
        digest.update(first)
        size += len(first)
        columns = _header(first, table, facts.name)
        header(columns)
        binary = [place for place, (_, kind) in enumerate(columns) if kind == "bytes"]
        kinds = [_TYPES[kind] for _, kind in columns]
        for line in file:
            digest.update(line)
            size += len(line)
            values = _row(line, kinds, facts.name)
            for place in binary:
                if values[place] is not None:
                    values[place] = unb64(values[place])
            rows += 1
            yield values
    found = (digest.hexdigest(), size, rows)
    if found != (facts.sha256, facts.size, facts.rows):
        raise VerificationError(
            f"{facts.name} is not the file that the backup's manifest names",
            expected=facts.sha256,
            found=found[0],
        )


def _header(line: bytes, table: str, name: str) -> Columns:
    try:
        value = orjson.loads(line)
        known = [(str(column), str(kind)) for column, kind in value["columns"]]
        fits = value["backup"] == _FORMAT and value["table"] == table
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedError(f"{name} does not begin with the header of a table") from error
    if not fits or any(kind not in _TYPES for _, kind in known):
        raise MalformedError(f"{name} does not hold the table {table} as this program reads it")
    return known


def _row(line: bytes, kinds: Sequence[type], name: str) -> list[Any]:
    try:
        values = orjson.loads(line)
    except ValueError as error:
        raise MalformedError(f"{name} has a line that is no JSON") from error
    if type(values) is not list or len(values) != len(kinds):
        raise MalformedError(f"{name} has a row of other columns than its header")
    for value, kind in zip(values, kinds, strict=True):
        if value is not None and type(value) is not kind:
            raise MalformedError(f"{name} has a row with a value that is no {kind.__name__}")
    return values
