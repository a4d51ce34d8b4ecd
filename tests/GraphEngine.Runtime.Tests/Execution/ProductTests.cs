using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

public sealed class ProductTests
{
    // Heads, inner and outer width: ragged tiles, single columns, several panels, several heads.
    public static TheoryData<string, int, int, int> Shapes() => OnDevices((1, 1, 1), (1, 7, 26), (1, 26, 1), (1, 64, 64), (1, 72, 100), (2, 16, 16), (3, 7, 5));

    public static TheoryData<string, int, int, int> FewShapes() => OnDevices((1, 26, 7), (1, 64, 64), (2, 16, 16));

    [Theory, MemberData(nameof(Shapes))]
    public void Rows_times_weights(string device, int heads, int k, int n)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, new RowShape(heads, 1, k)), one = b.Input("one", Space.Nodes, RowShape.Vector(k)), s = b.Input("s", Space.Nodes, RowShape.Scalar);
        Node shared = b.Input("w", Space.One, new RowShape(heads, k, n)), typed = b.Input("wt", Space.NodeTypes, new RowShape(heads, k, n));
        Node turned = b.Input("wr", Space.EdgeTypes, new RowShape(heads, n, k)), single = b.Input("w1", Space.NodeTypes, RowShape.Matrix(k, n)), bias = b.Input("b", Space.One, new RowShape(heads, 1, n));
        Node nodeBias = b.Input("bn", Space.NodeTypes, new RowShape(heads, 1, n)), edgeBias = b.Input("be", Space.EdgeTypes, new RowShape(heads, 1, n));
        Node messages = x.Along(IndexMap.EdgeSource);
        List<Output> outputs =
        [
            new("shared", x.Linear(shared)),
            new("typed", (x.Linear(typed, IndexMap.NodeType) + bias).Relu()),
            // A bias that is all there is to add is where the sums of the product start.
            new("biased", x.Linear(shared) + bias),
            new("biased by type", nodeBias.Along(IndexMap.NodeType) + x.Linear(typed, IndexMap.NodeType)),
            new("biased edges", messages.Linear(turned, IndexMap.EdgeType, transposed: true) + edgeBias.Along(IndexMap.EdgeType)),
            new("one", one.Linear(typed, IndexMap.NodeType) * s),
            new("single", x.Linear(single, IndexMap.NodeType) * 2f),
            new("edges", messages.Linear(turned, IndexMap.EdgeType, transposed: true) * s.Along(IndexMap.EdgeTarget)),
            new("groups", messages.Mean(IndexMap.EdgeTargetGroup).Linear(turned, IndexMap.TargetGroupType, transposed: true).Sum(IndexMap.TargetGroupNode)),
            new("activated", b.Dropout((x * s).Tanh().Linear(shared).Sigmoid(), 0.3f)),
        ];
        Check(device, outputs);
    }

    // Lists have a form of their own on CPUs alone.
    public static TheoryData<string, int, int, int> CpuShapes() => [.. Shapes().Where(shape => shape.Data.Item1 == TestDevices.CpuName).Concat(FewShapes().Where(shape => shape.Data.Item1 != TestDevices.CpuName).Take(1))];

    [Theory, MemberData(nameof(CpuShapes))]
    public void Rows_of_a_list_times_weights(string device, int heads, int k, int n)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, new RowShape(heads, 1, k)), rows = x.Along(IndexMap.SourceGroupNode), one = b.Input("one", Space.Nodes, RowShape.Vector(k)).Along(IndexMap.SourceGroupNode);
        Node w = b.Input("w", Space.EdgeTypes, new RowShape(heads, k, n)), turned = b.Input("turned", Space.EdgeTypes, new RowShape(heads, n, k)), shared = b.Input("shared", Space.One, new RowShape(heads, k, n));
        Node bias = b.Input("bias", Space.EdgeTypes, new RowShape(heads, 1, n)), g = b.Input("g", Space.Nodes, new RowShape(heads, 1, n)), own = b.Input("own", Space.SourceGroups, new RowShape(heads, 1, n));
        IndexMap types = IndexMap.SourceGroupType;
        List<Output> outputs =
        [
            new("plain", rows.Linear(w, types)),
            new("turned", rows.Linear(turned, types, transposed: true)),
            new("biased", rows.Linear(w, types) + bias.Along(types)),
            new("one", one.Linear(w, types).Tanh()),
            new("summed", rows.Linear(turned, types, transposed: true).SumHeads()),
            new("some", x.Along(IndexMap.Inclusion("author")).Linear(shared)),
            new("sums", rows.Outer(own, types)),
            new("sums of both", rows.Outer(g.Along(IndexMap.SourceGroupNode), types)),
            new("sums with one", one.Outer(own, types)),
            new("sums of some", x.Along(IndexMap.Inclusion("author")).Outer(g.Along(IndexMap.Inclusion("author")), IndexMap.ToOne(Space.NodesOf("author")))),
        ];
        Check(device, outputs);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Products_that_are_summed_or_spread(string device, int heads, int k, int n)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, new RowShape(heads, 1, k)), one = b.Input("one", Space.Nodes, RowShape.Vector(k)), s = b.Input("s", Space.Nodes, RowShape.Scalar);
        Node w = b.Input("w", Space.NodeTypes, new RowShape(heads, k, n)), w1 = b.Input("w1", Space.NodeTypes, RowShape.Matrix(k, n)), a = b.Input("a", Space.One, new RowShape(heads, 1, n));
        Node head = b.Input("head", Space.Nodes, new RowShape(heads, 1, 1)), column = b.Input("column", Space.NodeTypes, RowShape.Matrix(k, 1)), wide = b.Input("wide", Space.Nodes, RowShape.Vector(8));
        List<Output> outputs =
        [
            new("dot", (x.Linear(w, IndexMap.NodeType) * a).SumColumns() * s),
            new("peak", x.Linear(w, IndexMap.NodeType).MaxColumns()),
            new("heads", one.Linear(w1, IndexMap.NodeType) * head),
            new("spread", one.Linear(column, IndexMap.NodeType) * wide),
        ];
        Check(device, outputs);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Products_whose_heads_are_summed_up(string device, int heads, int k, int n)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, new RowShape(heads, 1, k)), edge = x.Along(IndexMap.EdgeSource), s = b.Input("s", Space.Nodes, RowShape.Scalar);
        Node w = b.Input("w", Space.NodeTypes, new RowShape(heads, k, n)), turned = b.Input("turned", Space.NodeTypes, new RowShape(heads, n, k)), own = b.Input("own", Space.EdgeTypes, new RowShape(heads, n, k));
        Node bias = b.Input("bias", Space.NodeTypes, RowShape.Vector(n)), head = b.Input("head", Space.Nodes, new RowShape(heads, 1, 1));
        List<Output> outputs =
        [
            new("plain", x.Linear(w, IndexMap.NodeType).SumHeads()),
            new("biased", x.Linear(w, IndexMap.NodeType).SumHeads() + bias.Along(IndexMap.NodeType)),
            new("dot", (x.Linear(w, IndexMap.NodeType).SumHeads() * s).SumColumns()),
            new("spread", x.Linear(turned, IndexMap.NodeType, transposed: true).SumHeads() * head),
            new("turned", (x * s).Linear(turned, IndexMap.NodeType, transposed: true).SumHeads().Tanh()),
            new("in a loop", (x * s).Tanh().Linear(turned, IndexMap.NodeType, transposed: true).SumHeads() * x.SumColumns().SumHeads()),
            new("edges", edge.Linear(own, IndexMap.EdgeType, transposed: true).SumHeads().Sum(IndexMap.EdgeTarget)),
            // Rows or weights without heads, and products that something else reads, stay as they are.
            new("one row", x.SumHeads().Linear(w, IndexMap.NodeType).SumHeads()),
            new("read twice", Twice(x.Linear(w, IndexMap.NodeType))),
        ];
        Check(device, outputs);

        static Node Twice(Node product) => product.SumHeads() + product.MaxColumns().SumHeads();
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Sums_of_outer_products(string device, int heads, int k, int n)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, new RowShape(heads, 1, k)), g = b.Input("g", Space.Nodes, new RowShape(heads, 1, n)), one = b.Input("one", Space.Nodes, RowShape.Vector(k));
        Node e = b.Input("e", Space.Edges, new RowShape(heads, 1, n));
        List<Output> outputs =
        [
            new("shared", x.Outer(g, IndexMap.ToOne(Space.Nodes))),
            new("typed", x.Outer(g.Relu(), IndexMap.NodeType)),
            new("one", one.Outer(g, IndexMap.NodeType)),
            new("edges", x.Along(IndexMap.EdgeSource).Outer(e, IndexMap.EdgeType)),
            new("groups", x.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTargetGroup).Outer(g.Along(IndexMap.TargetGroupNode), IndexMap.TargetGroupType)),
        ];
        Check(device, outputs);
    }

    // Narrow heads of one row: halves and quarters of a register, more of them than a panel holds, and some that must stay apart.
    [Theory]
    [InlineData(8, 20, 8), InlineData(16, 9, 8), InlineData(4, 13, 4), InlineData(16, 5, 4), InlineData(4, 64, 16), InlineData(2, 31, 32), InlineData(5, 6, 12), InlineData(3, 7, 5), InlineData(4, 3, 1)]
    public void Narrow_heads_of_one_row(int heads, int k, int n)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(k)), edge = x.Along(IndexMap.EdgeSource);
        Node perNodeType = b.Parameter("wn", Space.NodeTypes, new RowShape(heads, k, n)), perEdgeType = b.Parameter("we", Space.EdgeTypes, new RowShape(heads, k, n)), shared = b.Parameter("w", Space.One, new RowShape(heads, k, n));
        Node bias = b.Parameter("b", Space.NodeTypes, new RowShape(heads, 1, n));
        Node typed = x.Linear(perNodeType, IndexMap.NodeType), biased = (x * 0.5f).Linear(perNodeType, IndexMap.NodeType) + bias.Along(IndexMap.NodeType);
        Node messages = edge.Linear(perEdgeType, IndexMap.EdgeType).Sum(IndexMap.EdgeTarget), common = x.Linear(shared).Tanh();
        Node loss = (typed.Tanh() + biased.Tanh() + messages.Tanh() + common).SumColumns().SumHeads().Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([x, perNodeType, perEdgeType, shared, bias]);
        Check("cpu", [new("typed", typed), new("biased", biased), new("messages", messages), new("common", common), .. gradients.Select(g => new Output($"d{((Op.Leaf)g.Key.Op).Name}", g.Value))]);
    }

    [Theory, MemberData(nameof(FewShapes))]
    public void Products_and_sums_of_matrices(string device, int heads, int k, int n)
    {
        ProgramBuilder b = new();
        Node perNodeType = b.Input("a", Space.NodeTypes, new RowShape(heads, n, k)), perEdgeType = b.Input("b", Space.EdgeTypes, new RowShape(heads, k, n));
        Node square = b.Input("c", Space.One, new RowShape(heads, k, k)), wide = b.Input("d", Space.One, new RowShape(heads, k, n)), x = b.Input("x", Space.Nodes, RowShape.Vector(n));
        Node product = perNodeType.Along(IndexMap.EdgeTypeSource).Linear(perEdgeType, IndexMap.Identity(Space.EdgeTypes));
        List<Output> outputs =
        [
            new("typed", product),
            new("used", x.Along(IndexMap.EdgeSource).Linear(product, IndexMap.EdgeType).Sum(IndexMap.EdgeTarget)),
            new("turned", perEdgeType.Linear(perNodeType.Along(IndexMap.EdgeTypeTarget), IndexMap.Identity(Space.EdgeTypes)).Sum(IndexMap.EdgeTypeSource)),
            new("transposed", wide.Linear(wide, IndexMap.Identity(Space.One), transposed: true).Linear(square, IndexMap.Identity(Space.One))),
            new("shared", perNodeType.Linear(square, IndexMap.ToOne(Space.NodeTypes)).Tanh()),
            new("outer", perNodeType.Along(IndexMap.EdgeTypeSource).Outer(product, IndexMap.Identity(Space.EdgeTypes))),
            new("outer of all", perEdgeType.Outer(perEdgeType, IndexMap.ToOne(Space.EdgeTypes))),
        ];
        Check(device, outputs);
    }

    [Theory, MemberData(nameof(FewShapes))]
    public void Gradients_of_attention(string device, int heads, int k, int n)
    {
        ProgramBuilder b = new();
        Node x = b.Parameter("x", Space.Nodes, RowShape.Vector(k)), w = b.Parameter("w", Space.EdgeTypes, new RowShape(heads, k, n));
        Node a = b.Parameter("a", Space.One, new RowShape(heads, 1, n)), root = b.Parameter("root", Space.One, RowShape.Matrix(k, n)), bias = b.Parameter("bias", Space.One, RowShape.Vector(n));
        Node z = x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType);
        // Logits of order one, as attention scales them: those of order ten turn a rounding into a tenth of the tolerance on their own.
        Node scores = ((z * a).SumColumns() * (1 / Math.Sqrt(n))).LeakyRelu(0.2f).Softmax(IndexMap.EdgeTarget);
        Node y = b.Dropout((z * scores).Sum(IndexMap.EdgeTarget).SumHeads() + x.Linear(root) + bias, 0.2f).Tanh();
        Node loss = (y * y * y).SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([x, w, a, root, bias]);
        List<Output> outputs = [new("y", y), new("loss", loss), .. gradients.Select(g => new Output($"d{((Op.Leaf)g.Key.Op).Name}", g.Value))];
        Check(device, outputs);
    }

    [Theory, MemberData(nameof(FewShapes))]
    public void Products_of_edges_without_reordering(string device, int heads, int k, int n)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, new RowShape(heads, 1, k)), w = b.Input("w", Space.EdgeTypes, new RowShape(heads, k, n));
        Node messages = x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType);
        Check(device, [new("sum", messages.Sum(IndexMap.EdgeTarget)), new("scores", messages.SumColumns())], "aggregate-first");
    }

    private static TheoryData<string, int, int, int> OnDevices(params (int Heads, int K, int N)[] shapes)
    {
        TheoryData<string, int, int, int> data = [];
        foreach (string device in TestDevices.Names.Select(n => n.Data))
        {
            foreach ((int heads, int k, int n) in shapes)
                data.Add(device, heads, k, n);
        }
        return data;
    }

    private static void Check(string device, IReadOnlyList<Output> outputs, params string[] disabled) => DifferentialRun.Check(
        new GraphProgram(outputs), [UglyGraphs.Some(2).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Get(device), disabled);
}
