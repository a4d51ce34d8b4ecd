"""Sparse building blocks of the PyTorch peer, with their gradients: sums over the entries of a row, dots and softmaxes of edges, products by type."""

import math

import torch
import torch.nn.functional as F
from torch.autograd import Function


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
