#!/usr/bin/env python3
"""Joins the results of GraphEngine and its peers in a Markdown table and a bar chart.

Reads every *.json of a folder: 'graphengine bench' writes one object, a peer a list of rows. Cells meet where shape,
model, mode, widths, heads and kind of device agree. Rows that a peer marked as not checked against GraphEngine's results are left out.
"""

import argparse
import glob
import json
import math
import os
import sys

OURS = "graphengine"
ORDER = {name: i for i, name in enumerate(("rgcn", "rgat", "hgt", "infer", "train", OURS, "torch", "pyg"))}


def read(folder):
    """All rows of a folder's JSON files."""
    rows = []
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        try:
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
            rows += [measured(row) for row in (content if isinstance(content, list) else [content]) if "medianMilliseconds" in row]
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            sys.exit(f"error: {path} holds no results of a layer ({error}); move it away, or measure again.")
    return rows


def measured(row):
    """A row with all columns: older rows of GraphEngine have neither a system nor a shape."""
    return fastest({**row, "system": row.get("system", OURS), "shape": row.get("shape") or os.path.basename(os.path.normpath(row["dataset"]))})


def fastest(row):
    """The row with the time of the usual formulation where that was faster when both were measured: the trial that chose the other one was short."""
    if row.get("usualMilliseconds", math.inf) >= row["medianMilliseconds"]:
        return row
    return {**row, "medianMilliseconds": row["usualMilliseconds"], "minMilliseconds": None, "peakBytes": None, "variant": row["usualVariant"]}


def join(rows):
    """{cell: {system: row}}, a cell being (shape, in, out, heads, kind of device, model, mode)."""
    cells = {}
    for row in rows:
        device = row["device"].split(":")[0]
        cell = (row["shape"], row["in"], row["out"], row["heads"], device, row["model"], row["mode"])
        found = cells.setdefault(cell, {})
        if row["system"] in found:
            sys.exit(f"error: there are two results of {row['system']} for {' '.join(map(str, cell))}; join one run at a time.")
        found[row["system"]] = row
    shapes = {shape: min(row["edges"] for row in rows if row["shape"] == shape) for shape in {row["shape"] for row in rows}}

    def place(cell):
        return cell[4], shapes[cell[0]], cell[0], cell[1:4], ORDER.get(cell[5], 9), ORDER.get(cell[6], 9)

    return {cell: cells[cell] for cell in sorted(cells, key=place)}


def threads_text(found):
    """The number of threads, by system where they differ; older rows of GraphEngine do not say."""
    known = {system: row["threads"] for system, row in found.items() if "threads" in row}
    if len(set(known.values())) > 1:
        return ", ".join(f"{system} {threads}" for system, threads in known.items())
    return str(next(iter(known.values()), "-"))


def notes(rows):
    """What else is to be known: versions, and whether both sides were compared."""
    versions = sorted({f"{row['system']} {row['version']}" for row in rows if "version" in row})
    lines = [f"Versions: {', '.join(versions)}."] if versions else []
    peers = [row for row in rows if row["system"] != OURS]
    for text, count in (("were held to GraphEngine's results before they were measured, the largest relative error being "
                         f"{max((row['checkError'] for row in peers if row.get('checked')), default=0):.0e}", sum(row.get("checked") is True for row in peers)),
                        ("were NOT compared with GraphEngine's results", sum(row.get("checked") is False for row in peers)),
                        ("are of a time when results of measured layers were not compared", sum("checked" not in row for row in peers))):
        if count:
            lines.append(f"{count} rows of peers {text}.")
    return "\n\n".join(lines) + "\n" if lines else ""


def time_text(row):
    """Median and, in brackets, minimum."""
    if not row:
        return "-"
    least = row["minMilliseconds"]
    return digits(row["medianMilliseconds"]) + (f" ({digits(least)})" if least is not None else "")


def digits(value):
    """Three significant digits."""
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}" if value > 0 else "0"


