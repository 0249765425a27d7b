"""The packages of the extra `devices`, asked for where they are first needed.

A core installation has none of them: what it says then is how to get them, not a traceback.
"""

import importlib
from typing import Any

from ledger.errors import UnavailableError

INSTALL = "pip install 'mealtrace[devices]'"


def needed(name: str) -> Any:
    """The module of that name.

    Raises:
        UnavailableError: it is not installed; the message is the command that installs it.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise UnavailableError(f"{name} is not installed: {INSTALL}") from error
