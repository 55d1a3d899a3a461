# SPDX-License-Identifier: MIT
"""y = (1 + tanh x)/2 in NumPy, through the adapter, in both types: far left y is a staircase of u, and no table sees its noise."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../adapters/python"))
import flowgauge_adapter
import numpy as np


def forward(x):
    size = np.abs(x)
    return (1 + np.tanh(x)) / 2, (-2 * (size + np.log1p(np.exp(-2 * size))) + np.log(x.dtype.type(2))).sum(axis=1)


claims = {"codomain": [0, 1]} if sys.argv[1] == "claims_its_range" else {}
flowgauge_adapter.serve("saturated", 1, forward, dtypes=["f64", "f32"], structure="diagonal", increasing=True, **claims)
