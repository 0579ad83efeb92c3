"""The seeded reference inputs, as src/engine/fingerprint/probe-inputs.ts makes them: equal bit for bit."""

import numpy as np

EDGE = ("zeros", "ones", "near-zero noise", "linear gradient", "high magnitude")


def public_inputs(size: int, seed: int = 42, count: int = 50) -> np.ndarray:
    """[count, size] float32: half Gaussian noise, the rest uniform in [0, 1), then five edge cases."""
    rng = np.random.RandomState(seed)
    gaussian = count // 2
    uniform = count - gaussian - len(EDGE)
    rows = [rng.randn(gaussian, size), rng.uniform(0, 1, (uniform, size))]
    near_zero = 0.01 * rng.randn(1, size)
    large = 10 * rng.randn(1, size)
    rows += [np.zeros((1, size)), np.ones((1, size)), near_zero, np.linspace(0, 1, size)[None], large]
    return np.concatenate(rows).astype(np.float32)
