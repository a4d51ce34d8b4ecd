using GraphEngine.Codegen;
using GraphEngine.Kernels;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

public sealed class RecomputationTests
{
    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Products_made_again_are_the_same(string device)
    {
        foreach (int width in (int[])[7, 64])
        {
            GraphProgram program = LateReader.Make(width);
            CompiledProgram compiled = CompiledProgram.Compile(program, TestDevices.Get(device), LateReader.Crowded, cache: new KernelCache(folder: null));
            Assert.Contains(compiled.Kernels.Kernels, k => k is Kernel.Gemm { IsRepeated: true });
            DifferentialRun.Check(program, [UglyGraphs.Some(2).Topology, UglyGraphs.WithoutEdges().Topology], TestDevices.Get(device), LateReader.Crowded);
        }
    }
}
