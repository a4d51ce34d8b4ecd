"""RGCN, RGAT and HGT layers in plain PyTorch, each bound to a graph in one formulation; what depends on the graph alone is prepared once."""

import math
import sys

import torch
import torch.nn.functional as F

from torch_blocks import Adjacency, edge_softmax, pick, sparse_dot, sparse_sum, typed_linear

SLOPE = 0.2
FORMS = {"rgcn": ("target", "source", "edge"), "rgat": ("source", "edge"), "hgt": ("source", "edge")}
KERNELS = ("bag", "index_add")
USUAL = "edge/index_add"  # one product per relation over its edges, and index_add: how such layers are mostly written


class Rows:
    """Rows sorted by relation on which typed products run: the node each reads, and the row each edge uses."""

    def __init__(self, nodes, types, of_edge, relations):
        self.nodes, self.types, self.of_edge = nodes, types, of_edge
        self.count = nodes.numel()
        self.segments = segments(types, relations)


def segments(types, count):
    """(type, first row, end) of every type that has rows, of rows sorted by type."""
    ends = torch.bincount(types, minlength=count).cumsum(0).tolist()
    return [(t, begin, end) for t, (begin, end) in enumerate(zip([0] + ends[:-1], ends)) if end > begin]


class Graph:
    """A heterogeneous graph with edges sorted by (target, relation, source)."""

    def __init__(self, tensors, device):
        src, dst, etype, ntype = (tensors[name].to(device) for name in ("src", "dst", "etype", "ntype"))
        self.nodes, self.edges = ntype.numel(), src.numel()
        self.relations = tensors["etype_src_ntype"].numel()
        self.node_types = int(ntype.max()) + 1
        for name in ("etype_src_ntype", "etype_dst_ntype"):
            self.node_types = max(self.node_types, int(tensors[name].max()) + 1)
        order = torch.argsort((dst * self.relations + etype) * self.nodes + src)
        self.src, self.dst, self.etype, self.ntype = src[order], dst[order], etype[order], ntype
        if not bool((ntype[1:] >= ntype[:-1]).all()):
            sys.exit("The nodes of the graph must be grouped by type.")
        self.node_segments = segments(ntype, self.node_types)
        self.target_types = set(tensors["etype_dst_ntype"].tolist())

    def groups(self, ends):
        """The distinct (relation, end) pairs."""
        keys, of_edge = torch.unique(self.etype * self.nodes + ends, return_inverse=True)
        return Rows(keys % self.nodes, torch.div(keys, self.nodes, rounding_mode="floor"), of_edge, self.relations)

    def edges_by_type(self, ends):
        """Every edge as a row of its own."""
        types, order = torch.sort(self.etype, stable=True)
        of_edge = torch.empty_like(order)
        of_edge[order] = torch.arange(self.edges, device=order.device)
        return Rows(ends[order], types, of_edge, self.relations)


class Layer:
    """A layer bound to a graph in one formulation, e.g. "source/bag"."""

    def __init__(self, graph, variant, heads):
        self.graph, self.heads = graph, heads
        form, self.kernel = variant.split("/")
        self.sources = graph.edges_by_type(graph.src) if form == "edge" else graph.groups(graph.src)
        self.take_sources = self._take(self.sources)

    def _take(self, rows):
        return Adjacency(torch.arange(rows.count, device=rows.nodes.device), rows.nodes, rows.count, self.graph.nodes, self.kernel)

    def _edges(self, heads):
        """Targets by the rows of the sources."""
        return Adjacency(self.graph.dst, self.sources.of_edge, self.graph.nodes, self.sources.count, self.kernel, heads)

    def _with_self(self, y, x, p):
        """y + x root + bias, as far as there are any."""
        if p.get("root") is not None:
            return y + (x @ p["root"] if p.get("bias") is None else torch.addmm(p["bias"], x, p["root"]))
        return y if p.get("bias") is None else y + p["bias"]


