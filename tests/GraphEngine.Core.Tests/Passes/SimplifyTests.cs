using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class SimplifyTests
{
    [Theory]
    [InlineData(2, 3, true)]
    [InlineData(0, 1e-30, true)]
    [InlineData(1e-30, 1e-30, false)]
    [InlineData(1e-20, 1e-20, false)]
    [InlineData(1e30, 1e30, false)]
    public void Constants_are_multiplied_first_where_a_kernel_can_hold_their_product(double first, double second, bool folds)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4));
        Program program = new([new Output("y", x * first * second)]), after = Simplify.Run(program);
        Assert.Equal(folds ? 1 : 2, after.Nodes.Count(n => n.Op is Op.Binary));
    }

    [Fact]
    public void A_bias_is_added_second_where_passes_look_for_it()
    {
        Program Biased(bool first)
        {
            ProgramBuilder b = new();
            Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), k = b.Parameter("k", Space.NodeTypes, RowShape.Matrix(4, 4)), c = b.Parameter("c", Space.NodeTypes, RowShape.Vector(4));
            Node product = x.Linear(k, IndexMap.NodeType), bias = c.Along(IndexMap.NodeType), w = b.Parameter("w", Space.EdgeTypes, RowShape.Matrix(4, 4));
            return new Program([new Output("y", (first ? bias + product : product + bias).Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType).Sum(IndexMap.EdgeTarget))]);
        }
        Program second = Biased(first: false);
        Assert.Same(second, Simplify.Run(second));
        Assert.Equal(second.ToString(), Simplify.Run(Biased(first: true)).ToString());
    }

    [Fact]
    public void Rows_of_a_type_are_found_without_the_other_types()
    {
        ProgramBuilder b = new();
        Node[] types = [.. ((string[])["a", "b", "c"]).Select(t => b.Parameter(t, Space.NodesOf(t), RowShape.Vector(4)))];
        Node all = types.Select((x, i) => x.Sum(IndexMap.Inclusion("abc"[i].ToString()))).Aggregate((x, y) => x + y);
        Node loss = (all.Relu() * all).SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients(types);
        Program before = Differentiate.Run(new Program([new Output("loss", loss), .. types.Select(t => new Output($"gradient of {((Op.Leaf)t.Op).Name}", gradients[t]))]));
        Golden.Matches("types", $"{before}--- simplified\n{Simplify.Run(TypedRows.Run(before))}");
    }
}
