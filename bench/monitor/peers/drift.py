"""Peers beside Assay, on the same labels: river's ADWIN and Page-Hinkley, and the fixed-window chi-squared test with SciPy.

    python peers/drift.py STREAMS.bin LENGTH CHANGE [threshold of each]   -> JSON

STREAMS.bin: uint8 labels, one stream after another (bench/monitor/peers.ts writes it). Half of the streams never change;
in the other half class 0 goes from 10 % to 15 % at CHANGE. For each detector: alarms before any change, delay after it.
"""

import json
import sys
import time

import numpy as np
from river import drift
from scipy import stats

path, length, change = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
streams = np.fromfile(path, dtype=np.uint8).reshape(-1, length)
clean, raised = streams[: len(streams) // 2], streams[len(streams) // 2 :]


class Binary:
    """One detector a class over the indicator of that class: an alarm of any counts."""

    def __init__(self, make):
        self.parts = [make() for _ in range(10)]

    def first(self, labels, begin):
        for i, label in enumerate(labels):
            for k, part in enumerate(self.parts):
                part.update(1.0 if label == k else 0.0)
                if part.drift_detected and i >= begin:
                    return i
        return None


class Windows:
    def __init__(self, size, level):
        self.size, self.level = size, level

    def first(self, labels, begin):
        for start in range(0, len(labels) - self.size + 1, self.size):
            end = start + self.size
            counts = np.bincount(labels[start:end], minlength=10)
            if end > begin and stats.chisquare(counts).pvalue < self.level:
                return end - 1
        return None


DETECTORS = {
    "scipy chi-squared, windows of 1000, p < .01": lambda: Windows(1000, 0.01),
    "scipy chi-squared, windows of 1000, p < .001": lambda: Windows(1000, 0.001),
    "river ADWIN, one a class, delta 0.002 (its default)": lambda: Binary(lambda: drift.ADWIN()),
    "river ADWIN, one a class, delta 1e-6": lambda: Binary(lambda: drift.ADWIN(delta=1e-6)),
    "river Page-Hinkley, one a class (its defaults)": lambda: Binary(lambda: drift.PageHinkley()),
}
out = []
for name, make in DETECTORS.items():
    begun = time.perf_counter()
    false = [make().first(s, 0) for s in clean]
    delays = []
    for s in raised:
        detector = make()
        # An alarm before the change is a false one; the stream goes on from there.
        at = detector.first(s, change)
        delays.append(float("inf") if at is None else at - change + 1)
    seconds = time.perf_counter() - begun
    found = [d for d in delays if d != float("inf")]
    median = sorted(delays)[(len(delays) - 1) // 2]
    out.append({"detector": name, "cleanStreamsWithAlarm": sum(a is not None for a in false), "cleanStreams": len(clean), "found": len(found) / len(delays), "medianDelay": None if median == float("inf") else median, "predictionsPerSecond": round(streams.size / seconds)})
print(json.dumps(out))
