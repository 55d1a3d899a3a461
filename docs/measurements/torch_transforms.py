# SPDX-License-Identifier: MIT
"""One transform of torch.distributions as a layer, by name: what docs/findings.md was found with.

    flowgauge verify --exec "python3 docs/measurements/torch_transforms.py tanh" --dtype float64
    python3 docs/measurements/torch_transforms.py all [float64|float32]      every one, with `flowgauge` from the PATH
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../verify/adapters/python"))

if len(sys.argv) < 2 or sys.argv[1] != "all":
    import flowgauge_adapter
import torch
from torch.distributions import Normal, constraints
from torch.distributions import transforms as t


class Flat:
    """A transform whose outputs have one coordinate too many, or a matrix's shape, seen through as many numbers as it is given."""

    def __init__(self, transform, flat, full, codomain):
        self.transform, self.flat, self.full = transform, flat, full
        self.domain, self.codomain = constraints.independent(constraints.real, 1), codomain

    def __call__(self, x):
        self.all = self.transform(x)
        return self.flat(self.all)

    def log_abs_det_jacobian(self, x, y):
        return self.transform.log_abs_det_jacobian(x, self.all)  # the output itself: rebuilt from y it would have lost digits

    @property
    def inv(self):
        inverse = Flat(self.transform, self.flat, self.full, self.codomain)
        inverse.__class__ = FlatInverse
        return inverse


class FlatInverse(Flat):
    def __call__(self, y):
        return self.transform.inv(self.full(y))

    def log_abs_det_jacobian(self, y, x):
        return -self.transform.log_abs_det_jacobian(x, self.full(y))


def simplex(y):
    return torch.cat([y, 1 - y.sum(-1, keepdim=True)], -1)


def correlation_factor(v):
    """The lower triangle by rows, and the diagonal that gives each row length 1."""
    rows = []
    at = 0
    for i in range(3):
        own = v[:, at:at + i]
        at += i
        diagonal = (1 - (own * own).sum(-1, keepdim=True)).sqrt()
        rows.append(torch.cat([own, diagonal, v.new_zeros(len(v), 2 - i)], -1))
    return torch.stack(rows, -2)


def below_diagonal(m):
    return torch.stack([m[:, 1, 0], m[:, 2, 0], m[:, 2, 1]], -1)


def positive(log_scale):
    return log_scale.exp()


real, inside, smooth = {"codomain": [None, None]}, {"codomain": [-1, 1]}, {"smooth": True}
served = {
    "affine": (lambda shift, log_scale: t.AffineTransform(shift, positive(log_scale)), 3, [("shift", 3, "shift"), ("log_scale", 3, "log_scale")], smooth),
    "exp": (t.ExpTransform, 3, [], smooth),
    "sigmoid": (t.SigmoidTransform, 3, [], smooth),
    "softplus": (t.SoftplusTransform, 3, [], smooth),
    "tanh": (t.TanhTransform, 3, [], smooth),
    "power": (lambda log_power: t.PowerTransform(positive(log_power)), 3, [("log_power", 3, "log_scale")], smooth),
    "cumulative": (lambda shift, log_scale: t.CumulativeDistributionTransform(Normal(shift, positive(log_scale))), 3,
                   [("shift", 3, "shift"), ("log_scale", 3, "log_scale")], smooth),
    "compose": (lambda shift: t.ComposeTransform([t.AffineTransform(shift, 2.0), t.TanhTransform()]), 3, [("shift", 3, "shift")], {**inside, **smooth}),
    "independent": (lambda: t.IndependentTransform(t.ExpTransform(), 1), 3, [], {}),
    "cat": (lambda: t.CatTransform([t.ExpTransform(), t.AffineTransform(1.0, 2.0)], dim=-1, lengths=[1, 2]), 3, [],
            {**real, "domain": [None, None], "structure": "diagonal", "image": True}),
    "stack": (lambda: t.StackTransform([t.AffineTransform(1.0, 2.0), t.AffineTransform(0.0, -3.0)], dim=-1), 2, [],
              {**real, "domain": [None, None], "structure": "diagonal"}),
    "reshape": (lambda: t.ComposeTransform([t.ReshapeTransform((4,), (2, 2)), t.ReshapeTransform((2, 2), (4,))]), 4, [],
                {**real, "domain": [None, None], "volume_preserving": True}),
    "stick_breaking": (lambda: Flat(t.StickBreakingTransform(), lambda y: y[:, :-1], simplex, constraints.unit_interval), 3, [],
                       {"structure": "lower", "image": True}),
    "stick_breaking_1": (lambda: Flat(t.StickBreakingTransform(), lambda y: y[:, :-1], simplex, constraints.unit_interval), 1, [], {}),
    "corr_cholesky": (lambda: Flat(t.CorrCholeskyTransform(), below_diagonal, correlation_factor, constraints.interval(-1.0, 1.0)), 3, [],
                      {"image": True}),
}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name == "all":
        for each in served:
            command = f"{sys.executable} {os.path.abspath(__file__)} {each}"
            dtype = sys.argv[2] if len(sys.argv) > 2 else "float64"
            print("##", each, dtype, flush=True)
            subprocess.run(["flowgauge", "verify", "--exec", command, "--dtype", dtype, "--out", f"out/torch-{each}-{dtype}", "-q"])
    elif name in served:
        make, dim, parameters, facts = served[name]
        flowgauge_adapter.serve_transform(make, dim, name, parameters, **facts)
    else:
        sys.exit("one of " + ", ".join(served) + ", or all; got '" + name + "'")
