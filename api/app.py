"""The service as an ASGI application: `create_app(settings)` and nothing at import time."""

from fastapi import FastAPI

from api.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The application over the installation that `settings` describe.

    Opening (database, keys, blobs, chain, worker) happens in the lifespan, so that a wrong setting
    is an error at start and not at the first request. An embedded installation is founded and
    migrated there as well; any other that is not migrated refuses to start and says the command.
    """
    raise NotImplementedError
