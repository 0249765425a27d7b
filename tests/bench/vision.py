"""What cameras cost on this machine: a page of text, a detector's frames, and an alert on its way.

Times on the wall depend on who else works; the processor's seconds beside them hardly do.

Nothing here says how well a model sees: the papers and the kitchen are drawn, and the heavy model has
random weights. Its arithmetic, and so its time, is that of the smallest YOLOv8.
"""

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from components import small_models
from components.checked_sink import CheckedSink

from devices.camera import display
from devices.camera.ocr import Reader
from devices.emulators import drawing, papers, video
from devices.intake.reading import read
from devices.vision.detector import Detector
from devices.vision.driver import Inspection
from devices.vision.manifest import Manifest


def ocr(share: float) -> dict[str, Any]:
    """Seconds for one warm page of a permit and for the display of a scale, and what came out."""
    reader = Reader()
    pages = [
        papers.photographed(papers.page(*paper), degrees=2, scale=0.75, blur=3, noise=6)
        for paper in (papers.BUSINESS_PERMIT, papers.LICENCE, papers.HEALTH)
    ]
    began = time.perf_counter()
    reader.lines(pages[0])
    first_s = time.perf_counter() - began
    times, doubts = [], 0
    spent = time.process_time()
    for page in pages * max(1, round(3 * share)):
        began = time.perf_counter()
        lines = reader.lines(page)
        times.append(time.perf_counter() - began)
        doubts += len(read(lines).doubtful)
    spent = time.process_time() - spent
    image, box = drawing.scale("12.485", crates=2, seed=3)
    settings = display.Display(decimals=3)
    began = time.perf_counter()
    for _ in range(10):
        display.read(image, box, settings, reader)
    return {
        "page_s": round(statistics.median(times), 2),
        "page_processor_s": round(spent / len(times), 2),
        "first_page_s": round(first_s, 2),
        "fields_in_doubt": doubts,
        "display_ms": round((time.perf_counter() - began) * 100, 1),
    }


def displays(share: float) -> dict[str, Any]:
    """Of drawn seven-segment displays: read rightly, not read, and read wrongly."""
    reader, settings = Reader(), display.Display(decimals=3)
    counts = {"right": 0, "null": 0, "wrong": 0}
    for number in range(round(400 * share)):
        shown_g = (number * 7919 + 123) % 99_949 + 50
        height = (50, 70, 100)[number % 3]
        picture = drawing.noisy(drawing.seven_segments(f"{shown_g / 1000:.3f}", height), number, 8)
        found = display.read(picture, (0, 0, *picture.shape[1::-1]), settings, reader)
        counts["null" if found is None else "right" if found.grams == shown_g else "wrong"] += 1
    return counts


def detector(share: float) -> dict[str, Any]:
    """Frames a second of a model of 8.6 billion operations at 640 × 640, on one thread and on two."""
    image = drawing.kitchen(1280, 720)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        labels = "\n".join(f'[[label]]\nname = "l{n}"\nalert = "no-hat"' for n in range(4))
        path = small_models.manifest(
            Path(folder), small_models.heavy_model(), width="640", height="640", labels=labels
        )
        for threads in (1, 2):
            eyes = Detector(Manifest.load(path), threads=threads)
            eyes.detect(image)
            frames = max(3, round(30 * share))
            began, spent = time.perf_counter(), time.process_time()
            for _ in range(frames):
                eyes.detect(image)
            spent = time.process_time() - spent
            found[f"frame_processor_ms_{threads}"] = round(1000 * spent / frames)
            found[f"frames_per_s_{threads}"] = round(frames / (time.perf_counter() - began), 1)
    return found


def alert(share: float) -> dict[str, Any]:
    """From the moment the confirming frame was taken until its alert was kept: a film, in its own time.

    All three kinds of detectors look at every frame; the clip is written within that time.
    """
    times: list[int] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "night.mp4"
        video.film(path, ("night", "night-motion", "covered"), 4)
        labels = '[[label]]\nname = "l0"\nalert = "no-hat"'
        labels += "".join(f'\n[[label]]\nname = "l{n}"' for n in range(1, 4))
        small_models.manifest(
            folder, small_models.heavy_model(), width="640", height="640", labels=labels
        )
        table = {
            "device": "camera:bench-1",
            "canteen": "canteen:2105020001~01",
            "source": str(path),
            "closed": ["00:00-12:00", "12:00-00:00"],
            "models": ["model.toml"],
            "lens": {"confirm_ms": 1500},
            "motion": {},
            "quiet_ms": 1000,
        }
        driver = Inspection.from_config(table, folder)

        class Timed(CheckedSink):
            def keep(self, observation: Any) -> str:
                kept = super().keep(observation)
                times.append(time.time_ns() // 1_000_000 - observation.occurred_at_ms)
                return kept

        stop = threading.Event()
        thread = threading.Thread(target=driver.run, args=(Timed(), stop))
        thread.start()
        time.sleep(max(14.0, 60 * share))
        stop.set()
        thread.join()
    status = driver.status()
    return {
        "alerts": len(times),
        "median_ms": round(statistics.median(times)) if times else 0,
        "worst_ms": max(times, default=0),
        "frames_looked_at": status["looked_at"],
        "frames_skipped": status["skipped"],
    }
