# SPDX-License-Identifier: MIT
"""y = 2x over frames, by Python's own library alone, with one fault named on the command line; "none" has none."""
import json
import math
import os
import signal
import struct
import subprocess
import sys
import time

fault = sys.argv[1]
dim = int(sys.argv[2]) if len(sys.argv) > 2 else 1
questions, out = sys.stdin.buffer, sys.stdout.buffer


def send(header, block=b""):
    header.setdefault("bytes", len(block))
    out.write(json.dumps(header).encode() + b"\n" + block)
    out.flush()


def hello(header):
    if fault == "leaves_before_hello":
        sys.exit(7)
    if fault == "silent_hello":
        time.sleep(3600)
    if fault == "banner":
        print("Welcome to my library 1.2\n", flush=True)
    answer = {"id": header["id"], "ok": True, "dtype": "f64", "arrays": [], "protocol": 2 if fault == "other_protocol" else 1,
              "name": "my layer" if fault == "bad_name" else "doubled", "dim": dim, "dtypes": ["f64"], "has": ["forward", "inverse"],
              "parameters": [["k", 1, "scale"]] if fault == "bad_role" else [], "structure": "diagonal"}
    if fault in ("initial_short", "initial_nan", "set_answers"):
        answer["parameters"] = [["k", 1, "shift"]]
        answer["has"].append("set_parameters" if fault == "set_answers" else "initial")
    if fault in ("sample_short", "source_in_float"):
        answer["has"] = ["log_prob", "sample"]
    if fault == "source_in_float":
        answer["dtypes"] = ["f32"]
    if fault == "source_with_parameters":
        answer.update(has=["log_prob", "sample"], parameters=[["k", 1, "shift"]])
    if fault == "layer_and_source":
        answer["has"] += ["log_prob", "sample"]
    if fault == "claim_is_text":
        answer["increasing"] = "yes"
    if fault == "box_of_0":
        answer["identity_outside"] = 0
    if fault == "identity_without_initial":
        answer["initial_is_identity"] = True
    if fault == "no_dim":
        del answer["dim"]
    send(answer)


def forward(header, block):
    n = header["arrays"][-1][1][0]
    x = struct.unpack(f"<{n * dim}d", block[-8 * n * dim:])
    y, log_det = [2 * v for v in x], [dim * math.log(2)] * n
    answer = {"id": header["id"], "ok": True, "dtype": "f64", "arrays": [["y", [n, dim]], ["log_det", [n]]]}
    if fault == "far_point_kills" and max(map(abs, x)) > 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    if fault == "nan":
        y[0] = math.nan
    if fault == "wrong_id":
        answer["id"] += 1
    if fault == "other_dtype":
        answer["dtype"] = "f32"
    if fault == "summed_log_det":
        answer["arrays"][1][1], log_det = [1], [sum(log_det)]
    data = struct.pack(f"<{len(y) + len(log_det)}d", *y, *log_det)
    if fault == "bytes_and_shapes_differ":
        data = data[:-8]
    if fault == "too_many_bytes":
        answer["bytes"] = 1 << 40
    if fault == "garbage":
        out.write(b"step 1: loss 0.3\n")
    if fault == "endless_line":
        out.write(b"x" * 70000)
        out.flush()
        time.sleep(3600)
    if fault == "no_bytes":
        out.write(json.dumps(answer).encode() + b"\n")
        out.flush()
        return
    if fault == "silent":
        time.sleep(3600)
    if fault == "ends":
        sys.exit(3)
    if fault == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "closes_stdout":
        os.close(1)
        time.sleep(3600)
    if fault == "grandchild_holds_the_pipe":
        subprocess.Popen(["sleep", "20"])
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "memory":
        hoard = bytearray(300 << 20)
        hoard[::4096] = b"x" * len(hoard[::4096])
        time.sleep(3600)
    if fault == "refuses":
        return send({"id": header["id"], "ok": False, "error": "ValueError", "message": "x outside the domain", "dtype": "f64", "arrays": []})
    if fault in ("silent_in_mid_frame", "dies_in_mid_frame"):
        answer["bytes"] = len(data)
        out.write(json.dumps(answer).encode() + b"\n" + data[:5])
        out.flush()
        if fault == "silent_in_mid_frame":
            time.sleep(3600)
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "floods_stderr":
        sys.stderr.write("noise\n" * 100000)
    if fault == "extra_output":
        answer["bytes"] = len(data)
        out.write(json.dumps(answer).encode() + b"\n" + data + b"done\n")
        return out.flush()
    send(answer, data)


def inverse(header, block):
    n = header["arrays"][1][1][0]
    if fault == "inverse_dies":
        sys.exit(4)
    x = [v / 2 for v in struct.unpack(f"<{n * dim}d", block)]
    data = struct.pack(f"<{n * dim + n}d", *x, *([-dim * math.log(2)] * n))
    send({"id": header["id"], "ok": True, "dtype": "f64", "arrays": [["x", [n, dim]], ["log_det", [n]]]}, data)


def initial(header, block):
    theta = [math.nan] if fault == "initial_nan" else []
    send({"id": header["id"], "ok": True, "dtype": "f64", "arrays": [["theta", [len(theta)]]]}, struct.pack(f"<{len(theta)}d", *theta))


def set_parameters(header, block):
    send({"id": header["id"], "ok": True, "dtype": "f64", "arrays": [["theta", [1]]]}, block)


def sample(header, block):
    n = header["with"]["n"] - 1
    send({"id": header["id"], "ok": True, "dtype": "f64", "arrays": [["x", [n, dim]]]}, bytes(8 * n * dim))


while line := questions.readline():
    question = json.loads(line)
    if fault == "reads_nothing" and question["op"] == "forward":
        time.sleep(3600)
    content = questions.read(question["bytes"])
    if question["op"] == "hello":
        hello(question)
    elif question["op"] == "bye":
        send({"id": question["id"], "ok": True, "dtype": "f64", "arrays": []})
        break
    else:
        globals()[question["op"]](question, content)
