"""What the peers share: the command line, graph files, timing, and the rows they write."""

import argparse
import contextlib
import ctypes
import json
import os
import signal
import statistics
import struct
import sys
import time

MODELS = ("rgcn", "rgat", "hgt")
MODES = ("infer", "train")
TRIAL_SHARE, LIMIT_SHARE, LEAST_REPEATS = 0.25, 5, 3
MISSING = 3  # exit code of a peer whose libraries are not installed
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
    parser.add_argument("--shape", help="name of the graph in the results (default: the file's name)")
    parser.add_argument("--model", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--mode", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--in", dest="in_width", type=int, default=64, help="width of the features (64)")
    parser.add_argument("--out", dest="out_width", type=int, default=64, help="width of the result and number of classes (64)")
    parser.add_argument("--heads", type=int, default=1, help="attention heads of rgat and hgt (1)")
    parser.add_argument("--no-self-loop", dest="self_loop", action="store_false", help="rgcn and rgat without x root")
    parser.add_argument("--no-bias", dest="bias", action="store_false", help="rgcn and rgat without bias")
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
        data = bytearray(file.read())
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        kind = kinds[entry["dtype"]]
        # A tensor may start at any byte, and torch wants whole elements: each gets its own copy.
        flat = torch.frombuffer(bytearray(data[begin:end]), dtype=kind) if end > begin else torch.empty(0, dtype=kind)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors, metadata


def pick_device(name):
    """The torch device of a --device argument."""
    import torch

    return torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)


def _run(step, device):
    """Milliseconds of one call, to the end of its kernels."""
    import torch

    start = time.perf_counter()
    step()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return (time.perf_counter() - start) * 1e3


def _repeat(step, device, least, seconds, limit):
    times, start = [], time.perf_counter()
    while True:
        times.append(_run(step, device))
        passed = time.perf_counter() - start
        if passed >= limit or (len(times) >= least and passed >= seconds):
            return times


def trial(step, device, seconds):
    """A quick estimate, to choose between formulations."""
    _run(step, device)
    return min(_repeat(step, device, 2, TRIAL_SHARE * seconds, LIMIT_SHARE * seconds))


def measure(step, device, seconds):
    """(median, minimum) milliseconds after a warm-up: at least 3 repeats and the given time, or as many as fit in five times as long."""
    _repeat(step, device, 2, TRIAL_SHARE * seconds, LIMIT_SHARE * seconds)
    times = _repeat(step, device, LEAST_REPEATS, seconds, LIMIT_SHARE * seconds)
    return statistics.median(times), min(times)


@contextlib.contextmanager
def time_limit(seconds):
    """Raises RuntimeError in what has not ended after some time: torch.compile may trace a layer of hundreds of relations for minutes."""
    def expire(number, frame):
        raise RuntimeError(f"not ended after {seconds:g} s")

    signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds, 5)  # again after a while: an exception raised in a callback may be swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def shape_of(path):
    """The name of a graph: its file's name without the ending."""
    return os.path.basename(path)[:-len(".safetensors")] if path.endswith(".safetensors") else os.path.basename(path)


def random_input(nodes, arguments, device):
    """Features and labels, the same in every run."""
    import torch

    torch.manual_seed(1)
    return torch.randn(nodes, arguments.in_width).to(device), torch.randint(arguments.out_width, (nodes,)).to(device)


def make_step(forward, leaves, mode, x, labels):
    """(step, function giving the tensors that outlive it): one inference, or one training step with loss, all gradients
    and Adam. leaves are the parameters that forward(x) uses.

    Training is log-softmax with negative log-likelihood over all nodes; the gradient of x is computed too, as a layer
    inside a network hands it on (Wu et al., arXiv 2301.06284, section 5).
    """
    import torch

    if mode == "infer":
        def infer():
            with torch.no_grad():
                return forward(x)
        return infer, lambda: [x, *leaves]
    x = x.clone().requires_grad_()
    adam = torch.optim.Adam(leaves, lr=0.01, **({"foreach": True} if x.is_cuda else {}))

    def train():
        x.grad = None
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(forward(x), labels).backward()
        adam.step()

    def resident():
        held = [x, labels, *leaves]
        held += [t.grad for t in held if t.grad is not None]
        return held + [t for state in adam.state.values() for t in state.values() if torch.is_tensor(t)]

    return train, resident


