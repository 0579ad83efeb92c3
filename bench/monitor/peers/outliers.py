"""Outlier detectors of scikit-learn, PyOD and alibi-detect on the inputs that bench/monitor/outliers.ts wrote.

    python peers/outliers.py FOLDER   -> JSON
    python peers/outliers.py digits   -> scikit-learn's handwritten digits as JSON

Each is fitted to the same clean inputs with its own defaults (alibi-detect's IForest and Mahalanobis, where it is
installed); its threshold is what 1 % of the clean held-out inputs pass.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from pyod.models.ecod import ECOD
from pyod.models.knn import KNN
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor

if sys.argv[1] == "digits":
    from sklearn.datasets import load_digits

    data = load_digits()
    json.dump({"images": data.data.tolist(), "labels": data.target.tolist()}, sys.stdout)
    sys.exit()

folder = Path(sys.argv[1])
shape = json.loads((folder / "shape.json").read_text())
inputs = np.fromfile(folder / "inputs.bin", dtype=np.float32).reshape(-1, shape["dimensions"])
fit, held = inputs[: shape["fit"]], inputs[shape["fit"] : shape["fit"] + shape["held"]]
planted = np.split(inputs[shape["fit"] + shape["held"] :], np.cumsum(shape["planted"])[:-1])


class Scikit:
    def __init__(self, model):
        self.model = model

    def fit(self, rows):
        self.model.fit(rows)

    def score(self, rows):
        return -self.model.score_samples(rows)


class Pyod(Scikit):
    def score(self, rows):
        return self.model.decision_function(rows)


class Alibi:
    """One of alibi-detect's; `instance_score` without a threshold of its own."""

    def __init__(self, name):
        self.name = name

    def fit(self, rows):
        if self.name == "IForest":
            from alibi_detect.od import IForest

            self.model = IForest(threshold=0.0)
            self.model.fit(rows)
        else:
            from alibi_detect.od import Mahalanobis

            # It keeps a running mean and covariance of what it scores, at most max_n rows; started on the clean ones.
            self.model = Mahalanobis(threshold=0.0, n_components=rows.shape[1], start_clip=len(rows), max_n=len(rows))
            self.model.score(rows)

    def score(self, rows):
        score = self.model.score(rows)
        return score["instance_score"] if isinstance(score, dict) else score


DETECTORS = {
    "scikit-learn IsolationForest": lambda: Scikit(IsolationForest(random_state=0)),
    "scikit-learn LocalOutlierFactor (novelty)": lambda: Scikit(LocalOutlierFactor(novelty=True)),
    "PyOD KNN": lambda: Pyod(KNN()),
    "PyOD ECOD": lambda: Pyod(ECOD()),
}
try:
    import alibi_detect

    DETECTORS[f"alibi-detect {alibi_detect.__version__} IForest"] = lambda: Alibi("IForest")
    DETECTORS[f"alibi-detect {alibi_detect.__version__} Mahalanobis (online)"] = lambda: Alibi("Mahalanobis")
except ImportError:
    print("alibi-detect is not installed: left out", file=sys.stderr)


def auc(above, below):
    return float(np.searchsorted(np.sort(below), above).mean() / len(below))


out = []
for name, make in DETECTORS.items():
    begun = time.perf_counter()
    detector = make()
    detector.fit(fit)
    fitted = time.perf_counter()
    clean = detector.score(held)
    found = [detector.score(rows) for rows in planted]
    seconds = time.perf_counter() - fitted
    threshold = np.sort(clean)[int(0.99 * len(clean))]
    out.append({
        "detector": name, "fitSeconds": fitted - begun, "inputsPerSecond": round((len(held) + sum(shape["planted"])) / seconds),
        "kinds": [{"found": float((rows > threshold).mean()), "auc": auc(rows, clean)} for rows in found],
    })
    print(name, file=sys.stderr)
json.dump(out, sys.stdout)
