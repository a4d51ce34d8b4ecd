#!/usr/bin/env python3
"""One layer with all passes beside the same layer with those of PIGEON alone, on shapes x models x modes.

Usage: bench/configurations.py [--shapes "aifb fb15k am:0.25"] [--against "both atomic"] [--rounds N] [--results FILE.json]
PIGEON's configurations are none, compaction, reordering and both; atomic is both with its sums edge by edge as well.
Runs the configurations by turns, keeps the run with the smallest median of each, and prints a table; a shape may carry a scale after a colon.
GRAPHENGINE names a built executable.
"""
import sys

import measure

MODELS, MODES = ("rgcn", "rgat", "hgt"), ("infer", "train")
DISABLED = {**{name: f"pigeon-{name}" for name in ("none", "compaction", "reordering", "both")}, "atomic": "pigeon-both,ordered-sums"}


def bench(shape, model, mode, configuration):
    """A run of 'graphengine bench', with the schedules that a cost model chose."""
    name, _, scale = shape.partition(":")
    flags = [*(["--scale", scale] if scale else []), *(["--disable", DISABLED[configuration]] if configuration in DISABLED else [])]
    run = measure.ask(["bench", "--shape", name, "--model", model, "--mode", mode, *flags])
    if run["tunedKernels"]:
        sys.exit(f"{shape} {model} {mode} {configuration}: {run['tunedKernels']} kernels run with schedules that 'bench --tune' found; measure with GRAPHENGINE_CACHE naming an empty folder.")
    return run


def best_of(shape, model, mode, names, rounds):
    """The run with the smallest median of each configuration, measured by turns."""
    best = {}
    for _ in range(rounds):
        for name in names:
            run = bench(shape, model, mode, name)
            if name not in best or run["medianMilliseconds"] < best[name]["medianMilliseconds"]:
                best[name] = run
    return best


def times(run):
    """Median and, in brackets, minimum."""
    return f"{run['medianMilliseconds']:.2f} ({run['minMilliseconds']:.2f})"


def row(shape, model, mode, best):
    """The cells of a table's row; 'all' is what the others are compared with."""
    ours, cells = best["all"], []
    for name, run in best.items():
        if name != "all":
            cells += [times(run), f"{run['medianMilliseconds'] / ours['medianMilliseconds']:.2f}", f"{run['peakBytes'] / 1e6:.1f}"]
    return [shape, model, mode, times(ours), *cells, f"{ours['rooflineShare']:.2f}", str(ours["launches"]), f"{ours['peakBytes'] / 1e6:.1f}"]


def main():
    parser = measure.parser(__doc__.splitlines()[0])
    parser.add_argument("--shapes", default="aifb mutag bgs fb15k am:0.25 biokg:0.25")
    parser.add_argument("--against", default="both atomic", help=f"some of: {' '.join(DISABLED)}")
    options = parser.parse_args()
    rows, others = [], options.against.split()
    if unknown := [name for name in others if name not in DISABLED]:
        sys.exit(f"--against: there is no configuration '{unknown[0]}'; choose from {', '.join(DISABLED)}.")
    with measure.results(options.results):
        columns = [column for name in others for column in (f"{name}, ms", f"{name} / all", f"{name}, MB")]
        measure.print_header(["graph", "model", "mode", "ms", *columns, "of roofline", "launches", "MB"])
        for shape, model, mode in ((s, model, mode) for s in options.shapes.split() for model in MODELS for mode in MODES):
            best = best_of(shape, model, mode, ("all", *others), options.rounds)
            measure.print_row(row(shape, model, mode, best))
            rows.append({"shape": shape, **{name: {k: v for k, v in run.items() if k != "kernels"} for name, run in best.items()}})
            measure.save(rows, options.results)


if __name__ == "__main__":
    main()
