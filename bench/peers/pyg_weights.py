"""Weights of GraphEngine under the names and in the layouts of PyTorch Geometric."""

import torch

from cells import compare, evaluate
from torch_layers import Rgat


def names_of(model, p, heads, metadata, gradients=False):
    """Parameters of the modules in pyg_peer.py, or their gradients, from those of torch_layers.py."""
    if model == "rgcn":
        return {"conv." + name: p[name] for name in ("weight", "root", "bias")}
    if model == "rgat":
        named = {"conv.weight": p["weight"], "conv.bias": p["bias"], "root.weight": p["root"].T}
        # Off its blocks, which are zero here, a matrix of several heads has gradients that no other system has.
        if heads == 1 or not gradients:
            named |= {name: torch.block_diag(*p[vectors][0, :, :, None]) for name, vectors in (("conv.q", "a_dst"), ("conv.k", "a_src"))}
        return named
    named = {f"conv.{name}.weight": p[weight].transpose(0, 1).flatten(0, 1) for name, weight in (("k_rel", "w_att"), ("v_rel", "w_msg"))}
    named |= {"conv.p_rel." + "__".join(edge_type): p["mu"][r:r + 1] for r, edge_type in enumerate(metadata[1])}
    for t, node_type in enumerate(metadata[0]):
        named[f"conv.kqv_lin.lins.{node_type}.weight"] = torch.cat([p["w_" + name][t] for name in "kqv"], 1).T
        named[f"conv.kqv_lin.lins.{node_type}.bias"] = torch.cat([p["b_" + name][t] for name in "kqv"])
        named[f"conv.out_lin.lins.{node_type}.weight"], named[f"conv.out_lin.lins.{node_type}.bias"] = p["w_out"][t].T, p["b_out"][t]
        if "skip" in p:
            named["conv.skip." + node_type] = p["skip"][t:t + 1]
    return named


def share_attention(layer, graph, heads, mode, device):
    """
    Makes the vectors of the first relation those of all: RGATConv has one pair. What is then to be computed comes from the layer in plain PyTorch, once this has
    been found to compute with a pair per relation what GraphEngine did.
    """
    plain = Rgat(graph, "source/index_add", heads)

    def results(weights):
        leaves = {name: value.to(device, copy=True).requires_grad_(mode == "train") for name, value in weights.items()}
        return evaluate(lambda x: plain(x, leaves), leaves, mode, layer.x, layer.labels)

    compare(results(layer.weights), layer.results)
    layer.weights |= {name: layer.weights[name][:1] for name in ("a_src", "a_dst")}
    layer.results = results(layer.weights)
