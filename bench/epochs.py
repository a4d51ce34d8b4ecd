#!/usr/bin/env python3
"""Epochs of whole models on data sets, with all passes and without some: training step, and where there are validation nodes their scores.

Usage: bench/epochs.py [--data "wordnet aifb mutag"] [--models "rgcn rgat hgt"] [--without demanded-rows] [--epochs N] [--rounds N] [--results FILE.json] [-- FLAGS OF train ...]
Runs both by turns with the same seed, keeps the smallest median of each, and prints a table; accuracies on the test nodes are those of the last or best epoch, and differ by what
rounding does to training. GRAPHENGINE names a built executable; data sets are names or folders.
"""
import measure


def best_of(data, model, options):
    """The run with the shortest epoch with all passes, and without some, measured by turns."""
    best = {}
    for _ in range(options.rounds):
        for name, flags in (("all", []), ("without", ["--disable", options.without])):
            run = measure.ask(["train", "--dataset", data, "--model", model, "--epochs", str(options.epochs), "--patience", "0", "--no-baselines", *options.flags, *flags])
            if name not in best or run["epochMilliseconds"] < best[name]["epochMilliseconds"]:
                best[name] = run
    return best


def row(model, best):
    """The cells of a table's row."""
    ours, other = best["all"], best["without"]
    accuracies = [f"{100 * run['test']['accuracy']:.1f} %" if run.get("test") else "-" for run in (ours, other)]
    return [
        ours["dataset"], model,
        f"{ours['epochMilliseconds']:.2f}", f"{other['epochMilliseconds']:.2f}", f"{other['epochMilliseconds'] / ours['epochMilliseconds']:.2f}",
        f"{ours['peakBytes'] / 1e6:.1f}", f"{other['peakBytes'] / 1e6:.1f}", f"{other['peakBytes'] / ours['peakBytes']:.2f}", *accuracies,
    ]


def main():
    parser = measure.parser(__doc__.splitlines()[0])
    parser.add_argument("--data", default="wordnet")
    parser.add_argument("--models", default="rgcn rgat hgt")
    parser.add_argument("--without", default="demanded-rows", help="passes to leave out, as --disable takes them")
    parser.add_argument("--epochs", type=measure.positive, default=30)
    parser.add_argument("flags", nargs="*", help="further flags of 'train'")
    options = parser.parse_args()
    rows = []
    with measure.results(options.results):
        measure.print_header(["data set", "model", "epoch, ms", f"without {options.without}, ms", "times", "MB", "without, MB", "times", "test", "without"])
        for data, model in ((data, model) for data in options.data.split() for model in options.models.split()):
            best = best_of(data, model, options)
            measure.print_row(row(model, best))
            rows.append({"dataset": best["all"]["dataset"], "model": model, "without": options.without, "epochs": options.epochs, "runs": best})
            measure.save(rows, options.results)


if __name__ == "__main__":
    main()
