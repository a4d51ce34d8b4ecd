using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

/// <summary>Where lanes share the columns of a row, a number that a loop makes is made once and stored, not by every lane.</summary>
public sealed class SharedColumnsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_a_softmax_is_divided_by_is_summed_where_its_exponentials_are_made(int heads)
    {
        ProgramBuilder b = new();
        Node z = b.Input("z", Space.Nodes, new RowShape(heads, 1, 16)), logits = b.Input("logits", Space.Edges, new RowShape(heads, 1, 1));
        Program program = new([new Output("y", (logits.Softmax(IndexMap.EdgeTarget) * z.Along(IndexMap.EdgeSource)).Sum(IndexMap.EdgeTarget))]);

        int[] SumsOfNumbers(bool sharesColumns) =>
            [.. Kernels(program, sharesColumns).Select(k => k.Expressions.SelectMany(AllOf).Distinct().Count(e => e is Expression.Reduce { Kind: ReduceKind.Sum, Row.HeadSize: 1 }))];

        Assert.Equal([0, 1], SumsOfNumbers(sharesColumns: false));
        Assert.Equal([1, 0], SumsOfNumbers(sharesColumns: true));
        Assert.IsType<Kernel.Segments>(Kernels(program, sharesColumns: true)[0]);
    }

    [Fact]
    public void Numbers_that_only_numbers_are_made_from_stay_in_their_kernel()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Edges, RowShape.Scalar), w = b.Input("w", Space.Nodes, RowShape.Vector(16));
        Node number = x.Sum(IndexMap.EdgeTarget);
        Assert.Single(Kernels(new Program([new Output("y", (number * 2f).Tanh())]), sharesColumns: true));
        Assert.Single(Kernels(new Program([new Output("y", (number * 2f).Tanh() * w)]), sharesColumns: false));
        Assert.Equal(2, Kernels(new Program([new Output("y", (number * 2f).Tanh() * w)]), sharesColumns: true).Count);
    }

    [Fact]
    public void Numbers_of_heads_that_longer_rows_are_made_from_are_kept_and_operands_of_products_are_not()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Edges, new RowShape(4, 1, 1)), z = b.Input("z", Space.Nodes, RowShape.Vector(16)), w = b.Input("w", Space.One, RowShape.Matrix(1, 16));
        Node sum = x.Sum(IndexMap.EdgeTarget), total = sum.SumHeads();
        Assert.Equal(2, Kernels(new Program([new Output("y", total * z)]), sharesColumns: true).Count);
        Assert.Single(Kernels(new Program([new Output("y", b.Input("u", Space.Edges, RowShape.Scalar).Sum(IndexMap.EdgeTarget).Linear(w))]), sharesColumns: true));
    }

    [Fact]
    public void Long_chains_of_numbers_that_are_read_twice_are_looked_through_once()
    {
        ProgramBuilder b = new();
        Node number = b.Input("x", Space.Edges, RowShape.Scalar).Sum(IndexMap.EdgeTarget).Tanh();
        for (int i = 0; i < 60; i++)
            number = number.Tanh() * number;
        Assert.Single(Kernels(new Program([new Output("y", number)]), sharesColumns: false));
        Assert.NotEmpty(Kernels(new Program([new Output("y", number)]), sharesColumns: true));
    }

    private static IReadOnlyList<Kernel> Kernels(Program program, bool sharesColumns) => Pipeline.Run(
        program, new PipelineOptions(Workers: 4, Disabled: Pipeline.Switches.Where(s => s.IsForCpu).Select(s => s.Name).ToHashSet()) { SharesColumns = sharesColumns }).Kernels;

    private static IEnumerable<Expression> AllOf(Expression expression) => expression.Children.SelectMany(AllOf).Append(expression);
}
