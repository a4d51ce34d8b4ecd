using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Ir;

public sealed class ProgramBuilderTests
{
    [Fact]
    public void Equal_values_are_one_node()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(3));
        Assert.Same(x.Relu() + x, x.Relu() + x);
        Assert.Same(b.Input("x", Space.Nodes, RowShape.Vector(3)), x);
        Assert.NotSame(x.LeakyRelu(0.1f), x.LeakyRelu(0.2f));
    }

    [Fact]
    public void Dropouts_are_never_merged()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(3));
        Assert.NotSame(b.Dropout(x, 0.5f), b.Dropout(x, 0.5f));
        Assert.Same(x, b.Dropout(x, 0));
    }

    [Fact]
    public void A_name_has_one_type()
    {
        ProgramBuilder b = new();
        b.Input("x", Space.Nodes, RowShape.Vector(3));
        IrException e = Assert.Throws<IrException>(() => b.Input("x", Space.Nodes, RowShape.Vector(4)));
        Assert.Equal("The tensor 'x' is declared twice, as nodes[3] and as nodes[4]; give each its own name.", e.Message);
    }

    [Fact]
    public void Nodes_of_another_program_are_refused()
    {
        Node x = new ProgramBuilder().Input("x", Space.Nodes, RowShape.Scalar);
        Assert.Equal("relu was given %0 of another program; copy it first.", Assert.Throws<IrException>(() => new ProgramBuilder().Unary(UnaryKind.Relu, x)).Message);
    }

    public static TheoryData<string, Func<ProgramBuilder, Node, Node>, string> Mistakes() => new()
    {
        { "spaces", (b, x) => x + b.Input("e", Space.Edges, RowShape.Vector(3)), "add needs operands of one space, but got (%0: nodes[3], %1: edges[3])." },
        { "shapes", (b, x) => x + b.Input("y", Space.Nodes, RowShape.Vector(4)), "add needs shapes that are equal or 1, but got (%0: nodes[3], %1: nodes[4])." },
        { "gather", (_, x) => x.Along(IndexMap.EdgeType), "gather<edge.type> reads along edge.type, which leads to etypes, but got (%0: nodes[3])." },
        { "reduce", (_, x) => x.Sum(IndexMap.EdgeSource), "sum<edge.source> reduces along edge.source, which starts in edges, but got (%0: nodes[3])." },
        { "linear", (b, x) => x.Linear(b.Parameter("w", Space.One, RowShape.Matrix(4, 2))), "linear<nodes.one> multiplies a vector of 3 with a matrix of 4 rows, but got (%0: nodes[3], %1: one[4x2])." },
        { "weights", (b, x) => x.Linear(b.Parameter("w", Space.NodeTypes, RowShape.Matrix(3, 2))), "linear<nodes.one> has weights in one, but got (%0: nodes[3], %1: ntypes[3x2])." },
        { "reshape", (_, x) => x.Reshape(RowShape.Vector(4)), "reshape<nodes[4]> cannot turn nodes[3] into nodes[4], but got (%0: nodes[3])." },
        { "slice", (_, x) => x.Slice(2, 2), "slice<2, 2> takes columns 2 to 3, but got (%0: nodes[3])." },
        { "expand", (_, x) => x.Expand(RowShape.Vector(5)), "expand<5> cannot widen 3 to 5, but got (%0: nodes[3])." },
        { "pick", (_, x) => x.Pick(new IndexMap("label", Space.Nodes, Space.Fixed("class", 4))), "pick<label> needs a column for each of the 4 rows of class#4, but has 3; make the rows as wide, or pick by a map to fewer rows." },
        { "one hot", (b, _) => b.OneHot(new IndexMap("label", Space.Nodes, Space.Fixed("class", 4)), 3), "one_hot<label> needs a column for each of the 4 rows of class#4, but has 3; make the rows as wide, or pick by a map to fewer rows." },
        { "dropout", (b, x) => b.Dropout(x, 1), "dropout<1, 0> needs a rate in [0, 1), but got (%0: nodes[3], %1: one[1], %2: one[1])." },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_is_a_sentence(string name, Func<ProgramBuilder, Node, Node> make, string sentence)
    {
        ProgramBuilder b = new();
        IrException e = Assert.Throws<IrException>(() => make(b, b.Input("x", Space.Nodes, RowShape.Vector(3))));
        Assert.True(e.Message == sentence, $"{name}: {e.Message}");
    }

    [Fact]
    public void Columns_that_only_a_graph_counts_are_counted_when_it_is_there()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(2));
        foreach ((Node value, string name) in ((Node, string)[])[(x.Pick(IndexMap.NodeType), "pick<node.type>"), (b.OneHot(IndexMap.NodeType, 2), "one_hot<node.type>")])
        {
            Assert.Equal(
                $"{name} needs a column for each of the 3 rows of ntypes, but has 2; make the rows as wide, or pick by a map to fewer rows.",
                Assert.Throws<IrException>(() => InterpreterRun.Once(new Program([new Output("y", value)]), UglyGraphs.Some(1).Topology, seed: 1)).Message);
        }
    }

    public static TheoryData<string, Func<ProgramBuilder, Node, object>> Nulls() => new()
    {
        { "a", (_, x) => null! + x },
        { "b", (_, x) => x * null! },
        { "operands", (b, x) => b.Add(new Op.Binary(BinaryKind.Add), x, null!) },
        { "other", (_, x) => x.Concat(null!) },
        { "a", (_, _) => -(Node)null! },
        { "a", (_, _) => (Node)null! * 2 },
        { "map", (_, x) => x.Along(null!) },
        { "map", (_, x) => x.Mean(null!) },
        { "weight", (_, x) => x.Linear(null!) },
        { "types", (_, x) => x.Linear(x, null!) },
        { "combine", (_, x) => x.TreeReduce(IndexMap.ToOne(x.Space), 1, null!) },
        { "withRespectTo", (_, x) => x.Gradients(null!) },
        { "type", (_, x) => x.Reshape((TensorType)null!) },
        { "name", (b, _) => b.Input(null!, Space.Nodes, RowShape.Scalar) },
        { "space", (b, _) => b.Parameter("p", null!, RowShape.Scalar) },
        { "init", (b, _) => b.State("s", Space.Nodes, RowShape.Scalar, null!) },
        { "map", (b, _) => b.InverseDegree(null!) },
        { "map", (b, _) => b.OneHot(null!, 3) },
        { "op", (b, _) => b.Add(null!) },
        { "x", (b, _) => b.Dropout(null!, 0.5f) },
        { "start", (b, _) => b.FixedPoint(null!, v => v, 0.5) },
        { "body", (b, x) => b.FixedPoint(x, null!, 0.5) },
        { "body", (b, x) => b.FixedPoint(x, _ => null!, 0.5) },
        { "Name", (_, x) => new Output(null!, x) },
        { "Value", (_, _) => new Output("y", null!) },
        { "Target", (_, x) => new Update(null!, x) },
        { "outputs", (_, _) => new Program(null!) },
    };

    [Theory, MemberData(nameof(Nulls))]
    public void Null_is_named(string parameter, Func<ProgramBuilder, Node, object> make)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(3));
        Assert.Equal(parameter, Assert.Throws<ArgumentNullException>(() => make(b, x)).ParamName);
    }

    [Fact]
    public void Names_and_shapes_that_no_tensor_has_are_refused()
    {
        ProgramBuilder b = new();
        Assert.Contains("begins with 'x' holds the character U+2028 at position 1", Assert.Throws<IrException>(() => b.Input("x\u2028y", Space.Nodes, RowShape.Scalar)).Message, StringComparison.Ordinal);
        Assert.StartsWith("A row cannot have -2 columns; it needs at least 1.", Assert.Throws<ArgumentOutOfRangeException>(() => RowShape.Vector(-2)).Message, StringComparison.Ordinal);
        Assert.StartsWith("A row cannot have 0 heads", Assert.Throws<ArgumentOutOfRangeException>(() => RowShape.Scalar with { Heads = 0 }).Message, StringComparison.Ordinal);
        foreach ((int fanIn, int fanOut) in ((int, int)[])[(0, 0), (-1, 3)])
        {
            Assert.StartsWith(
                $"The tensor 'p' has the first values of a unit with {fanIn} inputs and {fanOut} outputs, for which there is no Glorot bound",
                Assert.Throws<IrException>(() => b.Parameter("p", Space.Nodes, RowShape.Scalar, Initializer.Glorot(fanIn, fanOut))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Only_parameters_and_states_are_updated_and_by_values_of_their_type()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Scalar), p = b.Parameter("p", Space.Nodes, RowShape.Scalar);
        Assert.Equal("Only parameters and states can be updated, not input x.", Assert.Throws<IrException>(() => new Program([], [new Update(x, p)])).Message);
        Assert.Equal("The update of parameter p has the type nodes[2].", Assert.Throws<IrException>(() => new Program([], [new Update(p, p.Expand(RowShape.Vector(2)))])).Message);
    }
}
