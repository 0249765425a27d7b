"""MQTT through paho-mqtt: the last thing a cabinet said, and how long ago.

The client keeps a session of its own at the broker (a fixed client id, QoS 1), pings, and connects
again by itself with growing pauses. What was said while it was away comes late, and only the newest
counts: a cabinet's messages are levels. A broker that is away is `network`; a broker that is there
with a cabinet that has said nothing for `silence_s` is `device-failure`.
"""

import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from devices.cabinet import topics
from devices.cabinet.driver import Unanswered
from devices.cabinet.look import Look
from devices.cabinet.settings import Settings
from devices.cabinet.topics import Members
from devices.gateway.table import Table
from ledger.errors import MalformedError, UnavailableError

try:
    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
except ImportError as error:
    raise UnavailableError(
        "MQTT needs paho-mqtt: pip install 'mealtrace[devices]'", reason=str(error)
    ) from error


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a cabinet's messages are.

    Attributes:
        host: of the broker.
        port: 1883, or 8883 with TLS.
        topic: the cabinet's own.
        client_id: the gateway's at the broker, one for each cabinet.
        username: where the broker asks for one.
        password: likewise.
        tls: whether to speak TLS.
        ca_file: certificates to trust; the system's where it is left out.
        keepalive_s: seconds between pings.
        silence_s: a cabinet that says nothing for so long does not answer.
        retry_most_s: the longest pause before connecting again.
    """

    host: str
    topic: str
    client_id: str
    port: int = 1883
    username: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    ca_file: str = ""
    keepalive_s: int = 30
    silence_s: float = 120.0
    retry_most_s: int = 30


class MqttLine:
    """A `Line` to one cabinet; paho's thread receives, `look` takes the newest."""

    def __init__(
        self,
        broker: Broker,
        members: Members,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Nothing is sent before the first look."""
        self._broker = broker
        self._members = members
        self._now_ms = now_ms
        self._client: Any = None
        self._lock = threading.Lock()
        self._came = threading.Event()
        self._latest: tuple[Look, int] | None = None
        self._fault: str | None = "not connected yet"
        self._garbled: str | None = None

    def look(self) -> Look:
        """The newest message, if it is no older than `silence_s`."""
        if self._client is None:
            self._connect()
            self._came.wait(2.0)
        with self._lock:
            latest, fault, garbled = self._latest, self._fault, self._garbled
        silence_ms = 1000 * self._broker.silence_s
        if latest is not None and self._now_ms() - latest[1] <= silence_ms and garbled is None:
            return latest[0]
        where = f"{self._broker.host}:{self._broker.port}"
        if fault is not None:
            raise Unanswered(f"the broker {where}: {fault}", cause="network")
        if garbled is not None:
            raise Unanswered(f"{self._broker.topic}: {garbled}")
        raise Unanswered(f"{self._broker.topic}: silent for {self._broker.silence_s:g} s")

    def close(self) -> None:
        """Say goodbye to the broker."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def _connect(self) -> None:
        broker = self._broker
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=broker.client_id, clean_session=False
        )
        if broker.username:
            client.username_pw_set(broker.username, broker.password)
        if broker.tls:
            context = ssl.create_default_context(cafile=broker.ca_file or None)
            client.tls_set_context(context)
        client.reconnect_delay_set(min_delay=1, max_delay=broker.retry_most_s)
        client.on_connect = self._connected
        client.on_connect_fail = self._failed
        client.on_disconnect = self._disconnected
        client.on_message = self._message
        client.connect_async(broker.host, broker.port, keepalive=broker.keepalive_s)
        client.loop_start()
        self._client = client

    def _connected(self, client: Any, _data: Any, _flags: Any, reason: Any, _props: Any) -> None:
        if reason.is_failure:
            self._note(f"refused: {reason}")
            return
        # At every connection: a broker without persistence forgets sessions when it restarts.
        result, _ = client.subscribe(self._broker.topic, qos=1)
        self._note(None if result == MQTTErrorCode.MQTT_ERR_SUCCESS else f"subscribe: {result}")

    def _failed(self, _client: Any, _data: Any) -> None:
        self._note("cannot be reached")

    def _disconnected(
        self, _client: Any, _data: Any, _flags: Any, reason: Any, _props: Any
    ) -> None:
        self._note(f"disconnected: {reason}")

    def _message(self, _client: Any, _data: Any, message: Any) -> None:
        now_ms = self._now_ms()
        try:
            look = topics.parse(
                message.payload, self._members, now_ms, retained=bool(message.retain)
            )
        except MalformedError as error:
            with self._lock:
                self._garbled = str(error)
        else:
            with self._lock:
                self._latest, self._garbled = (look, now_ms), None
        self._came.set()

    def _note(self, fault: str | None) -> None:
        with self._lock:
            self._fault = fault


def from_table(table: Table, settings: Settings) -> MqttLine:
    """The line of a cabinet's table: its table `mqtt`, and within it `members`.

    Raises:
        MalformedError: a value that is none.
    """
    mqtt = table.table("mqtt")
    name = settings.device.partition(":")[2]
    tls = mqtt.flag("tls", default=False)
    broker = Broker(
        host=mqtt.text("host"),
        port=mqtt.integer("port", 8883 if tls else 1883, least=1, most=65_535),
        topic=mqtt.text("topic", f"mealtrace/cabinet/{name}/state"),
        client_id=mqtt.text("client_id", f"mealtrace-{name}"),
        username=mqtt.optional_text("username", ""),
        password=mqtt.optional_text("password", ""),
        tls=tls,
        ca_file=mqtt.optional_text("ca_file", ""),
        keepalive_s=mqtt.integer("keepalive_s", 30, least=1, most=3_600),
        silence_s=mqtt.number("silence_s", 120.0, least=0.1, most=86_400),
        retry_most_s=mqtt.integer("retry_most_s", 30, least=1, most=3_600),
    )
    members = topics.from_table(mqtt.table("members"))
    mqtt.end()
    return MqttLine(broker, members)