class Rgcn(Layer):
    """h'_v = sum over relations of the mean (or sum) over edges (u, r, v) of h_u W_r, + h_v W_0 + b.
    Schlichtkrull et al., arXiv 1703.06103, eq. 2."""

    def __init__(self, graph, variant, heads=1, mean=True):
        self.graph, self.heads = graph, 1
        form, self.kernel = variant.split("/")
        targets = graph.groups(graph.dst)
        degree = torch.bincount(targets.of_edge, minlength=targets.count)
        self.factors = 1.0 / degree[targets.of_edge].float() if mean else None
        if form != "target":
            super().__init__(graph, variant, 1)
            self.edges = self._edges(1)
            return
        self.sources = None
        self.targets = targets
        self.group = Adjacency(targets.of_edge, graph.src, targets.count, graph.nodes, self.kernel)
        self.combine = Adjacency(targets.nodes, torch.arange(targets.count, device=degree.device), graph.nodes, targets.count, self.kernel)

    def __call__(self, x, p):
        weight = p["weight"][:, None]
        if self.sources is None:
            means = sparse_sum(x, self.factors, self.group)
            y = sparse_sum(typed_linear(means, weight, None, self.targets.segments), None, self.combine)
        else:
            rows = sparse_sum(x, None, self.take_sources)
            y = sparse_sum(typed_linear(rows, weight, None, self.sources.segments), self.factors, self.edges)
        return self._with_self(y, x, p)

    @staticmethod
    def parameters(graph, a):
        return {"weight": glorot(graph.relations, a.in_width, a.out_width),
                "root": glorot(a.in_width, a.out_width), "bias": torch.zeros(a.out_width)}


