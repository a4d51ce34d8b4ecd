using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class StreamStoresTests
{
    [Fact]
    public void What_only_later_launches_read_may_go_past_the_caches()
    {
        ProgramBuilder b = new();
        Node x = b.Input("x", Space.Nodes, RowShape.Vector(64)), w = b.Input("w", Space.One, RowShape.Matrix(64, 64));
        // Gathered later; read at its own row at once, and shown; narrow; a block alone.
        Node gathered = x.Linear(w).Tanh(), next = gathered.Linear(w), narrow = x.SumColumns(), block = next.Exp().Linear(w);
        Output[] outputs =
        [
            new("gathered", gathered.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget)),
            new("next", next),
            new("narrow", narrow.Along(IndexMap.EdgeSource).Max(IndexMap.EdgeTarget)),
            new("block", block.Sum(IndexMap.NodeType)),
        ];
        KernelProgram kernels = Pipeline.Run(new Program(outputs), new PipelineOptions(Workers: 2));
        Assert.True(kernels.Outputs["gathered"].IsStreamed);
        Assert.False(kernels.Outputs["next"].IsStreamed);
        Assert.All(kernels.Temporaries.Where(t => t.Window is not null || t.Type.Row.Size == 1), t => Assert.False(t.IsStreamed));
        Assert.Contains(kernels.Temporaries, t => t.Window is not null);
    }

    [Fact]
    public void Leaves_stay_in_the_caches()
    {
        ProgramBuilder b = new();
        Node p = b.Parameter("p", Space.Nodes, RowShape.Vector(64)), q = b.Input("q", Space.Nodes, RowShape.Vector(64));
        // Nothing in the program reads what it writes.
        KernelProgram kernels = Pipeline.Run(new Program([], [new Update(p, q.Exp())]), new PipelineOptions(Workers: 2));
        Assert.All(kernels.Kernels.SelectMany(k => k.Writes), t => Assert.False(t.IsStreamed));
    }
}
