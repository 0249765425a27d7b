"""`mealtrace verify`: bundle, receipt, trace or saved history, without server, database or settings.

Imports only `ledger`, and `anchoring` where a node is asked; a test blocks everything else. Files
are read and addresses asked here; what they say is judged by `ledger.verification`, which does
neither.
"""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.cli import exits, reasons
from api.cli.language import chinese, tr
from api.cli.show import Json, print_json
from ledger import bundle as bundles
from ledger import checkpoint as checkpoints
from ledger import note, policy, tile, tile_proof, tlog_proof
from ledger.anchor import Anchor, ChainFacts
from ledger.errors import MalformedError, NotFoundError, UnavailableError
from ledger.policy import Policy
from ledger.trace import check as trace_check
from ledger.trace import document as traces
from ledger.trace import whole as trace_in_parts
from ledger.verdict import Check, Overall, State, Verdict
from ledger.verification import history, history_pages, verify_parts
from ledger.verification import receipt as receipts

app = typer.Typer(add_completion=False)

_LARGEST_FILE: Final = 64 * 1024 * 1024
_LARGEST_ANSWER: Final = 4 * 1024 * 1024
_TIMEOUT_S: Final = 20
_SIGNS: Final = {
    State.PASS: ("✓", "green"),
    State.FAIL: ("✗", "bold red"),
    State.PENDING: ("…", "yellow"),
    State.ERASED: ("∅", "yellow"),
    State.NOT_CHECKED: ("·", "dim"),
}
_COLOURS: Final = {
    Overall.VERIFIED: "bold green",
    Overall.FAILED: "bold red",
    Overall.UNIDENTIFIED: "bold yellow",
    Overall.LOG_ONLY: "bold yellow",
}


