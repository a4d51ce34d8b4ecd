#!/usr/bin/env python3
"""One layer of RGCN, RGAT or HGT in PyTorch Geometric, on the graph, widths and function of 'graphengine bench'.

The layers are the library's own. Where it offers several that compute the same function, all are tried and the fastest
is reported: for RGCN the loop over relations (RGCNConv, mean per relation), FastRGCNConv, and RGCNConv's segment_matmul
with explicit norms (its own mean over that path is over all neighbours, another function). On CUDA each is tried with
torch.compile too.
"""

import functools
import os
import sys

import common

THREADS = common.prepare_process(sys.argv[1:])

try:
    import torch
    import torch_geometric
    from torch_geometric.nn import FastRGCNConv, HGTConv, RGATConv, RGCNConv
except ImportError as missing:
    print(f"PyTorch Geometric is not here ({missing}): install it with 'pip install torch torch-geometric', and 'pip install pyg-lib "
          "-f https://data.pyg.org/whl/torch-VERSION+cuNNN.html' for segment_matmul, or leave this peer out.", file=sys.stderr)
    sys.exit(common.MISSING)

try:
    import pyg_lib
except ImportError:
    pyg_lib = None

import torch_layers
from cells import Layer, run_cells
from pyg_weights import names_of, share_attention


class Graph:
    """The arrays that PyTorch Geometric takes, edges sorted by relation."""

    def __init__(self, tensors, device):
        src, dst, etype, ntype = (tensors[name].to(device) for name in ("src", "dst", "etype", "ntype"))
        order = torch.argsort(etype, stable=True)
        self.edge_index, self.edge_type = torch.stack([src, dst])[:, order], etype[order]
        self.nodes, self.edges, self.relations = ntype.numel(), src.numel(), tensors["etype_src_ntype"].numel()
        ends = list(zip(tensors["etype_src_ntype"].tolist(), tensors["etype_dst_ntype"].tolist()))
        self.node_types = max(int(ntype.max()), *(max(end) for end in ends)) + 1
        self.node_counts = torch.bincount(ntype, minlength=self.node_types).tolist()
        self.node_offsets = [sum(self.node_counts[:t]) for t in range(self.node_types)]
        counts = torch.bincount(self.edge_type, minlength=self.relations)
        self.edge_ptr = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        self.metadata = ([f"n{t}" for t in range(self.node_types)], [(f"n{s}", f"r{r}", f"n{d}") for r, (s, d) in enumerate(ends)])
        # HGTConv wants local node numbers per relation, and needs no entry for a relation without edges.
        ptr, self.edge_dict = self.edge_ptr.tolist(), {}
        for r, (s, d) in enumerate(ends):
            if ptr[r + 1] > ptr[r]:
                first = torch.tensor([[self.node_offsets[s]], [self.node_offsets[d]]], device=device)
                self.edge_dict[self.metadata[1][r]] = self.edge_index[:, ptr[r]:ptr[r + 1]] - first

    def factors(self):
        """1 / in-degree of an edge's target in its relation."""
        _, group = torch.unique(self.edge_type * self.nodes + self.edge_index[1], return_inverse=True)
        return 1.0 / torch.bincount(group)[group].float()[:, None]


class SegmentRgcn(RGCNConv):
    """RGCNConv over segment_matmul with a norm per edge."""

    def forward(self, x, edge_index, edge_type_ptr, norm):
        out = self.propagate(edge_index, x=x, edge_type_ptr=edge_type_ptr, norm=norm, size=(x.size(0), x.size(0)))
        out = out if self.root is None else out + x @ self.root
        return out if self.bias is None else out + self.bias

    def message(self, x_j, edge_type_ptr, norm):
        messages = pyg_lib.ops.segment_matmul(x_j, edge_type_ptr, self.weight)
        return messages if norm is None else messages * norm


class Rgcn(torch.nn.Module):
    """h'_v = sum over relations of the mean (or sum) of h_u W_r, + h_v W_0 + b (Schlichtkrull et al., arXiv 1703.06103)."""

    def __init__(self, graph, variant, in_width, out_width, heads, aggregation="mean"):
        super().__init__()
        kind = {"loop": RGCNConv, "fast": FastRGCNConv, "segment": SegmentRgcn}[variant]
        self.conv = kind(in_width, out_width, graph.relations, aggr="add" if variant == "segment" else aggregation,
                         is_sorted=True)
        self.arguments = (graph.edge_index, graph.edge_type)
        if variant == "segment":
            self.arguments = (graph.edge_index, graph.edge_ptr, graph.factors() if aggregation == "mean" else None)

    def forward(self, x):
        return self.conv(x, *self.arguments)


class Rgat(torch.nn.Module):
    """RGATConv, softmax across relations (Busbridge et al., arXiv 1904.05811), + x root. Its attention vectors are one
    pair for all relations."""

    def __init__(self, graph, variant, in_width, out_width, heads, self_loop=True):
        super().__init__()
        self.graph = graph
        self.conv = RGATConv(in_width, out_width // heads, graph.relations, heads=heads, attention_mechanism="across-relation",
                             attention_mode="additive-self-attention")
        self.root = torch.nn.Linear(in_width, out_width, bias=False) if self_loop else None

    def forward(self, x):
        y = self.conv(x, self.graph.edge_index, self.graph.edge_type)
        return y if self.root is None else y + self.root(x)


