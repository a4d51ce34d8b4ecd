using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class MaterializeTests
{
    [Fact]
    public void A_costly_row_is_kept_however_many_values_are_made_of_it()
    {
        ProgramBuilder b = new();
        Node edges = b.Input("x", Space.Nodes, RowShape.Vector(4)).Along(IndexMap.EdgeSource);
        // Rows of edges are never kept, so that what each step reads twice doubles the cost of the last.
        for (int step = 0; step < 30; step++)
            edges = edges.Tanh() + edges;
        Node row = edges.Sum(IndexMap.EdgeTarget).Tanh();
        Program program = new([.. Enumerable.Range(1, 200).Select(i => new Output($"y{i}", row * (i + 0.5)))]);
        Assert.True(Materialize.Run(program, new PipelineOptions(2)).IsRoot(row));
    }
}
