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

import json
import math
import sys
import warnings

import common

THREADS = common.prepare_process(sys.argv[1:])

try:
    import torch
    import torch.nn.functional as F
    from torch.autograd import Function
except ImportError as missing:
    print(f"PyTorch is not here ({missing}): install Debian's python3-torch with libopenblas0-openmp, or 'pip install torch'.", file=sys.stderr)
    sys.exit(common.MISSING)

SLOPE = 0.2
FORMS = {"rgcn": ("target", "source", "edge"), "rgat": ("source", "edge"), "hgt": ("source", "edge")}
KERNELS = ("bag", "index_add")
USUAL = "edge/index_add"  # one product per relation over its edges, and index_add: how such layers are mostly written


# ---------------------------------------------------------------- sparse building blocks


class Entries:
    """Entries (row, column) sorted by row: what a sum over rows reads."""

    def __init__(self, rows, columns, row_count):
        is_sorted = rows.numel() < 2 or bool((rows[1:] >= rows[:-1]).all())
        self.order = None if is_sorted else torch.sort(rows, stable=True)[1]
        self.rows = rows if is_sorted else rows[self.order]
        self.columns = columns if is_sorted else columns[self.order]
        self.row_count = row_count
        counts = torch.bincount(self.rows, minlength=row_count)
        self.offsets = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
        self.is_selection = rows.numel() == row_count and bool((counts == 1).all())

    def sum(self, x, weights, kernel):
        """y[row] = sum over the row's entries of weight * x[column]."""
        if weights is not None and self.order is not None:
            weights = weights.index_select(0, self.order)
        if self.is_selection and weights is None:
            return x.index_select(0, self.columns)
        if kernel == "bag":
            return F.embedding_bag(self.columns, x, self.offsets, mode="sum", per_sample_weights=weights, include_last_offset=True)
        messages = x.index_select(0, self.columns)
        if weights is not None:
            messages *= weights[:, None]
        return x.new_zeros(self.row_count, x.shape[1]).index_add_(0, self.rows, messages)

    def dot(self, a, b, kernel):
        """<a[row], b[column]> for every entry, in the order the entries were given."""
        if kernel == "bag":
            # The gradient of embedding_bag's weights is this very product, without gathering both sides.
            dots = torch.ops.aten._embedding_bag_per_sample_weights_backward(a, b, self.columns, self.offsets[:-1], self.rows, 0)
        else:
            dots = (a.index_select(0, self.rows) * b.index_select(0, self.columns)).sum(1)
        return dots if self.order is None else torch.empty_like(dots).index_copy_(0, self.order, dots)