def peak_bytes(step, device, resident):
    """Peak bytes of tensors during a step, those it starts with (resident) included; None where the profiler cannot say."""
    import torch

    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        _run(step, device)
        return resident + torch.cuda.max_memory_allocated(device) - before
    from torch.profiler import ProfilerActivity, profile

    try:
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as trace:
            step()
        changes = [(e.start_ns() if hasattr(e, "start_ns") else e.start_us(), e.nbytes())
                   for e in trace.profiler.kineto_results.events() if e.name() == "[memory]"]
    except (AttributeError, RuntimeError):
        return None
    held = peak = resident
    for _, change in sorted(changes, key=lambda c: c[0]):
        held += change
        peak = max(peak, held)
    return peak if changes else None


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
    """Writes the rows as a JSON list."""
    if path:
        with open(path, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=2)
            file.write("\n")


def make_row(system, version, variant, model, mode, shape, arguments, device, graph, times, peak):
    """One cell as it is written; graph is (nodes, edges)."""
    row = {
        "system": system, "version": version, "variant": variant, "model": model, "mode": mode, "shape": shape,
        "in": arguments.in_width, "out": arguments.out_width, "heads": arguments.heads, "device": str(device), "threads": arguments.threads,
        "nodes": graph[0], "edges": graph[1], "medianMilliseconds": times[0], "minMilliseconds": times[1], "peakBytes": peak,
    }
    memory = f"{peak / 1e6:9.1f} MB" if peak else ""
    print(f"{system:8} {shape:10} {model:5} {mode:6} {arguments.in_width}->{arguments.out_width} {row['device']:6} "
          f"median {times[0]:9.2f} ms  min {times[1]:9.2f} ms {memory}  {variant}", flush=True)
    return row


def fastest(variants, make_step, device, arguments):
    """(name, step) of the variant with the least time; make_step(variant) may fail for want of memory."""
    wanted = arguments.variant
    if wanted != "auto":
        if wanted not in variants:
            sys.exit(f"--variant {wanted}: this cell knows {', '.join(variants)}")
        return wanted, make_step(wanted)
    times, failures = {}, {}
    for variant in variants:
        try:
            with time_limit(arguments.trial_limit):
                times[variant] = trial(make_step(variant), device, arguments.seconds)
        except (RuntimeError, MemoryError) as error:
            failures[variant] = (str(error).splitlines() or [type(error).__name__])[0]  # the error itself would keep its tensors
    if not times:
        raise RuntimeError("; ".join(f"{variant}: {failure}" for variant, failure in failures.items()))
    best = min(times, key=times.get)
    return best, make_step(best)


def run_cells(system, version, arguments, device, graph, variants_of, build, usual=None):
    """
    Measures every wanted cell of one graph; build(model, mode, variant) returns (forward, leaves). Beside the fastest
    formulation, the usual one included, a cell has the usual one's time, where the peer names it.
    """
    shape = arguments.shape or shape_of(arguments.graph)
    x, labels = random_input(graph.nodes, arguments, device)
    rows = []
    for model in arguments.model:
        for mode in arguments.mode:
            residents = []

            def make(variant):
                residents.clear()  # the former variant's tables and weights go before the next one's come
                step, resident = make_step(*build(model, mode, variant), mode, x, labels)
                residents.append(resident)
                return step

            try:
                variant, step = fastest(variants_of(model), make, device, arguments)
                times = measure(step, device, arguments.seconds)
                peak = peak_bytes(step, device, sum(t.numel() * t.element_size() for t in residents[0]()))
            except (RuntimeError, MemoryError) as error:
                print(f"{system:8} {shape:10} {model:5} {mode:6} failed: {error}", flush=True)
                continue
            usual_times = times if usual == variant else None
            if usual and arguments.variant == "auto" and usual_times is None:
                try:
                    with time_limit(arguments.trial_limit):
                        step = make(usual)
                        usual_times = measure(step, device, arguments.seconds)
                        if usual_times[0] < times[0]:  # the trial was short
                            peak = peak_bytes(step, device, sum(t.numel() * t.element_size() for t in residents[0]()))
                            variant, times = usual, usual_times
                except (RuntimeError, MemoryError) as error:
                    print(f"{system:8} {shape:10} {model:5} {mode:6} {usual} failed: {error}", flush=True)
            row = make_row(system, version, variant, model, mode, shape, arguments, device, (graph.nodes, graph.edges), times, peak)
            if usual_times and arguments.variant == "auto":
                row |= {"usualMilliseconds": usual_times[0], "usualVariant": usual}
            rows.append(row)
            write_rows(arguments.json, rows)
