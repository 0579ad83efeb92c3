"""Evidently beside Assay, on the same labels: ValueDrift of each window of 1000 against a reference of 60,000.

    python peers/evidently_windows.py STREAMS.bin LENGTH CHANGE CALM FALSE [COUNT]   -> JSON

STREAMS.bin as for drift.py; the first COUNT calm and the first COUNT changed streams are used (Evidently takes a few tenths
of a second a window). Evidently has thresholds and no false-alarm rate, so each method is run twice: at its own threshold,
and at the one at which as many calm streams raise an alarm as with Assay (FALSE of CALM; at least one window is let pass).
"""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
import evidently
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift

path, length, change = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
false_of_calm = int(sys.argv[5]) / int(sys.argv[4])
streams = np.fromfile(path, dtype=np.uint8).reshape(-1, length)
half = len(streams) // 2
count = int(sys.argv[6]) if len(sys.argv) > 6 else half
WINDOW, REFERENCE = 1000, 60_000
# Method, its own threshold, and whether small values mean drift (p-values) or large ones (distances).
METHODS = [("chisquare", 0.05, True), ("jensenshannon", 0.1, False)]
definition = DataDefinition(categorical_columns=["label"])
report = Report([ValueDrift(column="label", method=name) for name, _, _ in METHODS])


def dataset(labels):
    return Dataset.from_pandas(pd.DataFrame({"label": labels.astype(str)}), data_definition=definition)


rng = np.random.default_rng(0)
begun = time.perf_counter()


def scores(labels):
    reference = dataset(rng.integers(0, 10, REFERENCE))
    rows = []
    for start in range(0, length - WINDOW + 1, WINDOW):
        metrics = report.run(dataset(labels[start : start + WINDOW]), reference).dict()["metrics"]
        rows.append([float(metric["value"]) for metric in metrics])
    return np.array(rows)


calm = [scores(s) for s in streams[:count]]
raised = [scores(s) for s in streams[half : half + count]]
seconds = time.perf_counter() - begun
out = []
for k, (name, own, small) in enumerate(METHODS):
    sign = -1 if small else 1
    strongest = sorted((max(sign * s[:, k]) for s in calm), reverse=True)
    allowed = max(0, round(false_of_calm * count))
    # Just above the strongest calm stream that may not raise an alarm.
    equal = strongest[min(allowed, count - 1)]
    for label, limit in [(f"its own threshold, {own}", sign * own), ("threshold set to Assay's number of calm streams with an alarm", equal)]:
        delays = []
        for s in raised:
            found = [(at + 1) * WINDOW - change for at in range(len(s)) if (at + 1) * WINDOW > change and sign * s[at, k] > limit]
            delays.append(found[0] if found else float("inf"))
        median = sorted(delays)[(len(delays) - 1) // 2]
        out.append({
            "detector": f"Evidently {evidently.__version__}, {name}, windows of {WINDOW}, {label}", "threshold": round(abs(limit), 5),
            "cleanStreamsWithAlarm": sum(bool(max(sign * s[:, k]) > limit) for s in calm), "cleanStreams": count,
            "found": sum(np.isfinite(delays)) / count, "medianDelay": None if not np.isfinite(median) else median,
            "predictionsPerSecond": round(2 * count * length / seconds),
        })
print(json.dumps(out))
