# SPDX-License-Identifier: MIT
"""An affine coupling of R^3 with a context in NumPy, through the adapter; the command line names its defect ("none": it is right) and dtypes.

Right too: "set", which is told its parameters when they change, and "initial", which says with what it starts.
"""
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
    if defect == "initial_divides":
        v = v / np.sqrt((v * v).sum())
    if defect == "context_ignored":
        h = np.tanh(x0[:, None] * theta["w"].reshape(2, 4)[0] + theta["b"])
    return given, h, v, h @ v


def forward(x, theta, context):
    if defect == "set_dies" and np.abs(x).max() > 3:
        os._exit(5)
    _, _, _, out = network(x[:, 0], theta, context)
    s, t = np.tanh(out[:, :2]), out[:, 2:]
    if defect == "half_in_float" and x.dtype == np.float32:
        s = s.astype(np.float16).astype(np.float32)
    y = np.concatenate([x[:, :1], x[:, 1:] * np.exp(s) + t], 1)
    log_det = s.sum(1)
    if defect == "summand_dropped":
        log_det = s[:, 0].copy()
    if defect == "mean_over_batch":
        log_det = np.full_like(log_det, log_det.mean())
    if defect == "place":
        log_det[1::2] += x.dtype.type(1e-6)
    if defect == "kink":
        y[:, 1] = np.where(y[:, 1] > 0, y[:, 1], y[:, 1] * x.dtype.type(1.01))
        log_det = log_det + np.where(y[:, 1] > 0, 0, np.log(x.dtype.type(1.01)))
    if defect == "falls":
        y[:, 1] = -y[:, 1]
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


def initial(seed, dim):
    rng = np.random.default_rng(seed)
    return {"w": rng.standard_normal(8), "b": np.zeros(4), "v": np.full(16, 0.1 if defect == "initial_not_identity" else 0)}


told = []


def set_parameters(theta):
    if told and all(np.array_equal(theta[block], told[-1][block]) and theta[block].dtype == told[-1][block].dtype for block in theta):
        raise ValueError("these parameters have been set already")
    told.append(theta)


def with_told(function):
    def call(*arguments):
        theta = told[{"set_late": max(0, len(told) - 2), "set_once": 0}.get(defect, -1)]
        return function(*arguments[:-1], {block: theta[block].astype(arguments[0].dtype) for block in theta}, arguments[-1])
    return call


functions = {"forward": forward, "inverse": inverse, "backward": backward}
if defect.startswith("set"):
    functions = {op: with_told(f) for op, f in functions.items()}
    functions["set_parameters"] = set_parameters
if defect.startswith("initial"):
    functions.update(initial=initial, initial_is_identity=defect != "initial_divides")
flowgauge_adapter.serve("np_coupling", 3, parameters=[("w", 8, "weight"), ("b", 4, "shift"), ("v", 16, "weight")], context=1,
                        dtypes=sys.argv[2:] or ["f64"], volume_preserving=defect == "claims_volume", structure="lower", increasing=True,
                        smooth=True, **functions)
