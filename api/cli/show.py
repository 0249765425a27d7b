"""Answers of commands: a table for people, JSON for programs."""

import json as json_module
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from api.cli.language import tr

Json = Annotated[bool, typer.Option("--json", help=tr("Print JSON.", "输出 JSON。"))]


def print_json(value: Any) -> None:
    """`value` on stdout, indented, in UTF-8 whatever the locale."""
    text = json_module.dumps(value, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def show(value: Mapping[str, Any], *, as_json: bool, labels: Mapping[str, str]) -> None:
    """One thing: the members that have a label, a line each."""
    if as_json:
        print_json(dict(value))
        return
    from rich.console import Console  # noqa: PLC0415 - only where something is shown to people
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(2):
        table.add_column(overflow="fold")
    for name, label in labels.items():
        table.add_row(label, str(value[name]))
    Console().print(table)


def show_rows(
    rows: Sequence[Mapping[str, Any]], *, as_json: bool, labels: Mapping[str, str]
) -> None:
    """Many things of one kind: a column for each label."""
    if as_json:
        print_json([dict(row) for row in rows])
        return
    from rich.console import Console  # noqa: PLC0415 - only where something is shown to people
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    for label in labels.values():
        table.add_column(label, overflow="fold")
    for row in rows:
        table.add_row(*("" if row[name] is None else str(row[name]) for name in labels))
    Console().print(table)
