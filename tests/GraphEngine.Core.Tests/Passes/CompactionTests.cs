using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class CompactionTests
{
    [Fact]
    public void Text_of_a_number_that_edges_of_a_group_share()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), a = b.Parameter("a", Space.EdgeTypes, RowShape.Vector(4));
        Text("dot", x.Along(IndexMap.EdgeSource).Dot(a.Along(IndexMap.EdgeType)));
    }

    [Fact]
    public void Text_of_a_mean_whose_factor_leaves_the_sum()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), share = b.InverseDegree(IndexMap.EdgeTargetGroup).Along(IndexMap.EdgeTargetGroup);
        Text("factor", (share * x.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTargetGroup).Sum(IndexMap.TargetGroupNode));
    }

    [Fact]
    public void Text_of_a_gather_of_a_gather()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4));
        Text("gather", x.Along(IndexMap.SourceGroupNode).Along(IndexMap.EdgeSourceGroup).Sum(IndexMap.EdgeTarget));
    }

    [Fact]
    public void Numbers_of_both_ends_and_factors_of_the_other_end_stay()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), s = b.Input("s", Space.Nodes, RowShape.Scalar);
        Node ends = x.Along(IndexMap.EdgeSource).Dot(x.Along(IndexMap.EdgeTarget)), scaled = (s.Along(IndexMap.EdgeSource) * x.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget);
        Program program = new([new Output("ends", ends), new Output("scaled", scaled)]);
        Assert.Same(program, Compaction.Run(program));
    }

    [Fact]
    public void A_gradient_of_finite_values_may_be_infinite_and_stays_in_its_sum()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(4)), s = b.Parameter("s", Space.Nodes, RowShape.Scalar), slope = (b.Constant(1) / b.Binary(BinaryKind.Max, s.Log(), b.Constant(0.5))).Sum(IndexMap.ToOne(Space.Nodes)).Gradients([s])[s];
        Program program = new([new Output("y", (slope.Along(IndexMap.EdgeTarget) * x.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget))]);
        Assert.Same(program, Compaction.Run(program));
    }

    private static void Text(string name, Node y)
    {
        Program before = new([new Output("y", y)]), after = Compaction.Run(before);
        Assert.NotSame(before, after);
        Golden.Matches(name, $"{before}--- after compaction\n{after}");
    }
}
