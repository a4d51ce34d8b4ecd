using System.Reflection;
using System.Text.RegularExpressions;
using GraphEngine.Codegen.Ilgpu;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Codegen.Tests.Ilgpu;

public sealed partial class HazardTests
{
    [Fact]
    public void A_load_stays_before_the_store_that_overwrites_it()
    {
        string ptx = IlgpuBackend.PtxText(Entry(HazardSamples.LoadBeforeStore), HazardSamples.GroupSize);

        // old = a[t], b[k], a[t] = b[k].
        Assert.Equal(["ld.global.f32", "ld.global.f32", "st.global.f32"], MemoryOfLoop(ptx));
    }

    [Fact]
    public void A_load_of_shared_memory_stays_between_its_barriers()
    {
        string ptx = IlgpuBackend.PtxText(Entry(HazardSamples.LoadBetweenBarriers), HazardSamples.GroupSize);

        Assert.Equal(
            ["ld.global.f32", "st.shared.f32", "bar.sync", "ld.shared.f32", "ld.global.f32", "bar.sync"], MemoryOfLoop(ptx));
    }

    [Fact]
    public void OpenCl_text_has_no_generic_pointers()
    {
        string text = IlgpuBackend.OpenClText(Entry(HazardSamples.LoadBetweenBarriers), HazardSamples.GroupSize);

        Assert.DoesNotContain("__generic", text, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(text, "barrier\\(CLK_LOCAL_MEM_FENCE"));
    }

    [Theory, MemberData(nameof(TestDevices.SimtNames), MemberType = typeof(TestDevices))]
    public void A_load_before_a_store_reads_the_old_value(string name)
    {
        float[] a = Numbers(64, 1), b = Numbers(64, 2), c = new float[64];
        KernelRun.Once(TestDevices.Get(name), HazardSamples.LoadBeforeStore, 1, HazardSamples.GroupSize, [a, b, c], [], []);

        Assert.Equal([.. a.Select(first => first + b.Take(7).Sum())], c);
    }

    [Theory, MemberData(nameof(TestDevices.SimtNames), MemberType = typeof(TestDevices))]
    public void A_tile_is_not_overwritten_while_it_is_read(string name)
    {
        float[] a = Numbers(512, 1), b = Numbers(512, 2), c = new float[64];
        KernelRun.Once(TestDevices.Get(name), HazardSamples.LoadBetweenBarriers, 1, HazardSamples.GroupSize, [a, b, c], [], []);

        Assert.Equal([.. Enumerable.Range(0, 64).Select(t => Enumerable.Range(0, 8).Sum(k => a[k * 64 + 63 - t] * b[k * 64 + t]))], c);
    }

    private static MethodInfo Entry(KernelSource source) => new KernelCache(null).Load([source], DeviceProfile.CudaText()).Entry(source.Name);

    // Of the blocks between labels only the body of the loop loads.
    private static string[] MemoryOfLoop(string ptx)
    {
        string body = Assert.Single(Label().Split(ptx), block => LoadOfData().IsMatch(block));
        return [.. MemoryInstruction().Matches(body).Select(m => m.Value)];
    }

    // Small integers, so that sums are exact in any order.
    private static float[] Numbers(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => (float)(i * (2 * seed + 1) % 13))];

    [GeneratedRegex(@"^\s*L_\d+:", RegexOptions.Multiline)]
    private static partial Regex Label();

    [GeneratedRegex(@"\bld\.(?!param)")]
    private static partial Regex LoadOfData();

    [GeneratedRegex(@"\b((ld|st)(\.(global|shared|local))?\.(v4\.)?f32|bar\.sync)\b")]
    private static partial Regex MemoryInstruction();
}
