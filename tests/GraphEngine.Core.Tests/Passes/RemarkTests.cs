using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

/// <summary>What passes say of themselves is what they did.</summary>
public sealed class RemarkTests
{
    [Fact]
    public void Passes_that_are_on_say_what_they_did_and_others_nothing()
    {
        string[] on = [.. Remarks(Messages(), UglyGraphs.AlternatingStatistics).Select(r => r.Pass).Distinct()];
        Assert.Empty(Pipeline.Optional.Except(on));
        string[] off = [.. Remarks(Messages(), UglyGraphs.AlternatingStatistics, [.. Pipeline.Optional]).Select(r => r.Pass)];
        Assert.Empty(off.Intersect(Pipeline.Optional));
    }

    [Fact]
    public void Products_move_from_edges_to_groups()
    {
        Assert.Contains("products of edges 1 to 0, of sgroups.s 0 to 1, of tgroups.t 0 to 1", Text("product-sides", Messages(), UglyGraphs.AlternatingStatistics), StringComparison.Ordinal);
        Assert.Contains("products of edges 1 to 0, of tgroups 0 to 1", Text("product-sides", Messages(), null), StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_name_what_they_run_along_and_divisions_move_from_edges_to_nodes()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(8)), logits = b.Input("l", Space.Edges, RowShape.Scalar);
        Node y = (logits.Softmax(IndexMap.EdgeTarget) * x.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget);
        IReadOnlyDictionary<Node, Node> gradients = y.Dot(y).Sum(IndexMap.ToOne(Space.Nodes)).Gradients([x, logits]);
        Program program = new([new Output("y", y), new Output("dx", gradients[x]), new Output("dl", gradients[logits])]);
        Assert.Contains("divisions of edges 1 to 0, of nodes 0 to 1", Text("late-division", program, null), StringComparison.Ordinal);
        Assert.Matches("along edge.target of items that lie side by side \\(CSR\\), 1 along edge.source in the order of a list \\(CSC\\)", Text("ordered-sums", program, null));
        Assert.Contains("1 dot of rows", Text("lowering", program, null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pass_without_a_chance_says_so() => Assert.Equal("found nothing to do", Text("reordering", Messages(), null));

    [Fact]
    public void Sums_of_a_hub_are_counted_in_pieces()
    {
        RelationStatistics hub = UglyGraphs.AlternatingStatistics with { MostEdgesOfNode = UglyGraphs.AlternatingStatistics.Edges.Sum() };
        ProgramBuilder b = new();
        Node sum = b.Input("x", Space.Nodes, RowShape.Vector(8)).Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget);
        Assert.Contains("sums of pieces of ", Text("heavy-rows", new Program([new Output("y", sum)]), hub), StringComparison.Ordinal);
    }

    private static Program Messages()
    {
        ProgramBuilder b = new();
        Node messages = b.Input("x", Space.Nodes, RowShape.Vector(32)).Along(IndexMap.EdgeSource).Linear(b.Input("w", Space.EdgeTypes, RowShape.Matrix(32, 32)), IndexMap.EdgeType);
        return new Program([new Output("y", messages.Sum(IndexMap.EdgeTarget))]);
    }

    private static string Text(string pass, Program program, RelationStatistics? statistics) =>
        Assert.Single(Remarks(program, statistics), r => r.Pass == pass).Text;

    private static List<Remark> Remarks(Program program, RelationStatistics? statistics, params IEnumerable<string> disabled)
    {
        List<Remark> remarks = [];
        Pipeline.Run(program, new PipelineOptions(2, statistics, disabled.ToHashSet()) { Remark = remarks.Add });
        return remarks;
    }
}
