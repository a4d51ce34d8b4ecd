using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class SummedHeadsTests
{
    private const int Heads = 2;

    [Fact]
    public void Text_of_averaged_attention_on_both_sides()
    {
        Program before = ProductSides.Run(LateDivision.Run(ExpandSoftmax.Run(Attention(out _))), new SideChoice(AllowTargets: true, AllowSources: true, UglyGraphs.AlternatingSides, ""));
        Golden.Matches("attention", $"{before}--- after summed-heads\n{SummedHeads.Run(before)}");
    }

    [Fact]
    public void No_row_of_all_heads_is_stored_that_is_as_wide_as_the_result()
    {
        Assert.Contains(Wide(), Temporaries("summed-heads"));
        Assert.DoesNotContain(Wide(), Temporaries());
        RowShape Wide() => new(Heads, 1, 24);
    }

    [Fact]
    public void Heads_that_something_else_reads_stay_apart()
    {
        Program program = Attention(out Node heads);
        Program both = new([.. program.Outputs, new Output("heads", heads)]);
        Program before = ProductSides.Run(both, new SideChoice(AllowTargets: true, AllowSources: false, null, ""));
        Assert.Same(before, SummedHeads.Run(before));
    }

    [Fact]
    public void Products_that_are_gathered_have_their_heads_apart()
    {
        Program before = ProductSides.Run(Attention(out _), new SideChoice(AllowTargets: false, AllowSources: true, null, ""));
        Assert.Same(before, SummedHeads.Run(before));
    }

    [Fact]
    public void Divisors_that_may_be_zero_or_belong_to_other_rows_stay_behind_the_sum()
    {
        ProgramBuilder b = new();
        Node product = b.Input("x", Space.TargetGroups, new RowShape(Heads, 1, 6)).Linear(b.Parameter("w", Space.EdgeTypes, new RowShape(Heads, 6, 24)), IndexMap.TargetGroupType);
        Node count = b.Input("n", Space.Nodes, new RowShape(Heads, 1, 1)), positive = b.Binary(BinaryKind.Max, count, b.Constant(1));
        Program[] programs =
        [
            new([new Output("y", (product.Sum(IndexMap.TargetGroupNode) / count).SumHeads())]),
            new([new Output("y", (product.Sum(IndexMap.ToOne(Space.TargetGroups)) / positive).SumHeads())]),
        ];
        Assert.All(programs, p => Assert.Same(p, SummedHeads.Run(p)));
        Program moved = new([new Output("y", (product.Sum(IndexMap.TargetGroupNode) / positive).SumHeads())]);
        Assert.NotSame(moved, SummedHeads.Run(moved));
    }

    [Fact]
    public void Sides_are_chosen_with_the_width_that_products_will_have()
    {
        GraphEngine.Graphs.RelationStatistics statistics = new([1000], [100], [180], 200, MostEdgesOfNode: 20);
        SideChoice Choose(bool sumsHeads) => SideChoice.Make(ExpandSoftmax.Run(Attention(out _)), statistics, allowTargets: true, allowSources: true, sumsHeads);
        Assert.True(Choose(sumsHeads: true).Work[0].OnTargets < Choose(sumsHeads: false).Work[0].OnTargets);
        Assert.Equal(Choose(sumsHeads: true).Work[0].OnSources, Choose(sumsHeads: false).Work[0].OnSources);
    }

    private static IEnumerable<RowShape> Temporaries(params string[] disabled)
    {
        Program forward = Attention(out _);
        Node y = forward.Outputs[0].Value, loss = y.Dot(y).Sum(IndexMap.ToOne(Space.Nodes));
        Node[] parameters = [.. forward.Nodes.Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        Program program = new([new Output("loss", loss), .. loss.Gradients(parameters).Select((g, i) => new Output($"g{i}", g.Value))]);
        return [.. Pipeline.Run(program, new PipelineOptions(Workers: 2, Disabled: disabled.ToHashSet())).Temporaries.Where(t => t.Type.Space != Space.EdgeTypes).Select(t => t.Type.Row)];
    }

    private static Program Attention(out Node heads)
    {
        ProgramBuilder b = new();
        Node message = b.Input("x", Space.Nodes, RowShape.Vector(6)).Along(IndexMap.EdgeSource).Linear(b.Parameter("w", Space.EdgeTypes, new RowShape(Heads, 6, 24)), IndexMap.EdgeType);
        Node alpha = b.Parameter("logits", Space.Edges, new RowShape(Heads, 1, 1)).Softmax(IndexMap.EdgeTarget);
        heads = (alpha * message).Sum(IndexMap.EdgeTarget);
        return new Program([new Output("y", heads.SumHeads() * 0.5)]);
    }
}
