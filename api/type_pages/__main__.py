"""`python -m api.type_pages`: writes both pages; with `--check` it says which one is stale instead."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from api.type_pages import language, page

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
PAGES: Final[Mapping[str, language.Language]] = {
    "types.md": language.ENGLISH,
    "types.zh-CN.md": language.CHINESE,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or hold them against the catalogue; the exit code of the command line."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m api.type_pages [--check]\n")
        return 2
    stale = []
    for name, words in PAGES.items():
        text, path = page.render(words), DOCS / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        if arguments:
            stale.append(name)
        else:
            path.write_text(text, "utf-8")
    for name in stale:
        sys.stderr.write(f"docs/{name} is not what the catalogue says; run `make docs`\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