def table(cells, systems):
    """The Markdown table, then the geometric means of the ratios."""
    others = [system for system in systems if system != OURS]
    usual = [system for system in others if any("usualMilliseconds" in found.get(system, {}) for found in cells.values())]
    header = ["graph", "widths", "heads", "device", "threads", "model", "mode", *[f"{s} ms" for s in systems], *[f"{s} MB" for s in systems],
              *[f"{s} / {OURS}" for s in others], *[f"{s} variant" for s in others], *[f"{s} as usual / {OURS}" for s in usual]]
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    ratios = {}
    for (shape, wide, out, heads, device, model, mode), found in cells.items():
        fields = [shape, f"{wide} -> {out}", str(heads), device, threads_text(found), model, mode, *[time_text(found.get(s)) for s in systems]]
        fields += [f"{found[s]['peakBytes'] / 1e6:.1f}" if s in found and found[s].get("peakBytes") else "-" for s in systems]
        for system in others:
            if system in found and OURS in found:
                ratio = found[system]["medianMilliseconds"] / found[OURS]["medianMilliseconds"]
                ratios.setdefault((device, model, mode, system), []).append(ratio)
                fields.append(f"{ratio:.2f}")
            else:
                fields.append("-")
        fields += [found.get(s, {}).get("variant", "-") for s in others]
        for system in usual:
            if OURS in found and "usualMilliseconds" in found.get(system, {}):
                ratio = found[system]["usualMilliseconds"] / found[OURS]["medianMilliseconds"]
                ratios.setdefault((device, model, mode, f"{system}, {found[system]['usualVariant']}"), []).append(ratio)
                fields.append(f"{ratio:.2f}")
            else:
                fields.append("-")
        lines.append("| " + " | ".join(fields) + " |")
    lines += ["", "Times are medians, minima in brackets; a ratio above 1 says that GraphEngine is faster.", ""]
    if ratios:
        lines += ["| device | model | mode | against | geometric mean | worst | cells |", "|---|---|---|---|---|---|---|"]
        for (device, model, mode, system), values in ratios.items():
            mean = math.exp(sum(map(math.log, values)) / len(values))
            lines.append(f"| {device} | {model} | {mode} | {system} | {mean:.2f} | {min(values):.2f} | {len(values)} |")
    return "\n".join(lines) + "\n"


def chart(cells, systems, path):
    """One panel per mode, a bar per cell and system, logarithmic time."""
    try:
        import matplotlib
        matplotlib.use("Agg")
        import matplotlib.pyplot as plot
    except ImportError:
        print("no chart: matplotlib is not installed (Debian: python3-matplotlib)")
        return
    modes = sorted({cell[6] for cell in cells}, key=lambda mode: ORDER.get(mode, 9))
    several = len({cell[1:5] for cell in cells}) > 1  # widths, heads and device are named where they differ
    longest = max(sum(cell[6] == mode for cell in cells) for mode in modes)
    figure, panels = plot.subplots(len(modes), 1, figsize=(max(6, 1.2 + 0.55 * longest), 3.4 * len(modes)), squeeze=False, layout="constrained")
    wide = 0.8 / len(systems)
    for panel, mode in zip(panels[:, 0], modes):
        chosen = [cell for cell in cells if cell[6] == mode]
        for i, system in enumerate(systems):
            points = [(k + (i - (len(systems) - 1) / 2) * wide, cells[cell][system]["medianMilliseconds"]) for k, cell in enumerate(chosen) if system in cells[cell]]
            if points:
                panel.bar(*zip(*points), width=wide, label=system)
        names = [f"{c[0]}\n{c[5]}" + (f"\n{c[1]}-{c[2]} h{c[3]} {c[4]}" if several else "") for c in chosen]
        panel.set_xticks(range(len(chosen)), names, fontsize=7)
        panel.set_yscale("log")
        panel.set_ylabel("median ms")
        panel.set_title({"infer": "inference", "train": "training step"}.get(mode, mode), fontsize=10)
        panel.grid(axis="y", alpha=0.3)
        panel.set_axisbelow(True)
    panels[0, 0].legend(fontsize=8)
    figure.savefig(path, dpi=150)
    print(f"wrote {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="where the JSON files are")
    parser.add_argument("--markdown", help="the table's file (default: FOLDER/peers.md)")
    parser.add_argument("--png", help="the chart's file (default: FOLDER/peers.png)")
    parser.add_argument("--unchecked", action="store_true", help="take rows of peers that were not compared with GraphEngine's results")
    arguments = parser.parse_args()
    found = read(arguments.folder)
    rows = [row for row in found if arguments.unchecked or row.get("checked") is not False]
    for row in found:
        if row.get("checked") is False and not arguments.unchecked:
            print("error: {system} {shape} {model} {mode} was measured without a comparison with GraphEngine's results and is left out; --unchecked takes it.".format(**row), file=sys.stderr)
    if not rows:
        parser.error(f"{arguments.folder} holds no results to join; run bench/peers/run.sh first")
    systems = sorted({row["system"] for row in rows}, key=lambda system: (ORDER.get(system, 9), system))
    cells = join(rows)
    text = "\n".join(part for part in (table(cells, systems), notes(rows)) if part)
    with open(arguments.markdown or os.path.join(arguments.folder, "peers.md"), "w", encoding="utf-8") as file:
        file.write(text)
    print(text)
    chart(cells, systems, arguments.png or os.path.join(arguments.folder, "peers.png"))
    sys.exit(0 if len(rows) == len(found) else 1)


if __name__ == "__main__":
    main()
