#!/usr/bin/env python3
"""One layer with all passes beside the same layer with those of PIGEON alone, on shapes x models x modes.

Usage: bench/configurations.py [--shapes "aifb fb15k am:0.25"] [--against "both atomic"] [--rounds N] [--results FILE.json]
PIGEON's configurations are none, compaction, reordering and both; atomic is both with its sums edge by edge as well.
Runs the configurations by turns, keeps the run with the smallest median of each, and prints a table; a shape may carry a scale after a colon.
GRAPHENGINE names a built executable.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys

MODELS, MODES = ("rgcn", "rgat", "hgt"), ("infer", "train")
DISABLED = {**{name: f"pigeon-{name}" for name in ("none", "compaction", "reordering", "both")}, "atomic": "pigeon-both,ordered-sums"}


def bench(command, shape, model, mode, flags):
    name, _, scale = shape.partition(":")
    arguments = ["bench", "--shape", name, *(["--scale", scale] if scale else []), "--model", model, "--mode", mode, *flags, "--json", "-"]
    run = subprocess.run([*command, *arguments], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{' '.join(arguments)}: {run.stderr.strip()}")
    return json.loads(run.stdout[run.stdout.index("{"):])


def times(run):
    """Median and, in brackets, minimum."""
    return f"{run['medianMilliseconds']:.2f} ({run['minMilliseconds']:.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", default="aifb mutag bgs fb15k am:0.25 biokg:0.25")
    parser.add_argument("--against", default="both atomic", help=f"some of: {' '.join(DISABLED)}")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--results")
    options = parser.parse_args()
    command = shlex.split(os.environ.get("GRAPHENGINE", "dotnet run -c Release --project src/GraphEngine.Cli --"))
    rows, others = [], options.against.split()
    if unknown := [name for name in others if name not in DISABLED]:
        sys.exit(f"--against: there is no configuration '{unknown[0]}'; choose from {', '.join(DISABLED)}.")
    header = ["graph", "model", "mode", "ms", *(column for name in others for column in (f"{name}, ms", f"{name} / all", f"{name}, MB")), "of roofline", "launches", "MB"]
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for shape in options.shapes.split():
        for model in MODELS:
            for mode in MODES:
                best = {}
                for _ in range(options.rounds):
                    for name in ("all", *others):
                        run = bench(command, shape, model, mode, ["--disable", DISABLED[name]] if name in DISABLED else [])
                        if run["tunedKernels"]:
                            sys.exit(f"{shape} {model} {mode} {name}: {run['tunedKernels']} kernels run with schedules that 'bench --tune' found; measure with GRAPHENGINE_CACHE naming an empty folder.")
                        if name not in best or run["medianMilliseconds"] < best[name]["medianMilliseconds"]:
                            best[name] = run
                ours, cells = best["all"], []
                for run in (best[name] for name in others):
                    cells += [times(run), f"{run['medianMilliseconds'] / ours['medianMilliseconds']:.2f}", f"{run['peakBytes'] / 1e6:.1f}"]
                line = [shape, model, mode, times(ours), *cells, f"{ours['rooflineShare']:.2f}", str(ours["launches"]), f"{ours['peakBytes'] / 1e6:.1f}"]
                print("| " + " | ".join(line) + " |", flush=True)
                rows.append({"shape": shape, **{name: {k: v for k, v in run.items() if k != "kernels"} for name, run in best.items()}})
                if options.results:  # after every cell: a run that is cut off loses nothing
                    with open(options.results, "w", encoding="utf-8") as file:
                        json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
