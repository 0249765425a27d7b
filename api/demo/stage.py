"""What the demo shows: headings, lines, tables and verdicts, in English or Chinese by locale."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from api.cli.language import chinese as reads_chinese


class Stage:
    """A terminal that people enjoy reading; every text is given in both languages."""

    def __init__(self, console: Console | None = None, *, chinese: bool | None = None) -> None:
        """`chinese` overrides the locale."""
        self.console = console or Console(highlight=False)
        self.chinese = reads_chinese() if chinese is None else chinese
        self._act = 0

    def say(self, en: str, zh: str) -> str:
        """The text in the language of the stage."""
        return zh if self.chinese else en

    def title(self, en: str, zh: str, *, below_en: str, below_zh: str) -> None:
        """The opening panel."""
        self.console.print(
            Panel(self.say(below_en, below_zh), title=f"[bold]{self.say(en, zh)}[/]", expand=False)
        )

    def act(self, en: str, zh: str) -> None:
        """A numbered heading."""
        self._act += 1
        self.console.print()
        self.console.rule(f"[bold cyan]{self._act}. {self.say(en, zh)}[/]", align="left")

    def line(self, en: str, zh: str) -> None:
        """One plain sentence."""
        self.console.print(f"   {escape(self.say(en, zh))}")

    def done(self, en: str, zh: str, detail: str = "") -> None:
        """One step that succeeded."""
        tail = f"  [dim]{escape(detail)}[/]" if detail else ""
        self.console.print(f" [green]✓[/] {escape(self.say(en, zh))}{tail}")

    def caught(self, en: str, zh: str) -> None:
        """A lie that was found out."""
        self.console.print(f" [red]✗[/] {escape(self.say(en, zh))}")

    def failed(self, en: str, zh: str) -> None:
        """Something that should have worked and did not."""
        self.console.print(f" [bold white on red] ! [/] {escape(self.say(en, zh))}")

    def table(self, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> None:
        """A table; `columns` are headings in both languages."""
        table = Table(header_style="bold", box=None, padding=(0, 2, 0, 1))
        for en, zh in columns:
            table.add_column(self.say(en, zh), overflow="fold")
        for row in rows:
            table.add_row(*row)
        self.console.print(table)
