# SPDX-License-Identifier: MIT
"""A layer or a source of any Python library as a subject of `flowgauge verify --exec "python3 my_layer.py"`.

Import this module before anything that may print: it keeps stdout for frames and sends to stderr whatever else is printed,
by C libraries too. serve() takes NumPy functions, serve_torch() a module, serve_transform() a torch.distributions transform.
"""
import json
import os
import sys
import traceback

import numpy

_in = os.fdopen(os.dup(0), "rb")
_out = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

_types = {"f32": numpy.dtype("<f4"), "f64": numpy.dtype("<f8")}


def _exactly(count):
    data = bytearray()
    while len(data) < count:
        more = _in.read(count - len(data))
        if not more:
            sys.exit(0)
        data += more
    return bytes(data)


def _question():
    line = _in.readline()
    if not line:
        sys.exit(0)
    header = json.loads(line)
    block, at, arrays = _exactly(header["bytes"]), 0, {}
    kind = _types[header["dtype"]]
    for name, shape in header["arrays"]:
        count = int(numpy.prod(shape, dtype=numpy.int64))
        arrays[name] = numpy.frombuffer(block, kind, count, at).reshape(shape)  # read-only: it is the block itself
        at += count * kind.itemsize
    return header, arrays


def _answer(header, dtype, arrays=()):
    block = b"".join(a.tobytes() for _, a in arrays)
    header.update(dtype=dtype, arrays=[[name, list(a.shape)] for name, a in arrays], bytes=len(block))
    _out.write(json.dumps(header).encode() + b"\n" + block)
    _out.flush()


def _result(op, name, value, kind):
    value = numpy.asarray(value)
    if value.dtype != kind:
        raise TypeError(f"{op} returned {name} as {value.dtype}, {kind.name} was asked for")
    return name, numpy.ascontiguousarray(value)


def serve(name, dim, forward=None, inverse=None, backward=None, parameters=(), context=0, dtypes=("f64",), initial=None, set_parameters=None,
          log_prob=None, sample=None, **facts):
    """Answers questions until stdin ends.

    forward(x) -> (y, log_det): x and y are n x dim, log_det has n numbers; data -> latent. inverse(y) -> (x, log_det of the inverse).
    backward(x, grad_y, grad_log_det) -> (grad_x, grad_theta): the gradient of sum(grad_y*y) + sum(grad_log_det*log_det); grad_theta
    is summed over rows. Each is given theta after these where there are parameters (a dict: block name -> numbers), and then the
    context (n x context) where there is one; backward then returns grad_context too.

    set_parameters(theta): with it theta comes when it changes, and the functions above are called without it.
    initial(seed, dim) -> theta as the library initialises it, a dict or all numbers; the same for the same seed.
    A source instead of a layer: log_prob(x) -> n numbers, sample(n, seed) -> n x dim; facts: support=[low, high] of every coordinate,
    entropy=H in nats.

    parameters: blocks (name, count, role); role is shift, log_scale, weight, logits, direction, multiplier, free or fixed.
    dim: a number, or a list of the dims that there are; parameters may then be a function of dim.
    facts: domain=[low, high] and codomain of every coordinate (None: no end), structure="diagonal" | "lower" | "upper",
    increasing=True (y_j grows with x_j), volume_preserving=True, initial_is_identity=True, ulps=N (by how much a row may change with the
    batch that it comes in), image=True (the codomain is no box: points for the inverse are images of drawn x), jumps=True (not
    continuous), smooth=True (neither y nor log_det has a kink), identity_outside=B (y = x and log_det = 0 where every |x_j| > B).
    """
    dims = list(dim) if isinstance(dim, (list, tuple)) else [dim]
    offered = {"forward": forward, "inverse": inverse, "backward": backward, "initial": initial, "set_parameters": set_parameters,
               "log_prob": log_prob, "sample": sample}
    functions = {op: f for op, f in offered.items() if f}

    def blocks_at(d):
        return [list(block) for block in (parameters(d) if callable(parameters) else parameters)]

    def named_blocks(blocks, theta):
        named, at = {}, 0
        for block, count, _ in blocks:
            named[block] = theta[at:at + count]
            at += count
        return named

    def in_a_row(blocks, theta, kind):
        if isinstance(theta, dict):
            theta = [theta[block] for block, _, _ in blocks]
        if isinstance(theta, numpy.ndarray):
            return theta
        return numpy.concatenate([numpy.zeros(0, kind)] + [numpy.ravel(part) for part in theta])

    def answer(op, given, extra, kind):
        if op == "sample":
            return [_result(op, "x", sample(extra["n"], extra["seed"]), kind)]
        if op == "log_prob":
            return [_result(op, "log_p", log_prob(given["x"]), kind)]
        if op == "initial":
            theta = in_a_row(blocks_at(extra["dim"]), initial(extra["seed"], extra["dim"]), kind)
            return [_result(op, "theta", theta.astype(kind), kind)]
        if op == "set_parameters":
            set_parameters(named_blocks(blocks_at(extra["dim"]), given["theta"]))
            return []
        arguments = [given["y" if op == "inverse" else "x"]]
        blocks = blocks_at(arguments[0].shape[1])
        if op == "backward":
            arguments += [given["grad_y"], given["grad_log_det"]]
        if blocks and not set_parameters:
            arguments += [named_blocks(blocks, given["theta"])]
        arguments += [given["context"]] if context else []
        results = functions[op](*arguments)
        if op != "backward":
            return [_result(op, n, v, kind) for n, v in zip(("x", "log_det") if op == "inverse" else ("y", "log_det"), results)]
        named = [("grad_x", results[0]), ("grad_theta", in_a_row(blocks, results[1], kind))] + ([("grad_context", results[2])] if context else [])
        return [_result(op, n, v, kind) for n, v in named]

    while True:
        header, given = _question()
        op, reply = header["op"], {"id": header["id"], "ok": True}
        if op == "bye":
            _answer(reply, header["dtype"] if "dtype" in header else "f64")
            return
        try:
            if op == "hello":
                d = header.get("dim", dims[0])
                reply.update(protocol=1, name=name, dim=d, dims=dims, dtypes=list(dtypes), has=list(functions), parameters=blocks_at(d),
                             context=context, **facts)
                _answer(reply, header["dtype"])
            else:
                _answer(reply, header["dtype"], answer(op, given, header.get("with", {}), _types[header["dtype"]]))
        except Exception as error:
            traceback.print_exc()
            _answer({"id": header["id"], "ok": False, "error": type(error).__name__, "message": str(error)}, header["dtype"])


