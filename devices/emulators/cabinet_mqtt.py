"""The emulated cabinet as an MQTT publisher, with the messages of our own profile."""

import threading
import time
from collections.abc import Callable
from typing import Any, Self

import orjson

from devices.emulators.cabinet_state import CabinetState
from ledger import timestamp
from ledger.errors import UnavailableError

try:
    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion
except ImportError as error:
    raise UnavailableError(
        "the emulator needs paho-mqtt: pip install 'mealtrace[devices]'", reason=str(error)
    ) from error


class MqttCabinet:
    """Publishes one cabinet every `every_s` seconds in a thread, until it is closed."""

    def __init__(
        self,
        cabinet: CabinetState,
        host: str,
        port: int,
        topic: str,
        *,
        every_s: float = 5.0,
        retain: bool = True,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """Nothing is sent before it is entered."""
        self._cabinet = cabinet
        self._topic = topic
        self._every_s = every_s
        self._retain = retain
        self._now_ms = now_ms
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.reconnect_delay_set(min_delay=1, max_delay=2)
        self._client.connect_async(host, port)

    def __enter__(self) -> Self:
        self._client.loop_start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()

    def message(self) -> dict[str, Any]:
        """What it says now."""
        cabinet = self._cabinet
        said: dict[str, Any] = {
            "at": timestamp.format(self._now_ms()),
            "temperature_mC": cabinet.temperature_mC,
            "door": "open" if cabinet.door_open else "closed",
            "operator": cabinet.operator,
            "firmware": cabinet.firmware,
            "slots": {
                name: {"weight_g": slot.weight_g, "label": slot.label}
                for name, slot in cabinet.contents().items()
            },
        }
        return said

    def publish(self) -> None:
        """Say it once."""
        if self._cabinet.faults.silent or not self._client.is_connected():
            return
        data = b'{"at":' if self._cabinet.faults.garbled else orjson.dumps(self.message())
        self._client.publish(self._topic, data, qos=1, retain=self._retain)

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            self.publish()
