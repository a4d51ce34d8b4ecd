using GraphEngine.Codegen.Emission;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Codegen.Tests.Emission.Simt;

/// <summary>
/// Products that are read other than element by element lie in shared memory until they are finished: tiles have as many rows as fit.
/// </summary>
public sealed class SimtGemmRoomTests
{
    [Theory]
    [InlineData(16, 4, 16)]
    [InlineData(16, 16, 16)]
    [InlineData(1, 1024, 16)]
    [InlineData(1, 64, 128)]
    [InlineData(64, 16, 4)]
    [InlineData(1, 4, 32)]
    public void Rows_of_a_tile_fit_shared_memory(int heads, int width, int leastItems)
    {
        foreach (DeviceProfile profile in (DeviceProfile[])[DeviceProfile.CudaText(), DeviceProfile.OpenClText()])
        {
            ProgramBuilder b = new();
            Node product = b.Input("x", Space.Nodes, RowShape.Vector(64)).Linear(b.Input("w", Space.One, new RowShape(heads, 64, width)));
            Node dots = product.Dot(b.Input("q", Space.Nodes, new RowShape(heads, 1, width)));
            KernelProgram program = Pipeline.Run(new GraphProgram([new Output("y", dots)]), profile.Options());
            Kernel.Gemm gemm = Assert.Single(program.Kernels.OfType<Kernel.Gemm>());
            // Where rows are few, a tile has less than a warp of work items; where they are not, it has not.
            Assert.True(KernelEmitter.Emit(gemm, profile).GroupSize >= Math.Min(leastItems, profile.GroupSize), $"{KernelEmitter.Emit(gemm, profile).GroupSize} work items on {profile.Kind}.");
        }
    }
}
