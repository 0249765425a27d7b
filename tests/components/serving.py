"""An application of this process, served on loopback by a thread until the block ends."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

_STARTS_WITHIN_S = 30
_DRAIN_S = 5


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Its address."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=_DRAIN_S,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
