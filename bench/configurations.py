#!/usr/bin/env python3
"""One layer with all passes beside the same layer with those of PIGEON ("both": compaction and reordering), and with its sums edge by edge as well, on shapes x models x modes.

Usage: bench/configurations.py [--shapes "aifb fb15k am:0.25"] [--rounds N] [--results FILE.json]
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
CONFIGURATIONS = {"all": [], "both": ["--disable", "pigeon-both"], "atomic": ["--disable", "pigeon-both,ordered-sums"]}


def bench(command, shape, model, mode, flags):
    name, _, scale = shape.partition(":")
    arguments = ["bench", "--shape", name, *(["--scale", scale] if scale else []), "--model", model, "--mode", mode, *flags, "--json", "-"]
    run = subprocess.run([*command, *arguments], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{' '.join(arguments)}: {run.stderr.strip()}")
    return json.loads(run.stdout[run.stdout.index("{"):])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", default="aifb mutag bgs fb15k am:0.25 biokg:0.25")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--results")
    options = parser.parse_args()
    command = shlex.split(os.environ.get("GRAPHENGINE", "dotnet run -c Release --project src/GraphEngine.Cli --"))
    rows = []
    print("| graph | model | mode | ms | both, ms | both / all | both with atomics, ms | its / all | of roofline | launches | MB | both, MB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for shape in options.shapes.split():
        for model in MODELS:
            for mode in MODES:
                best = {}
                for _ in range(options.rounds):
                    for name, flags in CONFIGURATIONS.items():
                        run = bench(command, shape, model, mode, flags)
                        if name not in best or run["medianMilliseconds"] < best[name]["medianMilliseconds"]:
                            best[name] = run
                ours, both, atomic = best["all"], best["both"], best["atomic"]
                print(
                    f"| {shape} | {model} | {mode} | {ours['medianMilliseconds']:.2f} ({ours['minMilliseconds']:.2f}) | {both['medianMilliseconds']:.2f} ({both['minMilliseconds']:.2f}) "
                    f"| {both['medianMilliseconds'] / ours['medianMilliseconds']:.2f} | {atomic['medianMilliseconds']:.2f} "
                    f"| {atomic['medianMilliseconds'] / ours['medianMilliseconds']:.2f} | {ours['rooflineShare']:.2f} | {ours['launches']} "
                    f"| {ours['peakBytes'] / 1e6:.1f} | {both['peakBytes'] / 1e6:.1f} |", flush=True)
                rows.append({"shape": shape, **{name: {k: v for k, v in run.items() if k != "kernels"} for name, run in best.items()}})
                if options.results:  # after every cell: a run that is cut off loses nothing
                    with open(options.results, "w", encoding="utf-8") as file:
                        json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
