using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class ProductSidesTests
{
    private static readonly SideChoice Targets = new(AllowTargets: true, AllowSources: false, null, ""), Sources = new(AllowTargets: false, AllowSources: true, null, "");
    private static readonly SideChoice Mixed = new(AllowTargets: true, AllowSources: true, UglyGraphs.AlternatingSides, "");

    [Fact]
    public void Text_of_weighted_messages_on_either_side()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), w = b.Parameter("w", Space.EdgeTypes, RowShape.Matrix(4, 3)), s = b.Input("s", Space.Edges, RowShape.Scalar);
        Text("messages", (s * x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType)).Sum(IndexMap.EdgeTarget));
    }

    [Fact]
    public void Text_of_dots_through_a_weight_on_either_side()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), q = b.Input("q", Space.Nodes, RowShape.Vector(3)), w = b.Parameter("w", Space.EdgeTypes, RowShape.Matrix(4, 3));
        Text("dots", x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType).Dot(q.Along(IndexMap.EdgeTarget)));
    }

    [Fact]
    public void Products_on_edges_stay_where_no_side_is_allowed()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), w = b.Parameter("w", Space.EdgeTypes, RowShape.Matrix(4, 3));
        Program program = new([new Output("y", x.Along(IndexMap.EdgeSource).Linear(w, IndexMap.EdgeType).Sum(IndexMap.EdgeTarget))]);
        Assert.Same(program, ProductSides.Run(program, new SideChoice(AllowTargets: false, AllowSources: false, null, "")));
    }

    private static void Text(string name, Node y)
    {
        Program before = new([new Output("y", y)]);
        Golden.Matches(
            name,
            $"{before}--- on target groups\n{ProductSides.Run(before, Targets)}--- on source groups\n{ProductSides.Run(before, Sources)}--- on both\n{ProductSides.Run(before, Mixed)}");
    }
}
