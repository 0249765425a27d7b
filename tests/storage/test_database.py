"""How long a connection to a database waits for a machine that is gone."""

import os
import socket

from storage.database import open_engine


def test_a_servers_machine_that_is_gone_is_noticed_within_half_a_minute(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        with socket.socket(fileno=os.dup(raw.fileno())) as here:
            unconfirmed_ms = here.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            idle_s = here.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
            between_s = here.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
            times = here.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT)
    engine.dispose()

    assert 0 < unconfirmed_ms <= 30_000
    assert idle_s + between_s * times <= 30
