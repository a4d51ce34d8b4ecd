"""Measures the cells of one graph: formulations are held to GraphEngine's results, tried, and the fastest one is timed."""

import contextlib
import math
import os
import signal
import statistics
import sys
import time

import torch

from common import make_row, read_safetensors, relative_error, shape_of, write_rows

TRIAL_SHARE, LIMIT_SHARE, LEAST_REPEATS = 0.25, 5, 3
TOLERANCE = 1e-3
VANISHING = 1e-3  # gradients shorter than this share of the longest one may be nothing but rounding, and are measured by that share


class Differs(Exception):
    """A peer computes something else than GraphEngine."""


def _run(step, device):
    """Milliseconds of one call, to the end of its kernels."""
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


def random_input(nodes, arguments, device):
    """Features and labels, the same in every run."""
    torch.manual_seed(1)
    return torch.randn(nodes, arguments.in_width).to(device), torch.randint(arguments.out_width, (nodes,)).to(device)


def make_step(forward, leaves, mode, x, labels):
    """(step, function giving the tensors that outlive it): one inference, or one training step with loss, all gradients
    and Adam. leaves are the parameters that forward(x) uses.

    Training is log-softmax with negative log-likelihood over all nodes; the gradient of x is computed too, as a layer
    inside a network hands it on (Wu et al., arXiv 2301.06284, section 5).
    """
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


def evaluate(forward, leaves, mode, x, labels):
    """What is compared, by name: the result y of inference; loss and gradients of training, before any step of the optimiser. leaves are parameters by name."""
    if mode == "infer":
        with torch.no_grad():
            return {"y": forward(x).cpu()}
    x = x.clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy(forward(x), labels)
    loss.backward()
    results = {"loss": loss.detach().reshape(1).cpu(), "grad_x": x.grad.cpu()}
    for name, leaf in leaves.items():
        results["g." + name] = (torch.zeros_like(leaf) if leaf.grad is None else leaf.grad).cpu()
        leaf.grad = None
    return results


def compare(actual, expected):
    """The largest error of any tensor; raises Differs above the tolerance."""
    longest = max((value.norm().item() for name, value in expected.items() if name.startswith("g.")), default=0)
    errors = {}
    for name, value in expected.items():
        error, size = relative_error(actual[name], value), value.norm().item()
        errors[name] = error * size / (VANISHING * longest) if name.startswith("g.") and 0 < size < VANISHING * longest else error
    worst = max(errors, key=lambda name: errors[name] if not math.isnan(errors[name]) else math.inf)
    if not errors[worst] <= TOLERANCE:
        raise Differs(f"{worst} differs from GraphEngine's by {errors[worst]:.1e} of its norm, and more than {TOLERANCE:g} is another function")
    return errors[worst]


class Layer:
    """A layer that 'graphengine bench --export' wrote: x, labels, weights by name, and the results to agree with. convert turns its weights, and their
    gradients, into those of a peer."""

    def __init__(self, path, convert, device):
        tensors = read_safetensors(path)[0]
        self.x, self.weights = tensors["x"].to(device), convert(_without("w.", tensors))
        self.labels = tensors["label"].to(device) if "label" in tensors else None
        self.results = {name: tensors[name] for name in ("y", "loss", "grad_x") if name in tensors}
        if "loss" in tensors:
            self.results |= gradients(convert(_without("g.", tensors)))

    def rename(self, convert):
        """Turns weights and gradients into others: convert(tensors, are_gradients)."""
        self.weights = convert(self.weights, False)
        if "loss" in self.results:
            rest = {name: value for name, value in self.results.items() if not name.startswith("g.")}
            self.results = rest | gradients(convert(_without("g.", self.results), True))


def gradients(named):
    """Gradients as results."""
    return {"g." + name: value for name, value in named.items()}


def _without(prefix, tensors):
    return {name[len(prefix):]: value for name, value in tensors.items() if name.startswith(prefix)}


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


def run_cells(system, version, arguments, device, graph, variants_of, build, read_layer, usual=None):
    """
    Measures every wanted cell of one graph. build(model, mode, variant, weights) returns (forward, parameters by name), with random values where weights is None;
    read_layer(path, model, mode) is the Layer that GraphEngine wrote, in those names. Beside the fastest formulation, the usual one included, a cell has the usual
    one's time, where the peer names it. Returns how many cells compute something else than GraphEngine: these are not measured, and have no row.
    """
    shape = arguments.shape or shape_of(arguments.graph)
    rows, differing = [], 0
    for model in arguments.model:
        for mode in arguments.mode:
            cell = f"{system:8} {shape:10} {model:5} {mode:6}"
            residents, errors, layer = [], {}, None
            x, labels = random_input(graph.nodes, arguments, device)

            def make(variant):
                residents.clear()  # the former variant's tables and weights go before the next one's come
                forward, leaves = build(model, mode, variant, layer and layer.weights)
                if layer is not None:
                    try:
                        errors[variant] = compare(evaluate(forward, leaves, mode, x, labels), layer.results)
                    except Differs as error:
                        raise Differs(f"{variant}: {error}") from None
                step, resident = make_step(forward, list(leaves.values()), mode, x, labels)
                residents.append(resident)
                return step

            try:
                if arguments.layers:
                    path = os.path.join(arguments.layers, f"{shape}-{model}-{mode}.safetensors")
                    if not os.path.exists(path):
                        print(f"{cell} not measured: there is no {path} to compare with", flush=True)
                        continue
                    layer = read_layer(path, model, mode)
                    x, labels = layer.x, layer.labels
                variant, step = fastest(variants_of(model), make, device, arguments)
                times = measure(step, device, arguments.seconds)
                peak = peak_bytes(step, device, sum(t.numel() * t.element_size() for t in residents[0]()))
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
                        print(f"{cell} {usual} failed: {error}", flush=True)
            except Differs as error:
                print(f"error: {system} {shape} {model} {mode} is not measured. {error}.", file=sys.stderr, flush=True)
                differing += 1
                continue
            except (RuntimeError, MemoryError) as error:
                print(f"{cell} failed: {error}", flush=True)
                continue
            row = make_row(system, version, variant, model, mode, shape, arguments, device, (graph.nodes, graph.edges), times, peak, errors.get(variant))
            if usual_times and arguments.variant == "auto":
                row |= {"usualMilliseconds": usual_times[0], "usualVariant": usual}
            rows.append(row)
            write_rows(arguments.json, rows)
    return differing
