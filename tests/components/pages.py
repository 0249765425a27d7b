"""Pages whose commands are run as they stand, by a shell that is a reader's.

What a page says to whoever runs it stands in comments that no reader sees:

    <!-- run: NAME -->          the fenced block below is typed; it ends with 0
    <!-- run: NAME exit 1 -->   the same, and it ends with 1
    <!-- serve: NAME -->        the fenced block below is typed in another shell, where it stays
    <!-- file: NAME -->         the fenced block below is a file of that name
    <!-- do: NAME -->           something is done that is no command: the test's part

A line `# → TEXT` in a block that is run says that what the block prints contains TEXT.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from components.process import ROOT

LANGUAGES = {"": "C.UTF-8", ".zh-CN": "zh_CN.UTF-8"}
"""The ends of a page's name, and the locale of who reads it."""

SERVED_AT = "http://127.0.0.1:8000"
MEASURED_AT = "http://127.0.0.1:9100"
"""Where the pages say that the service and its metrics are; a test's are elsewhere."""

_STEP = re.compile(
    r"^<!-- (?P<act>do): (?P<done>[\w-]+) -->$"
    r"|(?:^<!-- (?P<use>run|serve|file): (?P<name>[\w.-]+)(?: exit (?P<code>\d+))? -->\n)?"
    r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

# bash sources what the reader's last block left, and leaves what this one does, however it ends.
_SHELL = r"""
cd "$1"
if [ -e "$3" ]; then . "$3"; fi
__leave() {
  set +eu
  { for name in $(compgen -v | grep -Ev '^(BASH|_$)'); do
      case ${!name@a} in *r*) ;; *) declare -p "$name" ;; esac
    done
    declare -f
    printf 'cd %q\n' "$PWD"
  } > "$3" 2> /dev/null
}
trap '__leave "$@"' EXIT
set -euo pipefail
. "$2"
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a page shows or has done.

    Attributes:
        use: `run`, `serve`, `file`, `do`, or nothing for a block that is only shown.
        name: by which a test knows it.
        code: what it ends with.
        kind: the language of the block.
        text: the block, word for word.
    """

    use: str
    name: str
    code: int
    kind: str
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines that do something, without what is said about them."""
        lines = (re.sub(r"(^|\s+)# .*$", "", line).rstrip() for line in self.text.splitlines())
        return [line for line in lines if line]

    @property
    def expected(self) -> list[str]:
        """What the output has to contain."""
        return re.findall(r"^ *# → (.*)$", self.text, re.MULTILINE)

    @property
    def same(self) -> tuple[str, str, int, str, list[str], int]:
        """What a page's two languages have in common: all but remarks, and the words of answers."""
        return self.use, self.name, self.code, self.kind, self.commands, len(self.expected)


def steps(page: Path) -> list[Step]:
    """A page's blocks, and what is to be done between them, in order."""
    return [
        Step(
            found["act"] or found["use"] or "",
            found["done"] or found["name"] or "",
            int(found["code"] or 0),
            found["kind"] or "",
            found["text"] or "",
        )
        for found in _STEP.finditer(page.read_text("utf-8"))
    ]


@dataclass(slots=True)
class Reader:
    """Who types a page's blocks one after the other in one shell.

    Attributes:
        folder: where the shell begins; beside it lies what one block leaves to the next.
        locale: in which the programs speak.
        environment: what the shell has besides, from its start.
        places: what stands in the pages for an address, and where the test has it.
    """

    folder: Path
    locale: str
    environment: Mapping[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def type(self, text: str, code: int = 0) -> str:
        """What a block prints, which ends with `code`; what it sets lasts for the next."""
        block = self.folder.with_name(f"{self.folder.name}.block")
        here = text
        for shown, place in self.places.items():
            here = here.replace(shown, place)
        block.write_text(here, "utf-8")
        kept = {name: value for name, value in os.environ.items() if "MEALTRACE" not in name}
        done = subprocess.run(
            ["bash", "--norc", "-c", _SHELL, "bash", self.folder, block, self._left],
            cwd=self.folder,
            env={
                **kept,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "COLUMNS": "160",
                **self.environment,
                "LC_ALL": self.locale,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=240,
            check=False,
        )
        # A machine without the locale says so; the program goes by the variable all the same.
        output = re.sub(
            r"^.*warning: setlocale: .*\n", "", done.stdout.decode(), flags=re.MULTILINE
        )
        assert done.returncode == code, f"{text}\nended with {done.returncode}:\n{output}"
        return output

    def set(self, **variables: str) -> None:
        """As if the reader had exported them by hand."""
        with self._left.open("a", encoding="utf-8") as left:
            left.writelines(f"export {name}={shlex.quote(to)}\n" for name, to in variables.items())

    def read(self, step: Step) -> str:
        """Do what a block says: type it and look at what it promises, or write its file."""
        if step.use == "file":
            (self.folder / step.name).write_text(step.text, "utf-8")
            return ""
        output = self.type(step.text, step.code)
        for text in step.expected:
            assert text in output, f"{step.name} should print {text}:\n{output}"
        return output

    def walk(
        self, page: Path, acts: Mapping[str, Callable[[Step], None]] | None = None
    ) -> dict[str, str]:
        """Read a page from its beginning to its end.

        Args:
            page: the file.
            acts: by name, what is done where the page says `do` or `serve`.

        Returns:
            What each block printed, by its name.
        """
        printed = {}
        for step in steps(page):
            if step.use in {"do", "serve"}:
                (acts or {})[step.name](step)
            elif step.use:
                printed[step.name] = self.read(step)
        return printed

    @property
    def _left(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.left")


def page(name: str, suffix: str) -> Path:
    """A page of `docs/` in one language."""
    return ROOT / "docs" / f"{name}{suffix}.md"