class Rgat(Layer):
    """s_e = LeakyReLU(<h_u W_r, a_src,r> + <h_v W_r, a_dst,r>), softmax over all incoming edges of v, h'_v = sum of
    alpha_e h_u W_r, heads concatenated, + h_v W_0 + b. Busbridge et al., arXiv 1904.05811, across-relation form.
    Both scores are <h, W_r a_r>: one vector per relation and head in place of a product per row."""

    def __init__(self, graph, variant, heads):
        super().__init__(graph, variant, heads)
        self.targets = graph.groups(graph.dst)
        self.take_targets = self._take(self.targets)
        self.edges = self._edges(heads)

    def __call__(self, x, p):
        weight, heads = p["weight"], self.heads
        by_head = weight.view(weight.shape[0], weight.shape[1], heads, -1)
        score_source, score_target = (torch.einsum("rihd,rhd->rih", by_head, p[name])[:, None] for name in ("a_src", "a_dst"))
        rows = sparse_sum(x, None, self.take_sources)
        messages = typed_linear(rows, weight[:, None], None, self.sources.segments)
        scores = pick(typed_linear(rows, score_source, None, self.sources.segments), self.sources.of_edge)
        at_target = typed_linear(sparse_sum(x, None, self.take_targets), score_target, None, self.targets.segments)
        scores = F.leaky_relu(scores + pick(at_target, self.targets.of_edge), SLOPE)
        alpha = edge_softmax(scores, self.graph.dst, self.graph.nodes)
        return self._with_self(sparse_sum(messages, alpha.flatten(), self.edges), x, p)

    @staticmethod
    def parameters(graph, a):
        vectors = (graph.relations, a.heads, a.out_width // a.heads)
        return {**Rgcn.parameters(graph, a), "a_src": glorot(*vectors), "a_dst": glorot(*vectors)}


class Hgt(Layer):
    """k, q, v = linear per node type; s_e = <k_u W_att,r, q_v> mu_r / sqrt(d); alpha = softmax over all incoming edges;
    o_v = sum of alpha_e v_u W_msg,r; h'_v = g (gelu(o_v) A + b) + (1 - g) h_v, g = sigmoid(skip) per node type, the
    second term where widths agree. Hu et al., arXiv 2003.01332. only_targets leaves node types that no edge type points
    at without a result, as PyTorch Geometric's HGTConv does."""

    def __init__(self, graph, variant, heads, only_targets=False):
        super().__init__(graph, variant, heads)
        self.edges = self._edges(heads)
        self.output_segments, self.mask = graph.node_segments, None
        if not only_targets:
            return
        self.output_segments = [s for s in graph.node_segments if s[0] in graph.target_types]
        has_output = torch.tensor([t in graph.target_types for t in range(graph.node_types)], device=graph.ntype.device)[graph.ntype]
        self.mask = None if bool(has_output.all()) else has_output[:, None].float()

    def __call__(self, x, p):
        k, q, v = (typed_linear(x, p["w_" + name][:, None], p["b_" + name], self.graph.node_segments) for name in "kqv")
        dim = k.shape[1] // self.heads
        # The prior and the scale are folded into the (small) weight rather than multiplied on every edge.
        attention = p["w_att"] * (p["mu"] / math.sqrt(dim))[:, :, None, None]
        keys = typed_linear(sparse_sum(k, None, self.take_sources), attention, None, self.sources.segments)
        messages = typed_linear(sparse_sum(v, None, self.take_sources), p["w_msg"], None, self.sources.segments)
        scores = sparse_dot(q, keys, self.edges).view(-1, self.heads)
        alpha = edge_softmax(scores, self.graph.dst, self.graph.nodes)
        o = F.gelu(sparse_sum(messages, alpha.flatten(), self.edges))
        y = typed_linear(o, p["w_out"][:, None], p["b_out"], self.output_segments)
        if y.shape[1] == x.shape[1]:
            gate = torch.sigmoid(p["skip"]).gather(0, self.graph.ntype)[:, None]
            y = torch.lerp(x, y, gate)
            y = y if self.mask is None else y * self.mask
        return y

    @staticmethod
    def parameters(graph, a):
        types, relation = graph.node_types, (graph.relations, a.heads, a.out_width // a.heads, a.out_width // a.heads)
        p = {"w_att": glorot(*relation), "w_msg": glorot(*relation), "mu": torch.ones(relation[:2]), "skip": torch.ones(types),
             "w_out": glorot(types, a.out_width, a.out_width), "b_out": torch.zeros(types, a.out_width)}
        for name in "kqv":
            p["w_" + name], p["b_" + name] = glorot(types, a.in_width, a.out_width), torch.zeros(types, a.out_width)
        return p


LAYERS = {"rgcn": Rgcn, "rgat": Rgat, "hgt": Hgt}


def weights_of(model, w):
    """Parameters, or their gradients, from those that 'graphengine bench --export' wrote as layer.NAME [types, heads, rows, columns]."""
    w = {name.removeprefix("layer."): value for name, value in w.items()}

    def wide(name):
        """Heads side by side."""
        return w[name].transpose(1, 2).flatten(2).contiguous()

    if model == "hgt":
        p = {"w_att": w["attention"], "w_msg": w["message"], "mu": w["prior"].flatten(1), "w_out": wide("output.weight"), "b_out": wide("output.bias").flatten(1)}
        for name, long in zip("kqv", ("key", "query", "value")):
            p["w_" + name], p["b_" + name] = wide(long + ".weight"), wide(long + ".bias").flatten(1)
        return p | ({"skip": w["skip"].flatten()} if "skip" in w else {})  # no gate where widths differ
    p = {"weight": wide("weight"), "root": w["root"][0, 0], "bias": w["bias"].flatten()}
    return p if model == "rgcn" else p | {"a_src": w["attention.source"][:, :, 0], "a_dst": w["attention.target"][:, :, 0]}


def glorot(*shape):
    """Uniform weights scaled by the last two sizes."""
    bound = math.sqrt(6.0 / (shape[-2] + shape[-1]))
    return torch.empty(shape).uniform_(-bound, bound)


def variants_of(model):
    """The formulations that are tried."""
    return [f"{form}/{kernel}" for form in FORMS[model] for kernel in KERNELS]
