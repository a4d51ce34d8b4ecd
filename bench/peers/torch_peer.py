#!/usr/bin/env python3
"""One layer of RGCN, RGAT or HGT in plain PyTorch, on the graph, widths and function of 'graphengine bench'.

Each layer is measured in the formulations an expert would try, and the fastest is reported:

* where the relations' products run: on every edge ("edge"), once per distinct (relation, source) ("source"; Wu et al.,
  arXiv 2301.06284, call it compact materialisation), or, for RGCN, after the relation's mean on every distinct
  (relation, target) ("target");
* how rows are summed: index_add ("index_add") or one embedding_bag over edges sorted by target ("bag"), which sums
  without a temporary of one row per edge.

Sorting, grouping and the degrees depend on the graph alone and are not timed.
"""

import functools
import json
import sys
import warnings

import common

THREADS = common.prepare_process(sys.argv[1:])

try:
    import torch
except ImportError as missing:
    print(f"PyTorch is not here ({missing}): install Debian's python3-torch with libopenblas0-openmp, or 'pip install torch'.", file=sys.stderr)
    sys.exit(common.MISSING)

from cells import Layer, run_cells
from torch_layers import LAYERS, USUAL, Graph, variants_of, weights_of


def run(arguments, device):
    """Measures every wanted cell of one graph; returns how many of them compute something else than GraphEngine."""
    graph = Graph(common.read_safetensors(arguments.graph)[0], device)

    def build(model, mode, variant, weights):
        layer = LAYERS[model](graph, variant, arguments.heads)
        # A training step changes its parameters, and the next formulation starts with the same ones.
        parameters = {name: value.to(device, copy=True).requires_grad_(mode == "train")
                      for name, value in (weights or layer.parameters(graph, arguments)).items()}
        return lambda x: layer(x, parameters), parameters

    def read_layer(path, model, mode):
        return Layer(path, functools.partial(weights_of, model), device)

    return run_cells("torch", torch.__version__, arguments, device, graph, variants_of, build, read_layer, USUAL)


def case_parameters(kind, w, metadata, types):
    """The parameters of a layer, as differentiable functions of a reference case's weights."""
    if kind.startswith("rgcn"):
        return {name: w[name] for name in ("weight", "root", "bias")}
    if kind == "rgat":
        heads, relations = int(metadata["heads"]), w["weight"].shape[0]

        def vectors(m):
            """[heads * d, heads], block diagonal and shared by all relations, as a vector per relation and head."""
            blocks = torch.stack([m.view(heads, -1, heads)[h, :, h] for h in range(heads)])
            return blocks.expand(relations, -1, -1)

        return {"weight": w["weight"], "bias": w["bias"], "a_src": vectors(w["k"]), "a_dst": vectors(w["q"])}
    heads, edge_types = int(metadata["heads"]), json.loads(metadata["edge_types"])

    def stack(pattern):
        return torch.stack([w[pattern.format(t)] for t in range(types)])

    weight, bias = stack("kqv_lin.lins.n{}.weight").transpose(1, 2), stack("kqv_lin.lins.n{}.bias")
    p = {"w_out": stack("out_lin.lins.n{}.weight").transpose(1, 2), "b_out": stack("out_lin.lins.n{}.bias"),
         "skip": torch.cat([w[f"skip.n{t}"] for t in range(types)]), "mu": torch.cat([w["p_rel." + "__".join(e)] for e in edge_types])}
    for name, part, part_bias in zip("kqv", weight.chunk(3, 2), bias.chunk(3, 1)):
        p["w_" + name], p["b_" + name] = part, part_bias
    for ours, theirs in (("w_att", "k_rel"), ("w_msg", "v_rel")):
        m = w[theirs + ".weight"]
        p[ours] = m.view(heads, -1, *m.shape[1:]).transpose(0, 1)
    return p


def check(arguments, device):
    """Holds every formulation against the reference cases; says whether all agree."""
    passed = True
    for path in arguments.check:
        tensors, metadata = common.read_safetensors(path)
        tensors = {name: value.to(device) for name, value in tensors.items()}
        graph, kind = Graph(tensors, device), metadata["kind"]
        model = kind.split("-")[0]
        expected = {name: value for name, value in tensors.items() if name in ("out", "grad_x") or name.startswith("g.")}
        for variant in variants_of(model):
            heads = int(metadata.get("heads", 1))
            options = {"rgcn": {"mean": kind == "rgcn-mean"}, "rgat": {}, "hgt": {"only_targets": True}}[model]
            layer = LAYERS[model](graph, variant, heads, **options)
            x = tensors["x"].clone().requires_grad_()
            w = {name[2:]: value.clone().requires_grad_() for name, value in tensors.items() if name.startswith("w.")}
            y = layer(x, case_parameters(kind, w, metadata, graph.node_types))
            (y * tensors["probe"]).sum().backward()
            actual = {"out": y.detach(), "grad_x": x.grad}
            actual.update({"g." + name: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for name, leaf in w.items()})
            passed &= common.report_case(path, variant, actual, expected)
    return passed


def main():
    warnings.filterwarnings("ignore", message="scatter_reduce")
    arguments = common.parse_arguments(__doc__.splitlines()[0])
    torch.set_num_threads(THREADS)
    device = common.pick_device(arguments.device)
    if arguments.check:
        sys.exit(0 if check(arguments, device) else 1)
    sys.exit(common.DIFFERS if run(arguments, device) else 0)


if __name__ == "__main__":
    main()
