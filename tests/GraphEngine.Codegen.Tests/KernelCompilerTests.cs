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
        string build = KernelCache.PlaceIn(folder.Path), path = Path.Combine(build, KernelCache.Key([SimtGemmSample.Source], DeviceProfile.CudaText()) + ".kernels");
        Directory.CreateDirectory(build);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
        var first = new KernelCache(folder.Path);
        var second = new KernelCache(folder.Path);

        first.Load([SimtGemmSample.Source], DeviceProfile.CudaText());
        second.Load([SimtGemmSample.Source], DeviceProfile.CudaText());

        Assert.Equal((1, 0), (first.Compilations, second.Compilations));
        Assert.Equal([path], Directory.GetFiles(build));
    }

    [Fact]
    public void Builds_that_nobody_uses_are_removed_and_nothing_else_is()
    {
        using var folder = new TemporaryFolder();
        string[] names = ["build-old", "build-new", "other"];
        foreach (string name in names)
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName, "a.kernels"), "");
        foreach (string name in (string[])["build-old", "other"])
            Directory.SetLastWriteTimeUtc(Path.Combine(folder.Path, name), DateTime.UtcNow.AddDays(-31));

        new KernelCache(folder.Path).Load([SimtGemmSample.Source], DeviceProfile.CudaText());

        Assert.Equal(["build-new", "other", Path.GetFileName(KernelCache.PlaceIn(folder.Path))], Directory.GetDirectories(folder.Path).Select(p => Path.GetFileName(p)!).OrderBy(n => (n != "build-new", n != "other")));
    }

    [Fact]
    public void A_hit_tells_that_the_build_is_in_use()
    {
        using var folder = new TemporaryFolder();
        string build = KernelCache.PlaceIn(folder.Path);
        new KernelCache(folder.Path).Load([SimtGemmSample.Source], DeviceProfile.CudaText());
        Directory.SetLastWriteTimeUtc(build, DateTime.UtcNow.AddDays(-29));

        new KernelCache(folder.Path).Load([SimtGemmSample.Source], DeviceProfile.CudaText());

        Assert.InRange(Directory.GetLastWriteTimeUtc(build), DateTime.UtcNow.AddDays(-1), DateTime.UtcNow.AddDays(1));
    }

    [Fact]
    public async Task The_compiler_is_made_ready_unless_there_are_kernels_of_this_build()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "cpu.schedules"), "");
        KernelCache cache = new(folder.Path);
        Task ready = cache.WarmUp();
        Assert.NotSame(Task.CompletedTask, ready);
        await ready;
        cache.Load([SimtGemmSample.Source], DeviceProfile.CudaText());
        Assert.Same(Task.CompletedTask, cache.WarmUp());
    }

    [Fact]
    public void Kernels_that_differ_in_names_alone_are_compiled_once()
    {
        using var folder = new TemporaryFolder();
        KernelSource Named(string name) => SimtGemmSample.Source with { Text = $"// f0: nodes.{name}[8]\n" + SimtGemmSample.Source.Text };
        var cache = new KernelCache(folder.Path);

        cache.Load([Named("paper")], DeviceProfile.CudaText());
        cache.Load([Named("author")], DeviceProfile.CudaText());

        Assert.Equal(1, cache.Compilations);
        Assert.Equal(KernelCompiler.Compile([Named("paper")]), KernelCompiler.Compile([Named("author")]));
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
