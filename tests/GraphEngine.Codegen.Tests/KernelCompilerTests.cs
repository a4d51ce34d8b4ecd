using System.Text;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Codegen.Tests;

public sealed class KernelCompilerTests
{
    [Fact]
    public void Kernels_of_a_plan_share_one_assembly()
    {
        KernelAssembly kernels = KernelAssembly.Load(KernelCompiler.Compile([SimdGemmSample.Source(256), SimtGemmSample.Source, GatherSumSample.Simt]));

        Assert.Equal("SimdGemm", kernels.Entry("SimdGemm").DeclaringType!.Name);
        Assert.Same(kernels.Entry("SimtGemm").Module, kernels.Entry("GatherSum").Module);
        Assert.NotNull(kernels.Binder("GatherSum"));
    }

    [Fact]
    public void An_error_names_the_kernel_and_the_line()
    {
        var broken = new KernelSource("Broken", "namespace GraphEngine.Generated;\npublic static class Broken\n{\n    static int X() => missing;\n}\n");

        var error = Assert.Throws<KernelCompilationException>(() => KernelCompiler.Compile([SimtGemmSample.Source, broken]));

        Assert.Equal(
            "The kernel 'Broken' does not compile: line 4: CS0103 The name 'missing' does not exist in the current context: static int X() => missing;",
            error.Message);
    }

    [Fact]
    public void An_unknown_kernel_is_answered_with_those_that_exist()
    {
        KernelAssembly kernels = KernelAssembly.Load(KernelCompiler.Compile([SimtGemmSample.Source, GatherSumSample.Simt]));

        var error = Assert.Throws<ArgumentException>(() => kernels.Entry("Gemm"));

        Assert.StartsWith("There is no kernel 'Gemm' in this assembly; it has SimtGemm, GatherSum.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compilation_is_deterministic() =>
        Assert.Equal(KernelCompiler.Compile([SimtGemmSample.Source]), KernelCompiler.Compile([SimtGemmSample.Source]));

    [Fact]
    public void A_second_process_finds_the_assembly_on_disk()
    {
        using var folder = new TemporaryFolder();
        var first = new KernelCache(folder.Path);
        var second = new KernelCache(folder.Path);

        first.Load([SimtGemmSample.Source], DeviceProfile.CudaText());
        first.Load([SimtGemmSample.Source], DeviceProfile.CudaText());
        second.Load([SimtGemmSample.Source], DeviceProfile.CudaText());

        Assert.Equal((1, 0), (first.Compilations, second.Compilations));
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is not an assembly")]
    [InlineData("this is not an assembly either, but it is longer than the hash in front of one")]
    public void A_damaged_file_is_replaced(string content)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, KernelCache.Key([SimtGemmSample.Source], DeviceProfile.CudaText()) + ".kernels");
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
        var first = new KernelCache(folder.Path);
        var second = new KernelCache(folder.Path);

        first.Load([SimtGemmSample.Source], DeviceProfile.CudaText());
        second.Load([SimtGemmSample.Source], DeviceProfile.CudaText());

        Assert.Equal((1, 0), (first.Compilations, second.Compilations));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_only_costs_time()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "a file");
        File.WriteAllText(file, "");

        Assert.NotNull(new KernelCache(file).Load([SimtGemmSample.Source], DeviceProfile.CudaText()));
    }

    [Fact]
    public void The_key_depends_on_text_and_profile()
    {
        string[] keys =
        [
            KernelCache.Key([SimdGemmSample.Source(256)], DeviceProfile.Cpu(2, 256)),
            KernelCache.Key([SimdGemmSample.Source(512)], DeviceProfile.Cpu(2, 256)),
            KernelCache.Key([SimdGemmSample.Source(256)], DeviceProfile.Cpu(2, 512)),
            KernelCache.Key([SimdGemmSample.Source(256), SimtGemmSample.Source], DeviceProfile.Cpu(2, 256)),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], KernelCache.Key([SimdGemmSample.Source(256)], DeviceProfile.Cpu(64, 256)));
    }
}
