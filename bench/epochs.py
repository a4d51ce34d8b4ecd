#!/usr/bin/env python3
"""Epochs of whole models on data sets, with all passes and without some: training step, and where there are validation nodes their scores.

Usage: bench/epochs.py [--data "wordnet aifb mutag"] [--models "rgcn rgat hgt"] [--without demanded-rows] [--epochs N] [--rounds N] [--results FILE.json] [-- FLAGS OF train ...]
Runs both by turns with the same seed, keeps the smallest median of each, and prints a table; accuracies on the test nodes are those of the last or best epoch, and differ by what
rounding does to training. GRAPHENGINE names a built executable; data sets are names or folders.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys


def train(command, data, model, epochs, flags):
    arguments = ["train", "--dataset", data, "--model", model, "--epochs", str(epochs), "--patience", "0", "--no-baselines", *flags, "--json", "-"]
    run = subprocess.run([*command, *arguments], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{' '.join(arguments)}: {run.stderr.strip()}")
    return json.loads(run.stdout[run.stdout.index("{"):])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="wordnet")
    parser.add_argument("--models", default="rgcn rgat hgt")
    parser.add_argument("--without", default="demanded-rows", help="passes to leave out, as --disable takes them")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--results")
    parser.add_argument("flags", nargs="*", help="further flags of 'train'")
    options = parser.parse_args()
    command = shlex.split(os.environ.get("GRAPHENGINE", "dotnet run -c Release --project src/GraphEngine.Cli --"))
    rows = []
    print(f"| data set | model | epoch, ms | without {options.without}, ms | times | MB | without, MB | times | test | without |")
    print("|" + "---|" * 10)
    for data in options.data.split():
        for model in options.models.split():
            best = {}
            for _ in range(options.rounds):
                for name, flags in (("all", []), ("without", ["--disable", options.without])):
                    run = train(command, data, model, options.epochs, [*options.flags, *flags])
                    if name not in best or run["epochMilliseconds"] < best[name]["epochMilliseconds"]:
                        best[name] = run
            ours, other = best["all"], best["without"]
            line = [
                ours["dataset"], model, f"{ours['epochMilliseconds']:.2f}", f"{other['epochMilliseconds']:.2f}", f"{other['epochMilliseconds'] / ours['epochMilliseconds']:.2f}",
                f"{ours['peakBytes'] / 1e6:.1f}", f"{other['peakBytes'] / 1e6:.1f}", f"{other['peakBytes'] / ours['peakBytes']:.2f}",
                *(f"{100 * run['test']['accuracy']:.1f} %" if run.get("test") else "-" for run in (ours, other)),
            ]
            print("| " + " | ".join(line) + " |", flush=True)
            rows.append({"dataset": ours["dataset"], "model": model, "without": options.without, "epochs": options.epochs, "runs": best})
            if options.results:  # after every row: a run that is cut off loses nothing
                with open(options.results, "w", encoding="utf-8") as file:
                    json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