class Hgt(torch.nn.Module):
    """HGTConv (Hu et al., arXiv 2003.01332). Node types that no edge type points at have no result there, and zeros here with only_targets; else what the
    layer's formula gives where nothing arrives, as GraphEngine computes it."""

    def __init__(self, graph, variant, in_width, out_width, heads, only_targets=False):
        super().__init__()
        self.graph, self.width, self.only_targets = graph, out_width, only_targets
        self.conv = HGTConv(in_width, out_width, graph.metadata, heads=heads)

    def forward(self, x):
        g = self.graph
        parts = dict(zip(g.metadata[0], x.split(g.node_counts)))
        out = self.conv(parts, g.edge_dict)
        return torch.cat([out[name] if out.get(name) is not None else self._nothing_arrives(name, part) for name, part in parts.items()])

    def _nothing_arrives(self, name, part):
        if self.only_targets:
            return part.new_zeros(part.shape[0], self.width)
        y = self.conv.out_lin.lins[name].bias.expand(part.shape[0], -1)
        return torch.lerp(part, y, self.conv.skip[name].sigmoid()) if part.shape[1] == self.width else y


LAYERS = {"rgcn": Rgcn, "rgat": Rgat, "hgt": Hgt}


def variants_of(model, device, compiled=True):
    """The names of what is tried."""
    names = {"rgcn": ["loop", "fast"] + (["segment"] if pyg_lib is not None else []), "rgat": ["conv"], "hgt": ["conv"]}[model]
    return names + [f"{name}+compile" for name in names if compiled and device.type == "cuda" and hasattr(torch, "compile")]


def needed_bytes(model, variant, mode, graph, arguments):
    """What the largest temporaries take: a process that the system ends for want of memory reports nothing."""
    wide = arguments.in_width * arguments.out_width
    if model == "rgat" or variant.startswith("fast"):
        numbers = graph.edges * wide  # a weight matrix per edge
    elif model == "hgt":
        sources = sum(graph.node_counts[int(edge_type[0][1:])] for edge_type in graph.edge_dict)
        numbers = 2 * sources * arguments.out_width  # keys and values per edge type and node
    else:
        numbers = graph.edges * (arguments.in_width + arguments.out_width)
    return 4 * numbers * (2 if mode == "train" else 1)


def free_bytes(device):
    """Memory that can still be had."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def run(arguments, device):
    """Measures every wanted cell of one graph; returns how many of them compute something else than GraphEngine."""
    tensors = common.read_safetensors(arguments.graph)[0]
    graph = Graph(tensors, device)

    def build(model, mode, variant, weights):
        needed = needed_bytes(model, variant, mode, graph, arguments)
        if needed > free_bytes(device):
            raise RuntimeError(f"needs more than {needed / 1e9:.0f} GB")
        layer, _, compiled = variant.partition("+")
        module = LAYERS[model](graph, layer, arguments.in_width, arguments.out_width, arguments.heads).to(device)
        for name, value in (weights or {}).items():
            module.get_parameter(name).data.copy_(value)
        return torch.compile(module) if compiled else module, dict(module.named_parameters())

    def read_layer(path, model, mode):
        layer = Layer(path, functools.partial(torch_layers.weights_of, model), device)
        if model == "rgat":
            share_attention(layer, torch_layers.Graph(tensors, device), arguments.heads, mode, device)
        layer.rename(lambda p, are_gradients: names_of(model, p, arguments.heads, graph.metadata, are_gradients))
        return layer

    return run_cells("pyg", torch_geometric.__version__, arguments, device, graph, lambda model: variants_of(model, device), build, read_layer)


def check(arguments, device):
    """Holds the layers against the reference cases, whose weights carry this library's names."""
    passed = True
    for path in arguments.check:
        tensors, metadata = common.read_safetensors(path)
        tensors = {name: value.to(device) for name, value in tensors.items()}
        graph, kind, heads = Graph(tensors, device), metadata["kind"], int(metadata.get("heads", 1))
        model = kind.split("-")[0]
        options = {"rgcn": {"aggregation": kind.split("-")[-1]}, "rgat": {"self_loop": False}, "hgt": {"only_targets": True}}[model]
        expected = {name: value for name, value in tensors.items() if name in ("out", "grad_x") or name.startswith("g.")}
        for variant in variants_of(model, device, compiled=False):
            in_width, out_width = tensors["x"].shape[1], tensors["out"].shape[1]
            module = LAYERS[model](graph, variant, in_width, out_width, heads, **options).to(device)
            module.conv.load_state_dict({name[2:]: value for name, value in tensors.items() if name.startswith("w.")}, strict=model != "rgat")
            x = tensors["x"].clone().requires_grad_()
            y = module(x)
            (y * tensors["probe"]).sum().backward()
            actual = {"out": y.detach(), "grad_x": x.grad}
            for name, leaf in module.conv.named_parameters():
                gradient = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
                if model == "rgat" and name in ("q", "k"):  # each head sees its own slice
                    gradient = gradient * torch.block_diag(*[gradient.new_ones(gradient.shape[0] // heads, 1)] * heads)
                actual["g." + name] = gradient
            passed &= common.report_case(path, variant, actual, expected)
    return passed


def main():
    arguments = common.parse_arguments(__doc__.splitlines()[0])
    torch.set_num_threads(THREADS)
    torch_geometric.backend.use_segment_matmul = False  # RGCNConv's own choice would change the function of aggr="mean"
    device = common.pick_device(arguments.device)
    if arguments.check:
        sys.exit(0 if check(arguments, device) else 1)
    sys.exit(common.DIFFERS if run(arguments, device) else 0)


if __name__ == "__main__":
    main()
