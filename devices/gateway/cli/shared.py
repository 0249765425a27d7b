"""What several commands share: the option that names gateway.toml, and answers as table or JSON."""

import json as json_module
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from devices.gateway.language import tr

ConfigFile = Annotated[
    Path,
    typer.Option(
        "--config",
        "-c",
        help=tr("The gateway's configuration.", "网关配置文件。"),
        envvar="MEALTRACE_GATEWAY_CONFIG",
    ),
]
Json = Annotated[bool, typer.Option("--json", help=tr("Print JSON.", "输出 JSON。"))]
DEFAULT_CONFIG = Path("gateway.toml")


def print_json(value: Any) -> None:
    """`value` on stdout, indented, in UTF-8 whatever the locale."""
    text = json_module.dumps(value, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def print_rows(rows: Sequence[tuple[str, str]]) -> None:
    """One thing, a line for each of its members."""
    from rich.console import Console  # noqa: PLC0415 - only where something is shown to people
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(2):
        table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
