# SPDX-License-Identifier: MIT
"""An affine coupling of R^3 with a context in NumPy, through the adapter; the command line names its defect ("none": it is right) and dtypes."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../adapters/python"))
import flowgauge_adapter
import numpy as np

defect = sys.argv[1]
print("a line on stdout that must not reach the frames")


def network(x0, theta, context):
    given = np.concatenate([x0[:, None], context], 1)
    h = np.tanh(given @ theta["w"].reshape(2, 4) + theta["b"])
    v = theta["v"].reshape(4, 4)
    if defect == "context_ignored":
        h = np.tanh(x0[:, None] * theta["w"].reshape(2, 4)[0] + theta["b"])
    return given, h, v, h @ v


def forward(x, theta, context):
    _, _, _, out = network(x[:, 0], theta, context)
    s, t = np.tanh(out[:, :2]), out[:, 2:]
    y = np.concatenate([x[:, :1], x[:, 1:] * np.exp(s) + t], 1)
    log_det = s.sum(1)
    if defect == "summand_dropped":
        log_det = s[:, 0].copy()
    if defect == "mean_over_batch":
        log_det = np.full_like(log_det, log_det.mean())
    if defect == "leaks":
        y[:, 0] += x[:, 1] * x.dtype.type(1e-3)
    if defect == "other_type":
        log_det = log_det.astype(np.float32)
    if defect == "dropout":
        y = y * (1 + 1e-6 * np.random.default_rng().standard_normal())
    if defect == "nan_to_num":
        y, log_det = np.nan_to_num(y), np.nan_to_num(log_det)
    if defect == "batch_scale":
        y = y / max(1, np.abs(np.nan_to_num(y)).max())
    return y, log_det


def inverse(y, theta, context):
    _, _, _, out = network(y[:, 0], theta, context)
    s, t = np.tanh(out[:, :2]), out[:, 2:]
    x = np.concatenate([y[:, :1], (y[:, 1:] - (-t if defect == "inverse_adds" else t)) * np.exp(-s)], 1)
    return x, s.sum(1) if defect == "inverse_sign" else -s.sum(1)


def backward(x, grad_y, grad_log_det, theta, context):
    given, h, v, out = network(x[:, 0], theta, context)
    s = np.tanh(out[:, :2])
    grad_s = grad_y[:, 1:] * x[:, 1:] * np.exp(s)
    if defect != "gradient_lacks_log_det":
        grad_s = grad_s + grad_log_det[:, None]
    grad_out = np.concatenate([grad_s * (1 - s * s), grad_y[:, 1:]], 1)
    grad_h = (grad_out @ v.T) * (1 - h * h)
    grad_given = grad_h @ theta["w"].reshape(2, 4).T
    grad_x = np.concatenate([(grad_y[:, 0] + grad_given[:, 0])[:, None], grad_y[:, 1:] * np.exp(s)], 1)
    rows = slice(0, 1) if defect == "gradient_of_first_row" else slice(None)
    grad_theta = {"w": given[rows].T @ grad_h[rows], "b": grad_h[rows].sum(0), "v": h[rows].T @ grad_out[rows]}
    return grad_x, grad_theta, grad_given[:, 1:]


flowgauge_adapter.serve("np_coupling", 3, forward, inverse, backward, [("w", 8, "weight"), ("b", 4, "shift"), ("v", 16, "weight")], context=1,
                        dtypes=sys.argv[2:] or ["f64"], volume_preserving=defect == "claims_volume")
