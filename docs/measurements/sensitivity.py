# SPDX-License-Identifier: MIT
"""A curved coupled map of R^3 whose log_det is off by its first argument: how small an error `verify --exec` sees.

    flowgauge verify --exec "python3 docs/measurements/sensitivity.py 1e-9" --law L8 --cases 100 --seed 1
    python3 docs/measurements/sensitivity.py measure [float64|float32]     the share of 20 seeds that see each error, 100 cases each
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../verify/adapters/python"))

if sys.argv[1] == "measure":
    dtype = sys.argv[2] if len(sys.argv) > 2 else "float64"
    for error in (1e-5, 1e-6, 1e-7) if dtype == "float32" else (1e-9, 1e-10, 1e-11, 1e-12, 1e-13):
        seen = 0
        for seed in range(1, 21):
            command = f"{sys.executable} {os.path.abspath(__file__)} {error}"
            ran = subprocess.run(["flowgauge", "verify", "--exec", command, "--dtype", dtype, "--law", "L8", "--cases", "100", "--seed", str(seed),
                                  "--out", "out/sensitivity"], capture_output=True)
            seen += ran.returncode == 1
        print(f"{dtype} log_det + {error:g}: seen with {seen} of 20 seeds", flush=True)
    sys.exit(0)

import flowgauge_adapter
import numpy as np

error = float(sys.argv[1])


def forward(x, theta):
    kind = x.dtype.type
    w, u, b = theta["w"].reshape(3, 3), theta["u"], theta["b"]
    h = np.tanh(x @ w.T / kind(2) + b)           # the inside of x + u*tanh(w x + b), made lower triangular below
    y, log_det = x.copy(), np.zeros(len(x), x.dtype)
    for i in range(3):
        slope = np.exp(u[i] * (h[:, i - 1] if i > 0 else 0 * x[:, 0] + 1))
        t = np.tanh(x[:, i])
        y[:, i] = x[:, i] + (slope - 1) * t + (h[:, i - 1] if i > 0 else 0)
        log_det += np.log(t * t + slope * (1 - t * t))
    return y.astype(kind), (log_det + kind(error)).astype(kind)


def mask(x, theta):
    """Row i of w sees the coordinates up to i alone, so that the Jacobian is lower triangular."""
    theta = dict(theta)
    theta["w"] = (np.tril(theta["w"].reshape(3, 3))).reshape(-1)
    return forward(x, theta)


flowgauge_adapter.serve("curved", 3, mask, parameters=[("w", 9, "weight"), ("u", 3, "log_scale"), ("b", 3, "shift")], dtypes=("f64", "f32"),
                        structure="lower")