class Adjacency:
    """A sparse matrix in both directions. With heads, rows of width heads * d are summed with a weight per entry and head."""

    def __init__(self, rows, columns, row_count, column_count, kernel, heads=1):
        if heads > 1:
            head = torch.arange(heads, device=rows.device)
            rows, columns = ((index[:, None] * heads + head).flatten() for index in (rows, columns))
        self.heads, self.kernel = heads, kernel
        self.forward = Entries(rows, columns, row_count * heads)
        self.backward = Entries(columns, rows, column_count * heads)

    def split(self, x):
        """A row per head."""
        return x.reshape(-1, x.shape[1] // self.heads)

    def join(self, x):
        """A row per node."""
        return x.reshape(-1, x.shape[1] * self.heads)


class SparseSum(Function):
    """y[row] = sum of weight * x[column]; the gradient of x is the same sum over the transpose."""

    @staticmethod
    def forward(ctx, x, weights, adjacency):
        ctx.adjacency = adjacency
        ctx.save_for_backward(x if weights is not None and weights.requires_grad else None, weights)
        return adjacency.join(adjacency.forward.sum(adjacency.split(x), weights, adjacency.kernel))

    @staticmethod
    def backward(ctx, dy):
        a, (x, weights) = ctx.adjacency, ctx.saved_tensors
        dy = a.split(dy)
        dx = a.join(a.backward.sum(dy, weights, a.kernel)) if ctx.needs_input_grad[0] else None
        dw = a.forward.dot(dy, a.split(x), a.kernel) if ctx.needs_input_grad[1] else None
        return dx, dw, None


class SparseDot(Function):
    """s_e = <q[row], k[column]>; its gradients are sums weighted by ds."""

    @staticmethod
    def forward(ctx, q, k, adjacency):
        ctx.adjacency = adjacency
        ctx.save_for_backward(q, k)
        return adjacency.forward.dot(adjacency.split(q), adjacency.split(k), adjacency.kernel)

    @staticmethod
    def backward(ctx, ds):
        a, (q, k) = ctx.adjacency, ctx.saved_tensors
        ds = ds.contiguous()
        return a.join(a.forward.sum(a.split(k), ds, a.kernel)), a.join(a.backward.sum(a.split(q), ds, a.kernel)), None


class EdgeSoftmax(Function):
    """Softmax of [edges, heads] over all edges of a target, shifted by the maximum; ds = p (dp - sum of p dp)."""

    @staticmethod
    def forward(ctx, scores, target, nodes):
        index = target[:, None].expand_as(scores)
        shape = (nodes, scores.shape[1])
        top = scores.new_full(shape, -math.inf).scatter_reduce_(0, index, scores, "amax")
        p = (scores - top.gather(0, index)).exp_()
        p /= scores.new_zeros(shape).scatter_add_(0, index, p).gather(0, index)
        ctx.save_for_backward(p, target)
        ctx.nodes = nodes
        return p

    @staticmethod
    def backward(ctx, dp):
        p, target = ctx.saved_tensors
        index = target[:, None].expand_as(p)
        weighted = p * dp
        total = p.new_zeros(ctx.nodes, p.shape[1]).scatter_add_(0, index, weighted)
        return weighted - p * total.gather(0, index), None, None


class TypedLinear(Function):
    """y[rows of type t] = x[rows of type t] W_t (+ b_t): one GEMM per type that has rows, and per head.

    x [rows, heads * in], w [types, heads, in, out], b [types, heads * out] or None; segments are (type, first row, end).
    """

    @staticmethod
    def forward(ctx, x, w, b, segments):
        _, heads, wide, out = w.shape
        covered = sum(end - begin for _, begin, end in segments)
        y = (x.new_empty if covered == x.shape[0] else x.new_zeros)(x.shape[0], heads, out)
        xs = x.view(-1, heads, wide)
        for t, begin, end in segments:
            for h in range(heads):
                if b is None:
                    torch.mm(xs[begin:end, h], w[t, h], out=y[begin:end, h])
                else:
                    torch.addmm(b[t, h * out:(h + 1) * out], xs[begin:end, h], w[t, h], out=y[begin:end, h])
        ctx.save_for_backward(x, w)
        ctx.segments, ctx.covers_all = segments, covered == x.shape[0]
        return y.view(-1, heads * out)

    @staticmethod
    def backward(ctx, dy):
        x, w = ctx.saved_tensors
        types, heads, wide, out = w.shape
        xs, dys = x.view(-1, heads, wide), dy.contiguous().view(-1, heads, out)
        dx = (torch.empty_like if ctx.covers_all else torch.zeros_like)(xs) if ctx.needs_input_grad[0] else None
        dw = w.new_zeros(w.shape) if ctx.needs_input_grad[1] else None
        db = w.new_zeros(types, heads * out) if ctx.needs_input_grad[2] else None
        for t, begin, end in ctx.segments:
            for h in range(heads):
                if dx is not None:
                    torch.mm(dys[begin:end, h], w[t, h].t(), out=dx[begin:end, h])
                if dw is not None:
                    torch.mm(xs[begin:end, h].t(), dys[begin:end, h], out=dw[t, h])
            if db is not None:
                torch.sum(dy[begin:end], 0, out=db[t])
        return None if dx is None else dx.view(x.shape), dw, db, None


sparse_sum, sparse_dot, edge_softmax, typed_linear = SparseSum.apply, SparseDot.apply, EdgeSoftmax.apply, TypedLinear.apply


def pick(values, index):
    """Rows of a narrow table for every edge; gather's gradient is scatter_add, fast for few columns."""
    return values.gather(0, index[:, None].expand(-1, values.shape[1]))


# ---------------------------------------------------------------- the graph, prepared once


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


# ---------------------------------------------------------------- the layers


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
                "root": glorot(a.in_width, a.out_width) if a.self_loop else None,
                "bias": torch.zeros(a.out_width) if a.bias else None}


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
    second term where widths agree. Hu et al., arXiv 2003.01332, as PyTorch Geometric's HGTConv computes it."""

    def __init__(self, graph, variant, heads):
        super().__init__(graph, variant, heads)
        self.edges = self._edges(heads)
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


def glorot(*shape):
    """Uniform weights scaled by the last two sizes."""
    bound = math.sqrt(6.0 / (shape[-2] + shape[-1]))
    return torch.empty(shape).uniform_(-bound, bound)


# ---------------------------------------------------------------- measuring


def variants_of(model):
    """The formulations that are tried."""
    return [f"{form}/{kernel}" for form in FORMS[model] for kernel in KERNELS]


def run(arguments, device):
    """Measures every wanted cell of one graph."""
    graph = Graph(common.read_safetensors(arguments.graph)[0], device)

    def build(model, mode, variant):
        layer = LAYERS[model](graph, variant, arguments.heads)
        parameters = {name: value.to(device).requires_grad_(mode == "train")
                      for name, value in layer.parameters(graph, arguments).items() if value is not None}
        return lambda x: layer(x, parameters), list(parameters.values())

    common.run_cells("torch", torch.__version__, arguments, device, graph, variants_of, build, USUAL)


# ---------------------------------------------------------------- checking


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
            layer = Rgcn(graph, variant, mean=kind == "rgcn-mean") if model == "rgcn" else LAYERS[model](graph, variant, int(metadata["heads"]))
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
    run(arguments, device)


if __name__ == "__main__":
    main()
