"""English or Chinese, by the locale of whoever reads; `api/cli/language.py` does the same there.

Chosen as gettext chooses: the first of LC_ALL, LC_MESSAGES and LANG that is set; `zh…` is Chinese.
"""

import os
from collections.abc import Mapping


def chinese(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the reader's locale asks for Chinese."""
    variables = os.environ if environment is None else environment
    locale = next(
        (variables[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if variables.get(name)), ""
    )
    return locale.lower().startswith("zh")


def tr(english: str, chinese_text: str) -> str:
    """The one of the two that the reader asked for."""
    return chinese_text if chinese() else english
