"""What the commands that work on an installation share."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from pydantic import ValidationError

from api.installation import Installation, open_installation
from api.settings import Settings
from ledger.errors import MalformedError


def settings() -> Settings:
    """The settings of the environment.

    Raises:
        MalformedError: one cannot be what it is; the message names each.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"MEALTRACE_{str(fault['loc'][0]).upper()}: {fault['msg']}"
            if fault["loc"]
            else str(fault["msg"])
            for fault in error.errors(include_input=False)
        )
        raise MalformedError(wrong) from error


@contextmanager
def installation() -> Iterator[Installation]:
    """The installation of the environment's settings."""
    with closing(open_installation(settings())) as opened:
        yield opened
