"""`mealtrace-gateway emulate scale`: a scale of any family on a pseudo-terminal.

Loads are put on and taken off as told; whoever opens the terminal sees what a scale would send, at
its speed, and may ask where the family is asked. On request bytes are damaged on the way and frames
come in pieces.
"""

import random
import select
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer

from devices.emulators.by_hand import ByHand
from devices.emulators.loads import Load, Script
from devices.emulators.noise import WAYS, damaged, pieces
from devices.emulators.pseudo_terminal import PseudoTerminal
from devices.emulators.scale_answers import Dialogue, dialogue
from devices.gateway.language import tr
from devices.scales.families import parser as parser_of
from devices.scales.parser import Options, Scanner
from devices.scales.units import unit_named
from ledger.errors import LedgerError, MalformedError

app = typer.Typer(add_completion=False)

_WAYS: Final = tuple(WAYS)


@dataclass(slots=True)
class EmulatedScale:
    """One scale on one line.

    Attributes:
        terminal: its end of the line.
        talk: how its family speaks and answers.
        script: what is put on it.
        rate_hz: frames a second, where it sends of itself.
        noise_permille: of a thousand frames so many are damaged, in turn in every way there is.
        split: whether frames come in pieces.
        chance: decides over damage and pieces.
        now_ms: a clock that never goes backwards.
        sent: frames sent as they should be.
        spoilt: frames sent damaged.
    """

    terminal: PseudoTerminal
    talk: Dialogue
    script: Script | ByHand
    rate_hz: int = 10
    noise_permille: int = 0
    split: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    now_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000
    sent: int = 0
    spoilt: int = 0

    def run(self, stop: Callable[[], bool] = lambda: False, times: int = 1) -> None:
        """Play the script so many times, 0: for ever, or until told to stop."""
        began_ms = self.now_ms()
        due_ms, length_ms = began_ms, self.script.length_ms
        while not stop():
            elapsed_ms = self.now_ms() - began_ms
            if times and elapsed_ms >= times * length_ms:
                return
            shown = self.script.at(elapsed_ms % length_ms)
            self.talk.heard(self.terminal.read())
            for answer in self.talk.due(shown):
                self._send(answer)
            if self.talk.streams and self.now_ms() >= due_ms:
                self._send(self.talk.said(shown))
                due_ms += 1000 // self.rate_hz
            wait_ms = max(1, min(due_ms - self.now_ms(), 20)) if self.talk.streams else 20
            select.select([self.terminal], [], [], wait_ms / 1000)

    def _send(self, frame: bytes) -> None:
        if not frame:
            return
        if self.chance.randrange(1000) < self.noise_permille:
            frame = damaged(frame, self.chance.choice(_WAYS), self.chance)
            self.spoilt += 1
        else:
            self.sent += 1
        for piece in pieces(frame, self.chance) if self.split else [frame]:
            self.terminal.write(piece)
            if self.split:
                time.sleep(0.002)


@app.command(
    help=tr(
        "Emulate a scale on a pseudo-terminal; its path is printed first.",
        "在伪终端上模拟一台电子秤；首先打印其路径。",
    )
)
def scale(
    family: Annotated[
        str,
        typer.Option(help=tr("Family, or vendor's module:Class.", "协议族，或厂商的 模块:类。")),
    ] = "yaohua-continuous",
    load: Annotated[
        list[str] | None,
        typer.Option(
            help=tr(
                "Weight to put on, 12.485, or with a container that is tared, 12.485+0.480.",
                "要放上的重量，如 12.485；带需去皮的容器时写 12.485+0.480。",
            )
        ),
    ] = None,
    by_hand: Annotated[
        Path | None,
        typer.Option(
            help=tr(
                "File that says what lies on the scale now; nothing in it: nothing.",
                "由该文件给出秤上当前的重量；文件为空即空秤。",
            )
        ),
    ] = None,
    decimals: Annotated[
        int, typer.Option(min=0, max=4, help=tr("Decimals displayed.", "显示的小数位数。"))
    ] = 3,
    unit: Annotated[str, typer.Option(help=tr("Unit displayed.", "显示单位。"))] = "kg",
    address: Annotated[str, typer.Option(help=tr("Address A to Z.", "地址 A 至 Z。"))] = "A",
    baud: Annotated[int, typer.Option(help=tr("Speed of the line.", "串口波特率。"))] = 9600,
    rate: Annotated[
        int, typer.Option(min=1, max=100, help=tr("Frames a second.", "每秒帧数。"))
    ] = 10,
    settle: Annotated[int, typer.Option(help=tr("Swings so many ms.", "稳定前的毫秒数。"))] = 1500,
    hold: Annotated[int, typer.Option(help=tr("At rest so many ms.", "静止的毫秒数。"))] = 3000,
    pause: Annotated[int, typer.Option(help=tr("Empty so many ms.", "空秤的毫秒数。"))] = 2000,
    times: Annotated[int, typer.Option(help=tr("Rounds; 0: for ever.", "轮数；0 为不停。"))] = 0,
    noise: Annotated[
        int, typer.Option(min=0, max=1000, help=tr("Damaged frames in 1000.", "每千帧的损坏帧数。"))
    ] = 0,
    split: Annotated[
        bool, typer.Option("--split", help=tr("Send frames in pieces.", "把帧拆开发送。"))
    ] = False,
    seed: Annotated[int, typer.Option(help=tr("Seed of all chance.", "随机种子。"))] = 1,
    link: Annotated[
        Path | None, typer.Option(help=tr("Link to make to the terminal.", "指向该终端的链接。"))
    ] = None,
) -> None:
    """Emulate a scale; the options say which and what is weighed on it."""
    shown = unit_named(unit)
    parser = parser_of(family, Options(shown, address))
    if not isinstance(parser, Scanner):
        raise MalformedError(f"{family} is no Scanner and cannot be emulated")
    script: Script | ByHand
    loads = [Load.parse(text, decimals) for text in load or ["12.485", "3.2+0.48"]]
    capacity = 150 * 10**decimals
    if by_hand is None:
        script = Script(loads, decimals, shown, capacity, pause, settle, hold)
    else:
        script = ByHand(by_hand, decimals, shown, settle_ms=settle, capacity=capacity)
    with PseudoTerminal(baud, link) as terminal:
        sys.stdout.write(f"{terminal.path}\n")
        sys.stdout.flush()
        EmulatedScale(
            terminal,
            dialogue(parser),
            script,
            rate,
            noise,
            split,
            random.Random(seed),  # noqa: S311
        ).run(times=times)


if __name__ == "__main__":
    try:
        app()
    except LedgerError as error:
        sys.exit(str(error))