@app.command(
    help=tr(
        "Say whether a record is true, or a subject's history complete, as far as this file and "
        "your policy show it.\n\n"
        "Exit 0 verified, 1 a check failed, 2 unreadable, 3 it rests on the operator's word.",
        "就此文件与您的策略所示，判断一条记录是否属实，或一个主体的历史是否完整。\n\n"
        "退出码：0 验证通过，1 有检查未通过，2 无法读取，3 仅凭运营方一面之词。",
    )
)
def verify(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help=tr(
                "Proof bundle, kept receipt, trace (whole, or its parts one a line), or all saved "
                "pages of one history.",
                "证据包、留存的回执、溯源文件（整份，或每行一个分段），或同一历史已保存的全部页面。",
            ),
        ),
    ],
    blob: Annotated[
        list[Path] | None,
        typer.Option(
            help=tr("A file the record names; may be repeated.", "记录所列文件，可重复。")
        ),
    ] = None,
    policy_file: Annotated[
        Path | None,
        typer.Option("--policy", help=tr("Your own policy file.", "您自己的策略文件。")),
    ] = None,
    rpc: Annotated[
        str | None,
        typer.Option(help=tr("JSON-RPC address of a node you chose.", "您选定的节点 RPC 地址。")),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help=tr("Hold it against the log served here today.", "与该地址今日的账本核对。")
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say whether a record is true, as far as this file and your policy show it.

    Exit 0 verified, 1 a check failed, 2 unreadable, 3 it rests on the operator's word.
    """
    text = None if policy_file is None else _read(policy_file)
    trusted = None if text is None else policy.parse(text)
    verdict, kept = _judge(files, text, trusted, blob or (), rpc)
    today = None if url is None else _compare(url, kept(), trusted)
    _show(verdict, today, as_json=json)
    if today is not None and today.state is State.FAIL:
        raise typer.Exit(exits.FAILED)
    if today is not None and today.state is not State.PASS and verdict.exit_code == 0:
        raise typer.Exit(exits.UNPROVEN)
    raise typer.Exit(verdict.exit_code)


def _judge(
    files: Sequence[Path],
    text: bytes | None,
    trusted: Policy | None,
    blobs: Sequence[Path],
    rpc: str | None,
) -> tuple[Verdict, Callable[[], str]]:
    """The verdict, and what reads the signed checkpoint that the file was kept with."""
    first = next(_lines(files[0]), b"")
    in_parts = len(files) == 1 and traces.is_part(first)
    data = b"" if in_parts else _read(files[0])
    if not in_parts and history_pages.is_history(data):
        pages = [history_pages.parse(_read(file)) for file in files]
        facts = None if rpc is None else _facts(rpc, history.anchors(pages), trusted)
        return history.verify(pages, trusted, chain=facts), partial(history.checkpoint, pages)
    if len(files) > 1:
        raise typer.BadParameter(
            tr(
                "several files are verified together only where they are pages of one history",
                "只有同一历史的多个页面才能一起核验；其他文件请逐个核验",
            ),
            param_hint="FILE",
        )
    if in_parts:
        verdict = trace_in_parts.verify(_lines(files[0]), text)
        return verdict, partial(str, traces.parse(first).checkpoint)
    if receipts.is_receipt(data):
        return receipts.verify(data, text), partial(_checkpoint_of, receipts.parse(data).proof)
    if traces.is_trace(data):
        return trace_check.verify(data, text), partial(str, traces.parse(data).checkpoint)
    parsed = bundles.parse(data)
    facts = None if rpc is None else _facts(rpc, parsed.anchors, trusted)
    verdict = verify_parts(parsed, trusted, blobs=dict(map(_digest, blobs)), chain=facts)
    return verdict, partial(_checkpoint_of, parsed.proof)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE:
        raise MalformedError(f"{path} is larger than {_LARGEST_FILE} bytes")
    return data


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file: a trace in parts has a part on each, and any number of them."""
    with path.open("rb") as file:
        while line := file.readline(_LARGEST_FILE + 1):
            if len(line) > _LARGEST_FILE:
                raise MalformedError(f"a line of {path} is larger than {_LARGEST_FILE} bytes")
            yield line


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, file.tell()


def _facts(rpc: str, shown: Sequence[object], trusted: Policy | None) -> ChainFacts | None:
    """What the node says; None, with a word to the reader, where it says nothing."""
    from anchoring.facts import gather  # noqa: PLC0415 - only with --rpc
    from anchoring.web3_chain import Web3Chain  # noqa: PLC0415 - only with --rpc

    anchors = []
    for item in shown:
        try:
            anchors.append(Anchor.of_json(item))
        except MalformedError:
            continue  # verification says what is wrong with it
    confirmations = None if trusted is None else trusted.confirmations
    chain = Web3Chain(rpc)
    try:
        return gather(chain, anchors, confirmations=confirmations)
    except UnavailableError as error:
        typer.echo(
            tr(f"the node was not asked: {error}", f"未能查询节点：{reasons.of(error) or error}"),
            err=True,
        )
        return None
    finally:
        chain.close()


def _checkpoint_of(proof: str) -> str:
    return tlog_proof.parse(proof).checkpoint_note


def _compare(url: str, kept: str, trusted: Policy | None) -> Check:
    """Whether the log served at `url` has only grown since the file's checkpoint."""
    if trusted is None:
        return Check(
            receipts.CONSISTENCY,
            State.NOT_CHECKED,
            "Without a policy nobody knows whose checkpoint is served there: give --policy.",
            "没有策略文件，无法判断该地址的检查点由谁签名：请提供 --policy。",
        )
    base = url.rstrip("/")
    newer = _fetch(f"{base}/checkpoint").decode("utf-8", "replace")
    old = checkpoints.parse(note.parse(kept).text)
    try:
        new = checkpoints.parse(note.parse(newer).text)
        path = (
            tile_proof.consistency_proof(old.size, new.size, _Tiles(base))
            if 0 < old.size < new.size
            else []
        )
    except MalformedError:
        path = []  # `compare` says what is wrong with the checkpoint
    return receipts.compare(kept, newer, path, trusted)


class _Tiles:
    """The hash tiles of a served log: `ledger.tile.HashReader`."""

    def __init__(self, base: str) -> None:
        self._base = base

    def hashes(self, level: int, tile_index: int, width: int) -> bytes:
        data = _fetch(f"{self._base}/{tile.path(level, tile_index, width)}")
        if len(data) != 32 * width:
            raise MalformedError(f"a tile of {len(data)} bytes where {32 * width} belong")
        return data


def _fetch(address: str) -> bytes:
    if not address.startswith(("https://", "http://")):
        raise MalformedError(f"not an address of the web: {address}")
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked above
            data: bytes = answer.read(_LARGEST_ANSWER + 1)
    except urllib.error.HTTPError as error:
        raise NotFoundError(f"{address} answers {error.code}") from error
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise UnavailableError(f"{address} does not answer: {error}") from error
    if len(data) > _LARGEST_ANSWER:
        raise MalformedError(f"{address} answers more than {_LARGEST_ANSWER} bytes")
    return data


def _show(verdict: Verdict, today: Check | None, *, as_json: bool) -> None:
    if as_json:
        shown: dict[str, Any] = dict(verdict.to_json())
        if today is not None:
            shown["consistency"] = _check_json(today)
        print_json(shown)
        return
    from rich.console import Console  # noqa: PLC0415 - only where something is shown to people
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in ("sign", "name"):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")  # Chinese has no spaces to break at
    for check in (*verdict.checks, *(() if today is None else (today,))):
        sign, style = _SIGNS[check.state]
        sentence = check.zh if chinese() else check.en
        table.add_row(Text(sign, style), Text(check.name, style), Text(sentence))
    console.print(table)
    en, zh = verdict.summary()
    console.print()
    console.print(Text(verdict.overall.value.upper(), _COLOURS[verdict.overall]), end="  ")
    console.print(Text(zh if chinese() else en))


def _check_json(check: Check) -> Mapping[str, str]:
    return {"name": check.name, "state": check.state.value, "en": check.en, "zh": check.zh}
