"""Time of one assessment, by length: `make bench-assess`. One core, one thread.

The peer in the same run is the sentence encoder alone, which every detector on sentence vectors
has to run once.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from language.encoder import shared_encoder
from safety.detector import load_detector
from safety.fitting import SHIPPED_MODEL
from safety.gold import load_safety_gold


def _times(work: Callable[[str], object], texts: list[str]) -> np.ndarray:
    found = []
    for text in texts:
        start = time.perf_counter()
        work(text)
        found.append(1000 * (time.perf_counter() - start))
    return np.array(found)


def main() -> None:
    messages = [message.text for message in load_safety_gold()]
    detector = load_detector(SHIPPED_MODEL)
    encoder = shared_encoder(threads=1)
    detector.assess("a first sentence")
    bands = {
        "to 280 characters": [text for text in messages if len(text) <= 280][:600],
        "281 to 2,000": [text for text in messages if 280 < len(text) <= 2000][:200],
        "2,000 exactly": [(text * 9)[:2000] for text in messages[:60]],
    }
    table = Table("length", "n", "what", "p50 ms", "p99 ms", "p99 / encoder")
    for name, texts in bands.items():
        peer = float(np.percentile(_times(encoder.encode_windows, texts), 99))
        for what, work in (
            ("rules alone", detector.assess_by_rules),
            ("both halves", detector.assess),
        ):
            times = _times(work, [f"{text} " for text in texts])
            p50, p99 = np.percentile(times, [50, 99])
            table.add_row(
                name, str(len(texts)), what, f"{p50:.1f}", f"{p99:.1f}", f"{p99 / peer:.2f}"
            )
        table.add_row(name, str(len(texts)), "encoder alone", "", f"{peer:.1f}", "1.00")
    Console().print(table)


if __name__ == "__main__":
    main()