def _serve_tensors(name, dim, forward, inverse, parameters, **facts):
    """forward(x, theta) and inverse(y, theta) on tensors; backward by autograd."""
    import torch

    torch.set_num_threads(1)

    def tensors(theta):
        return {block: torch.from_numpy(a.copy()) for block, a in theta.items()}

    def mapped(function):
        def call(x, theta={}):
            with torch.no_grad():
                return [r.numpy() for r in function(torch.from_numpy(x.copy()), tensors(theta))]
        return call

    def backward(x, grad_y, grad_log_det, theta={}):
        x = torch.from_numpy(x.copy()).requires_grad_()
        own = {block: t.requires_grad_() for block, t in tensors(theta).items()}
        wanted = [x, *own.values()]
        results = forward(x, own)
        sides = [(r, torch.from_numpy(g.copy())) for r, g in zip(results, (grad_y, grad_log_det)) if r.requires_grad]
        if sides:
            found = torch.autograd.grad([r for r, _ in sides], wanted, [g for _, g in sides], allow_unused=True)
        else:
            found = [None] * len(wanted)
        found = [(torch.zeros_like(w) if g is None else g).numpy() for w, g in zip(wanted, found)]
        return found[0], dict(zip(own, found[1:]))

    serve(name, dim, mapped(forward), mapped(inverse) if inverse else None, backward, parameters, dtypes=("f64", "f32"), **facts)


def serve_torch(net, dim, name=None, **facts):
    """A module: net(x) -> (y, log_det); net.inverse(y) -> (x, log_det) where it has one. Its parameters are the blocks, and those that it
    comes with are the initial ones."""
    import torch

    shapes = {block: p.shape for block, p in net.eval().named_parameters()}
    blocks = [(block, p.numel(), "weight" if p.dim() > 1 else "free") for block, p in net.named_parameters()]
    buffers = dict(net.named_buffers())

    def called(method):
        class Bound(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.net = net

            def forward(self, x):
                return getattr(self.net, method)(x)
        bound = Bound()

        def call(x, theta):
            state = {"net." + block: t.reshape(shapes[block]) for block, t in theta.items()}
            state.update({"net." + block: b.to(x.dtype) if b.is_floating_point() else b for block, b in buffers.items()})
            return torch.nn.utils.stateless.functional_call(bound, state, (x,))
        return call

    built = {block: p.detach().numpy().copy() for block, p in net.named_parameters()}
    facts.setdefault("initial", lambda seed, dim: built)
    import torch.nn.utils.stateless
    _serve_tensors(name or type(net).__name__.lower(), dim, called("forward"), called("inverse") if hasattr(net, "inverse") else None, blocks, **facts)


def _ends(constraint):
    constraint = getattr(constraint, "base_constraint", constraint)

    def end(key):
        value = getattr(constraint, key, None)
        return None if value is None else float(value)
    return [end("lower_bound"), end("upper_bound")]


def serve_transform(make, dim, name, parameters=(), **facts):
    """A torch.distributions transform: make(**theta) builds it from tensors of the blocks' names. Coordinates that it takes one by
    one are summed over; its domain and codomain are its own unless given."""
    import torch

    blocks = parameters(dim if isinstance(dim, int) else dim[0]) if callable(parameters) else parameters
    example = make(**{block: torch.zeros(count, dtype=torch.float64) for block, count, _ in blocks})
    facts.setdefault("domain", _ends(example.domain))
    facts.setdefault("codomain", _ends(example.codomain))
    if example.domain.event_dim == 0:
        facts.setdefault("structure", "diagonal")

    def log_det(transform, x, y):
        value = transform.log_abs_det_jacobian(x, y)
        return value.sum(-1) if value.dim() > 1 else value

    def forward(x, theta):
        transform = make(**theta)
        y = transform(x)
        return y, log_det(transform, x, y)

    def inverse(y, theta):
        transform = make(**theta)
        x = transform.inv(y)
        return x, log_det(transform.inv, y, x)

    _serve_tensors(name, dim, forward, inverse, parameters, **facts)
