"""What the peers share: the command line, tensor files, comparisons, and the rows they write."""

import argparse
import ctypes
import json
import os
import struct

MODELS = ("rgcn", "rgat", "hgt")
MODES = ("infer", "train")
MISSING = 3  # exit code of a peer whose libraries are not installed
DIFFERS = 4  # exit code of a peer that computes something else than GraphEngine in some cell
M_MMAP_MAX, M_TRIM_THRESHOLD = -4, -1


def prepare_process(argv):
    """Sets what must be set before torch is imported; returns the number of threads.

    BLAS and OpenMP read their thread counts once. glibc gives every large block back to the system and faults it in
    again page by page, which costs several times the arithmetic; kept in the process, as PyTorch's tuning guide
    suggests (there with another allocator), memory is faulted in once.
    """
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--threads", type=int, default=os.cpu_count())
    threads = early.parse_known_args(argv)[0].threads
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    # Threads that spin while they wait take the cores from each other where there are two pools or other programs.
    for name, value in (("GOMP_SPINCOUNT", "10000"), ("OPENBLAS_THREAD_TIMEOUT", "8"), ("GLOG_minloglevel", "2"), ("TORCH_CPP_LOG_LEVEL", "ERROR")):
        os.environ.setdefault(name, value)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, -1)
    return threads


def parse_arguments(description):
    """The command line of a peer."""
    parser = argparse.ArgumentParser(description=description)
    work = parser.add_mutually_exclusive_group(required=True)
    work.add_argument("--graph", metavar="FILE", help="a graph that 'graphengine data export' wrote")
    work.add_argument("--check", metavar="FILE", nargs="+", help="reference cases: compare output and gradients, measure nothing")
    parser.add_argument("--layers", metavar="FOLDER", help="where 'graphengine bench --export' wrote SHAPE-MODEL-MODE.safetensors: features, labels and first weights "
                        "are those, and a cell is measured only where its results agree with those; without it rows are marked as not checked")
    parser.add_argument("--shape", help="name of the graph in the results (default: the file's name)")
    parser.add_argument("--model", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--mode", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--in", dest="in_width", type=int, default=64, help="width of the features (64)")
    parser.add_argument("--out", dest="out_width", type=int, default=64, help="width of the result and number of classes (64)")
    parser.add_argument("--heads", type=int, default=1, help="attention heads of rgat and hgt (1)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda[:N]")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="CPU threads (all cores)")
    parser.add_argument("--variant", default="auto", help="one formulation by name, or the fastest of all (auto)")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long a step is repeated; trials and warm-ups take a quarter of it (2)")
    parser.add_argument("--trial-limit", type=float, default=300.0, help="seconds after which a formulation that has not ended its trial is left out (300)")
    parser.add_argument("--json", metavar="FILE", help="where the rows go")
    arguments = parser.parse_args()
    if arguments.out_width % arguments.heads:
        parser.error(f"--out {arguments.out_width} must be a multiple of --heads {arguments.heads}")
    return arguments


def read_safetensors(path):
    """Tensors by name, and the metadata, of a .safetensors file: u64 header size, JSON header, raw little-endian data."""
    import torch

    kinds = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64, "I32": torch.int32, "U8": torch.uint8, "BOOL": torch.bool}
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        metadata = header.pop("__metadata__", {})
        tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            kind = kinds[entry["dtype"]]
            # A tensor may start at any byte, and torch wants whole elements: each gets memory of its own.
            data = bytearray(end - begin)
            file.seek(8 + size + begin)
            file.readinto(data)
            flat = torch.frombuffer(data, dtype=kind) if end > begin else torch.empty(0, dtype=kind)
            tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata


def pick_device(name):
    """The torch device of a --device argument."""
    import torch

    return torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)


def shape_of(path):
    """The name of a graph: its file's name without the ending."""
    return os.path.basename(path)[:-len(".safetensors")] if path.endswith(".safetensors") else os.path.basename(path)


def relative_error(actual, expected):
    """|actual - expected| / |expected|; the absolute error where the reference is zero."""
    difference, size = (actual - expected).norm().item(), expected.norm().item()
    return difference / size if size > 0 else difference


def report_case(path, label, actual, expected, tolerance=1e-4, zero_tolerance=1e-6):
    """Prints one line for a reference case and says whether every tensor agrees."""
    errors = {name: relative_error(actual[name], reference) for name, reference in expected.items()}
    wrong = [name for name, error in errors.items() if not error <= (tolerance if expected[name].norm() > 0 else zero_tolerance)]
    worst = max(errors, key=errors.get)
    verdict = "FAILED: " + ", ".join(wrong) if wrong else "ok"
    print(f"{os.path.basename(path):28} {label:18} {len(errors):3} tensors, largest error {errors[worst]:.1e} ({worst})  {verdict}", flush=True)
    return not wrong


def write_rows(path, rows):
    """Writes the rows as a JSON list, whole or not at all."""
    if path:
        with open(path + ".partial", "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=2)
            file.write("\n")
        os.replace(path + ".partial", path)


def make_row(system, version, variant, model, mode, shape, arguments, device, graph, times, peak, error):
    """One cell as it is written; graph is (nodes, edges), error the largest one beside GraphEngine's results, None where they were not compared."""
    row = {
        "system": system, "version": version, "variant": variant, "model": model, "mode": mode, "shape": shape,
        "in": arguments.in_width, "out": arguments.out_width, "heads": arguments.heads, "device": str(device), "threads": arguments.threads,
        "nodes": graph[0], "edges": graph[1], "medianMilliseconds": times[0], "minMilliseconds": times[1], "peakBytes": peak,
        "checked": error is not None, "checkError": error,
    }
    memory = f"{peak / 1e6:9.1f} MB" if peak else ""
    agreement = "not checked" if error is None else f"as GraphEngine to {error:.0e}"
    print(f"{system:8} {shape:10} {model:5} {mode:6} {arguments.in_width}->{arguments.out_width} {row['device']:6} "
          f"median {times[0]:9.2f} ms  min {times[1]:9.2f} ms {memory}  {agreement}  {variant}", flush=True)
    return row
