# SPDX-License-Identifier: MIT
"""A curved coupled map of R^3, one number of which is off by its second argument: how small an error `verify --exec` sees.

    flowgauge verify --exec "python3 docs/measurements/sensitivity.py log_det 1e-9" --law L8 --cases 100 --seed 1
    python3 docs/measurements/sensitivity.py measure [float64|float32]     the smallest power of ten that 20 of 20 seeds see, 100 cases each
"""
import csv
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../verify/adapters/python"))

laws = {"log_det": "L8", "log_det_times": "L8", "jacobian": "L8", "gradient": "L12"}

if sys.argv[1] == "measure":
    dtype = sys.argv[2] if len(sys.argv) > 2 else "float64"

    def verdict(of, error, seed):
        """What the law says. An `error`, or nothing at all, is no answer: a layer that does not start has been seen by nobody."""
        command = f"{sys.executable} {os.path.abspath(__file__)} {of} {error}"
        # A folder of its own: where an earlier run left failures, verify begins with them.
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(["flowgauge", "verify", "--exec", command, "--dtype", dtype, "--law", laws[of], "--cases", "100", "--seed", str(seed),
                                  "--out", f"{folder}/run"], capture_output=True, text=True)
            if run.returncode > 1:
                sys.exit(run.stderr)
            with open(f"{folder}/run/verdicts.csv", encoding="utf-8", newline="") as table:
                rows = [row for row in csv.DictReader(table) if row["law_id"] == laws[of]]
        if len(rows) != 1 or rows[0]["verdict"] not in ("holds", "fails", "unresolved"):
            sys.exit(f"{laws[of]} was not asked about {of} = {error}, seed {seed}: {[(row['verdict'], row['reason']) for row in rows]}")
        return rows[0]["verdict"]

    for of in laws:
        accused = [seed for seed in range(1, 21) if verdict(of, 0.0, seed) == "fails"]
        if accused:
            sys.exit(f"{dtype} {of}: {laws[of]} accuses the layer without an error, with seeds {accused}")
        smallest = "none"
        for digits in range(1, 14):
            if any(verdict(of, 10.0 ** -digits, seed) != "fails" for seed in range(1, 21)):
                break
            smallest = f"1e-{digits}"
        print(f"{dtype} {of}: {smallest} is seen by {laws[of]} with 20 of 20 seeds, no error with none", flush=True)
    sys.exit(0)

import flowgauge_adapter
import numpy as np

of, error = sys.argv[1], float(sys.argv[2])


def parts(x, theta):
    """Coordinate i is bent by a slope, and shifted, by what the coordinates before it say."""
    w, u, b = theta["w"], theta["u"], theta["b"]
    before = [np.ones(len(x), x.dtype), np.tanh(w[0] * x[:, 0] + b[0]), np.tanh(w[1] * x[:, 0] + w[2] * x[:, 1] + b[1])]
    return [(h, np.exp(u[i] * h), np.tanh(x[:, i])) for i, h in enumerate(before)]


def forward(x, theta):
    y, log_det = np.empty_like(x), np.zeros(len(x), x.dtype)
    for i, (h, slope, t) in enumerate(parts(x, theta)):
        y[:, i] = x[:, i] + (slope - 1) * t + (h if i > 0 else 0)
        log_det += np.log(t * t + slope * (1 - t * t))
    if of == "log_det":
        log_det += x.dtype.type(error)
    if of == "log_det_times":
        log_det *= x.dtype.type(1 + error)
    if of == "jacobian":
        y[:, 1] += x.dtype.type(error) * x[:, 1]
    return y, log_det


def backward(x, grad_y, grad_log_det, theta):
    """By the chain rule from the last coordinate to the first: what h and its slope, exp(u h), do to y and to log_det."""
    w, u, p = theta["w"], theta["u"], parts(x, theta)
    grad_x, grad_w, grad_u, grad_b = np.empty_like(x), np.zeros(3, x.dtype), np.zeros(3, x.dtype), np.zeros(2, x.dtype)
    by_h = []
    for i, (h, slope, t) in enumerate(p):
        s = 1 - t * t
        inside = t * t + slope * s
        grad_x[:, i] = grad_y[:, i] * (1 + (slope - 1) * s) + grad_log_det * 2 * t * s * (1 - slope) / inside
        by_slope = (grad_y[:, i] * t + grad_log_det * s / inside) * slope
        grad_u[i] = np.sum(by_slope * h)
        by_h.append(by_slope * u[i] + (grad_y[:, i] if i > 0 else 0))
    for i in (1, 2):
        pre = by_h[i] * (1 - p[i][0] ** 2)
        grad_b[i - 1] = np.sum(pre)
        for j in range(i):
            k = 0 if i == 1 else 1 + j
            grad_w[k] = np.sum(pre * x[:, j])
            grad_x[:, j] += pre * w[k]
    if of == "gradient":
        grad_x[:, 0] += x.dtype.type(error) * grad_y[:, 0]
    return grad_x, {"w": grad_w, "u": grad_u, "b": grad_b}


flowgauge_adapter.serve("curved", 3, forward, backward=backward, parameters=[("w", 3, "weight"), ("u", 3, "log_scale"), ("b", 2, "shift")],
                        dtypes=("f64", "f32"), structure="lower")
