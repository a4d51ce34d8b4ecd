using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class LinearReorderingTests
{
    [Fact]
    public void Text_of_a_dot_with_a_vector_of_the_relation()
    {
        Program before = Logits(vectors: Space.EdgeTypes);
        Golden.Matches("dot", $"{before}--- after reordering\n{LinearReordering.Run(before, statistics: null)}");
    }

    [Fact]
    public void Text_of_products_one_after_the_other()
    {
        Program before = Messages(readTwice: false);
        Golden.Matches("products", $"{before}--- after reordering\n{LinearReordering.Run(before, UglyGraphs.ManyNodes)}");
    }

    [Fact]
    public void A_vector_that_relations_share_is_multiplied_first_too() =>
        Assert.DoesNotContain(LinearReordering.Run(Logits(vectors: Space.One), statistics: null).Nodes, n => n.Op is Op.Linear && n.Space == Space.Edges);

    [Fact]
    public void A_vector_of_every_edge_stays()
    {
        Program program = Logits(vectors: Space.Edges);
        Assert.Same(program, LinearReordering.Run(program, UglyGraphs.ManyNodes));
    }

    [Fact]
    public void Products_of_few_nodes_or_that_something_else_reads_stay()
    {
        Program once = Messages(readTwice: false), twice = Messages(readTwice: true);
        Assert.Same(once, LinearReordering.Run(once, UglyGraphs.AlternatingStatistics));
        Assert.Same(once, LinearReordering.Run(once, statistics: null));
        Assert.Same(twice, LinearReordering.Run(twice, UglyGraphs.ManyNodes));
    }

    private static Program Logits(Space vectors)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), w = b.Parameter("w", Space.EdgeTypes, new RowShape(2, 4, 3)), a = b.Parameter("a", vectors, new RowShape(2, 1, 3));
        Node vector = vectors == Space.Edges ? a : vectors == Space.One ? a.Along(IndexMap.ToOne(Space.Edges)) : a.Along(IndexMap.EdgeType);
        return new Program([new Output("logits", x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType).Dot(vector))]);
    }

    private static Program Messages(bool readTwice)
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), k = b.Parameter("k", Space.NodeTypes, RowShape.Matrix(4, 4)), c = b.Parameter("c", Space.NodeTypes, RowShape.Vector(4));
        Node w = b.Parameter("w", Space.EdgeTypes, RowShape.Matrix(4, 4)), typed = x.Linear(k, IndexMap.NodeType) + c.Along(IndexMap.NodeType);
        Output y = new("y", typed.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType).Sum(IndexMap.EdgeTarget));
        return new Program(readTwice ? [y, new Output("typed", typed)] : [y]);
    }
}
