"""The source's 150 runs in scikit-learn (and PyTorch, for the autoencoder): what Assay's times and AUROCs stand beside.

    python bench/fp13/run_sklearn.py DIR [--out FILE]

DIR holds activation_matrix.npy and labels.npy. One thread: set OMP_NUM_THREADS=1, as Assay uses one.
Each representation is fitted once a seed and shared by the six detectors, there as here.
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from scipy.linalg import inv
from sklearn.decomposition import PCA, FastICA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.neighbors import LocalOutlierFactor
from sklearn.random_projection import GaussianRandomProjection
from sklearn.svm import OneClassSVM
from torch import nn

SEEDS = (42, 123, 456, 789, 1024)
warnings.filterwarnings("ignore")


def autoencoder(train, test, seed):
    torch.manual_seed(seed)
    width = train.shape[1]
    hidden = max(64, width // 4)
    net = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, 32), nn.ReLU(), nn.Linear(32, hidden), nn.ReLU(), nn.Linear(hidden, width))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    x = torch.tensor(train, dtype=torch.float32)
    for _ in range(30):
        optimiser.zero_grad()
        nn.functional.mse_loss(net(x), x).backward()
        optimiser.step()
    y = torch.tensor(test, dtype=torch.float32)
    with torch.no_grad():
        return ((net(y) - y) ** 2).mean(1).numpy()


def pca_mahalanobis(train, test, seed):
    pca = PCA(n_components=0.95, random_state=seed).fit(train)
    projected, other = pca.transform(train), pca.transform(test)
    precision = inv(np.cov(projected, rowvar=False) + 1e-6 * np.eye(projected.shape[1]))
    centred = other - projected.mean(0)
    return np.sqrt(np.einsum("ij,jk,ik->i", centred, precision, centred))


DETECTORS = {
    "isolation_forest": lambda a, b, s: -IsolationForest(n_estimators=100, contamination=0.1, random_state=s).fit(a).score_samples(b),
    "one_class_svm": lambda a, b, s: -OneClassSVM(kernel="rbf", nu=0.1, gamma="scale").fit(a).score_samples(b),
    "gmm": lambda a, b, s: -GaussianMixture(3, covariance_type="full", reg_covar=1e-4, random_state=s).fit(a).score_samples(b),
    "autoencoder": autoencoder,
    "pca_mahalanobis": pca_mahalanobis,
    "lof": lambda a, b, s: -LocalOutlierFactor(n_neighbors=20, novelty=True, contamination=0.1).fit(a).score_samples(b),
}
REPRESENTATIONS = {
    "raw": lambda s: None,
    "pca": lambda s: PCA(50, random_state=s),
    "ica": lambda s: FastICA(50, max_iter=500, random_state=s),
    "random_projection": lambda s: GaussianRandomProjection(50, random_state=s),
    "raw_noDR": lambda s: None,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    x, y = np.load(args.folder / "activation_matrix.npy").astype(np.float64), np.load(args.folder / "labels.npy")
    torch.set_num_threads(1)
    autoencoder(x[:20, :8], x[:2, :8], 0)  # the libraries' own start-up does not count
    runs, preparing = [], 0.0
    begin, used = time.perf_counter(), time.process_time()
    for seed in SEEDS:
        train_rows, test_rows = next(StratifiedShuffleSplit(1, test_size=0.2, random_state=seed).split(x, y))
        train, test = x[train_rows][y[train_rows] == 0], x[test_rows]
        for name, make in REPRESENTATIONS.items():
            start = time.process_time()
            made = make(seed)
            a, b = (train, test) if made is None else (made.fit_transform(train), made.transform(test))
            preparing += time.process_time() - start
            for detector, score in DETECTORS.items():
                start = time.process_time()
                scores = score(a, b, seed)
                runs.append({"detector": detector, "representation": name, "seed": seed, "auroc": float(roc_auc_score(y[test_rows], scores)),
                             "seconds": time.process_time() - start, "meanClean": float(scores[y[test_rows] == 0].mean())})
    result = {"seconds": time.perf_counter() - begin, "cpuSeconds": time.process_time() - used, "preparing": preparing, "runs": runs}
    if args.out:
        args.out.write_text(json.dumps(result, indent=1))
    print(json.dumps({"seconds": result["seconds"], "cpuSeconds": result["cpuSeconds"], "preparing": preparing}))


if __name__ == "__main__":
    main()
