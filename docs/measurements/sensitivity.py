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
    for error in (1e-2, 1e-3, 1e-4, 1e-5) if dtype == "float32" else (1e-10, 1e-11, 3e-12, 1e-12):
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
    """Coordinate i is bent by a slope, and shifted, by what the coordinates before it say."""
    kind = x.dtype.type
    w, u, b = theta["w"], theta["u"], theta["b"]
    before = [np.ones(len(x), kind), np.tanh(w[0] * x[:, 0] + b[0]), np.tanh(w[1] * x[:, 0] + w[2] * x[:, 1] + b[1])]
    y, log_det = np.empty_like(x), np.full(len(x), error, kind)
    for i, h in enumerate(before):
        slope, t = np.exp(u[i] * h), np.tanh(x[:, i])
        y[:, i] = x[:, i] + (slope - 1) * t + (h if i > 0 else 0)
        log_det += np.log(t * t + slope * (1 - t * t))
    return y, log_det


flowgauge_adapter.serve("curved", 3, forward, parameters=[("w", 3, "weight"), ("u", 3, "log_scale"), ("b", 2, "shift")], dtypes=("f64", "f32"),
                        structure="lower")
