"""English or Chinese for whoever reads what the gateway says.

On the command line by the locale, as gettext chooses: the first of LC_ALL, LC_MESSAGES and LANG that
is set; `zh…` is Chinese. On the status page by the browser's languages.
"""

import os
from collections.abc import Mapping


def chinese(environment: Mapping[str, str] | None = None) -> bool:
    """Whether the reader's locale asks for Chinese."""
    variables = os.environ if environment is None else environment
    named = (variables.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((value for value in named if value), "").lower().startswith("zh")


def tr(english: str, chinese_text: str) -> str:
    """The one of the two that the reader's locale asks for."""
    return chinese_text if chinese() else english


def prefers_chinese(accept_language: str) -> bool:
    """Whether a browser names Chinese before English (RFC 9110 §12.5.4), weights aside."""
    for item in accept_language.lower().split(","):
        language = item.partition(";")[0].strip()
        if language.startswith(("zh", "en")):
            return language.startswith("zh")
    return False
