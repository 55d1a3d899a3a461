# SPDX-License-Identifier: MIT
"""Independent exponential numbers, two unless the command line says how many, as a source in NumPy, through the adapter; it names the
defect too ("none": it is right)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../adapters/python"))
import flowgauge_adapter
import numpy as np

defect = sys.argv[1]
dim = int(sys.argv[2]) if len(sys.argv) > 2 else 2
drawn = [0.0]


def log_prob(x):
    if defect == "refuses_nonsense" and not np.all(x >= 0):
        raise ValueError("x outside the support")
    log_p = np.where(x < 0, x if defect == "edge" else -np.inf, -x).sum(axis=1)
    if defect == "constant":
        log_p = log_p + 0.5
    if defect == "remembers":
        log_p = log_p + 1e-9 * drawn[-1]
    if defect == "mean_over_batch":
        log_p = np.full_like(log_p, log_p.mean())
    return log_p


def sample(n, seed):
    rng = np.random.default_rng(1 if defect == "seed_ignored" else None if defect == "fresh" else seed)
    x = rng.exponential(size=(n, dim))
    if defect == "scale":
        x = 2 * x
    if defect == "shifted":
        x = x + 0.1
    if defect == "negative":
        x[-1, 0] = -1e-9
    drawn.append(x[0, 0])
    return x


flowgauge_adapter.serve("np_exponential", dim, log_prob=log_prob, sample=sample, support=[0, None], entropy=dim + 0.25 * (defect == "entropy"))
