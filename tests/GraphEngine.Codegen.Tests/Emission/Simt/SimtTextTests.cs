using System.Text.RegularExpressions;
using GraphEngine.Codegen.Emission;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Codegen.Tests.Emission.Simt;

public sealed partial class SimtTextTests
{
    public static TheoryData<int, int, bool> Products => new() { { 64, 64, false }, { 64, 64, true }, { 26, 7, false }, { 7, 26, true } };

    [Theory, MemberData(nameof(Products))]
    public void Products_read_shared_memory_between_barriers(int k, int n, bool transposed)
    {
        string ptx = SimtPrograms.Ptx(SimtPrograms.Gemm(k, n, transposed));

        Assert.Contains("ld.global", ptx, StringComparison.Ordinal);
        Assert.Contains("ld.shared.v4.f32", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        AssertBarriersAroundSharedReads(ptx);
    }

    [Fact]
    public void Products_move_four_floats_at_a_time()
    {
        string ptx = SimtPrograms.Ptx(SimtPrograms.Gemm());

        Assert.Contains("ld.global.v4.f32", ptx, StringComparison.Ordinal);
        Assert.Contains("st.global.v4.f32", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("ld.global.f32", ptx, StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_of_products_stay_in_registers()
    {
        foreach (EmittedKernel kernel in (EmittedKernel[])[SimtPrograms.Outer(), SimtPrograms.GemmDot()])
        {
            string ptx = SimtPrograms.Ptx(kernel);

            Assert.Contains("ld.global.v4.f32", ptx, StringComparison.Ordinal);
            Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
            AssertBarriersAroundSharedReads(ptx);
        }
    }

    [Fact]
    public void Additions_need_no_value_back()
    {
        EmittedKernel kernel = SimtPrograms.Additions();
        string ptx = SimtPrograms.Ptx(kernel);

        Assert.Equal(4, ptx.Split("red.add.f32").Length - 1);
        Assert.DoesNotContain("atom.", ptx, StringComparison.Ordinal);
        Assert.Contains("atomic_cmpxchg", SimtPrograms.OpenCl(kernel), StringComparison.Ordinal);
        Golden.Matches("additions", kernel.Source.Text);
        Golden.Matches("rank", SimtPrograms.Rank().Source.Text);
    }

    [Fact]
    public void Rows_move_four_floats_at_a_time()
    {
        foreach (EmittedKernel kernel in (EmittedKernel[])[SimtPrograms.Traversal(), SimtPrograms.Flat(), SimtPrograms.Combine()])
        {
            string ptx = SimtPrograms.Ptx(kernel);

            Assert.Contains("ld.global.v4.f32", ptx, StringComparison.Ordinal);
            Assert.Contains("st.global.v4.f32", ptx, StringComparison.Ordinal);
            Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
            Assert.DoesNotMatch(GenericAccess(), ptx);
        }
    }

    [Fact]
    public void Generated_text_is_as_it_was()
    {
        Golden.Matches("traversal", SimtPrograms.Traversal().Source.Text);
        Golden.Matches("flat", SimtPrograms.Flat().Source.Text);
        Golden.Matches("online-softmax", SimtPrograms.OnlineSoftmax().Source.Text);
        Golden.Matches("gemm", SimtPrograms.Gemm().Source.Text);
        Golden.Matches("gemm-dot", SimtPrograms.GemmDot().Source.Text);
        Golden.Matches("outer", SimtPrograms.Outer().Source.Text);
        Golden.Matches("combine", SimtPrograms.Combine().Source.Text);
        Golden.Matches("segments", SimtPrograms.Segments().Source.Text);
        Golden.Matches("column-sums", SimtPrograms.ColumnSums().Source.Text);
        Golden.Matches("column-lanes", SimtPrograms.ColumnLanes().Source.Text);
    }

    [Fact]
    public void OpenCl_text_is_as_it_was()
    {
        string traversal = SimtPrograms.OpenCl(SimtPrograms.Traversal()), gemm = SimtPrograms.OpenCl(SimtPrograms.Gemm());

        Assert.DoesNotContain("__generic", traversal + gemm, StringComparison.Ordinal);
        Golden.Matches("traversal-opencl", Renumbered(traversal));
        Golden.Matches("gemm-opencl", Renumbered(gemm));
    }

    [Fact]
    public void Lanes_of_a_warp_pass_each_other_registers()
    {
        string ptx = SimtPrograms.Ptx(SimtPrograms.ColumnLanes());

        Assert.Equal(4, ptx.Split("shfl.sync.bfly").Length - 1);
        Assert.Contains("ld.global.v4.f32", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("bar.sync", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
    }

    // ILGPU numbers types and labels over the life of the process.
    private static string Renumbered(string text)
    {
        Dictionary<string, int> numbers = [];
        return Numbered().Replace(text, m =>
        {
            numbers.TryAdd(m.Value, numbers.Count);
            return $"{m.Groups[1].Value}{numbers[m.Value]}";
        });
    }

    // The products of a step are one block of text, because they are unrolled: whatever is read from the tiles is read between its two barriers.
    /// <summary>Reads stay between two barriers, in their block or in the loop that the block is; writes are followed by a barrier.</summary>
    private static void AssertBarriersAroundSharedReads(string ptx)
    {
        string[] blocks = Label().Split(ptx);
        string step = Assert.Single(
            blocks, block => block.Contains("ld.shared.v4.f32", StringComparison.Ordinal) && block.Contains("fma.rn", StringComparison.Ordinal));
        string[] order = Order(step);
        if (order.Any(o => o != "ld"))
        {
            int first = Array.IndexOf(order, "ld"), last = Array.LastIndexOf(order, "ld");
            Assert.Equal("bar", order[first - 1]);
            Assert.Equal("bar", order[last + 1]);
            Assert.All(order[first..last], o => Assert.Equal("ld", o));
        }
        else
        {
            string filled = Assert.Single(blocks, block => Order(block) is [.., "st", "bar"]);
            Assert.DoesNotContain("ld", Order(filled));
            Assert.Contains(blocks, block => Order(block) is ["bar", ..]);
        }
        Assert.DoesNotMatch(GenericAccess(), ptx);
    }

    private static string[] Order(string block) => [.. SharedOrBarrier().Matches(block).Select(m => m.Groups[1].Value)];

    [GeneratedRegex(@"^\s*L_\d+:", RegexOptions.Multiline)]
    private static partial Regex Label();

    [GeneratedRegex(@"\b(type_|L_)\d+")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\b(ld|st|bar)\.(shared|sync)")]
    private static partial Regex SharedOrBarrier();

    [GeneratedRegex(@"\b(ld|st)\.(v4\.)?f32\b")]
    private static partial Regex GenericAccess();
}
