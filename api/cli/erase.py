"""`mealtrace keys erase`: contents destroyed, and the record in the log that says so and why.

What the keys opened is gone when the command returns; every proof stays whole (EVIDENCE §2).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import orjson
import typer

from api.cli.language import tr
from api.cli.opened import installation
from api.govern import admin_of, say
from devices.client.keys import SigningKey
from ledger import entry as entries
from ledger.errors import MalformedError
from ledger.evidence.catalogue import TYPES
from storage.values import StoredRecord

REASONS = ", ".join(TYPES["erasure"].known["reason_code"])


def erase(
    record_id: Annotated[str, typer.Argument(help=tr("The record's id.", "记录编号。"))],
    reason: Annotated[str, typer.Option(help=tr("Why: ", "依据：") + REASONS)],
    field: Annotated[
        list[str] | None,
        typer.Option(
            help=tr(
                "Only this field; may be repeated. Without it the whole record and its files.",
                "仅清除该字段，可重复；不填则清除整条记录及其文件。",
            )
        ),
    ] = None,
    authority: Annotated[
        str | None,
        typer.Option(
            help=tr(
                "The authority that orders it; else the operator.", "下令的主管机构；否则为运营方。"
            )
        ),
    ] = None,
    authority_key: Annotated[
        Path | None, typer.Option(help=tr("The authority's private key.", "主管机构的私钥。"))
    ] = None,
) -> None:
    """Destroy the contents of a record, or some of its fields, and say so in the log."""
    payload = {"scope": "fields", "fields": field} if field else {"scope": "record"}
    with installation() as opened:
        stored = opened.store.record(record_id)
        _check_fields(stored, field or ())
        target = entries.parse(stored.data).statement
        done = say(
            opened,
            "erasure",
            {**payload, "reason_code": reason},
            issuer=authority or admin_of(opened),
            key=None if authority_key is None else SigningKey.load(authority_key),
            links=[{"rel": "erases", "id": record_id, "sha256": target.sha256.hex()}],
        )
    typer.echo(
        tr(
            f"erased; entry {done.index} says so. Proofs of record {record_id} stay valid.",
            f"已清除，见第 {done.index} 条。记录 {record_id} 的证明仍然有效。",
        )
    )


def _check_fields(stored: StoredRecord, fields: Sequence[str]) -> None:
    """A slip of the pen must not end in a record that says something was erased.

    Raises:
        MalformedError: the record has no such field left.
    """
    there = [] if stored.payload is None else sorted(orjson.loads(stored.payload))
    for name in fields:
        if name not in there:
            listed = ", ".join(there) or "none"
            raise MalformedError(
                tr(
                    f"the record has no field {name} left to erase; it has: {listed}",
                    f"该记录没有可清除的字段 {name}；现有字段：{listed}",
                )
            )
