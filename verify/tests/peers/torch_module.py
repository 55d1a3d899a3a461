# SPDX-License-Identifier: MIT
"""A torch module as a layer, whole or with one mistake: `none`, `log_det_sign`, `inverse_adds`, `detached`."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../adapters/python"))

import flowgauge_adapter
import torch

defect = sys.argv[1]


class Coupling(torch.nn.Module):
    """x0 stays; x1 is scaled and shifted by what a small net says of x0."""

    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
        self.register_buffer("bound", torch.tensor(2.0))

    def parts(self, kept):
        raw = self.net(kept)
        return self.bound * torch.tanh(raw[:, :1] / self.bound), raw[:, 1:]

    def forward(self, x):
        log_scale, shift = self.parts(x[:, :1])
        log_det = log_scale[:, 0]
        if defect == "log_det_sign":
            log_det = -log_det
        if defect == "detached":
            log_det = log_det.detach()
        return torch.cat([x[:, :1], torch.exp(log_scale) * x[:, 1:] + shift], 1), log_det

    def inverse(self, y):
        log_scale, shift = self.parts(y[:, :1])
        moved = y[:, 1:] + shift if defect == "inverse_adds" else y[:, 1:] - shift
        return torch.cat([y[:, :1], torch.exp(-log_scale) * moved], 1), -log_scale[:, 0]


torch.manual_seed(0)
flowgauge_adapter.serve_torch(Coupling().double(), 2)
