using GraphEngine.Codegen.Ilgpu;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Codegen.Tests.Ilgpu;

public sealed class VectorAccessTests
{
    private static readonly string Ptx = IlgpuBackend.PtxText(
        new KernelCache(null).Load([SimtGemmSample.Source], DeviceProfile.CudaText()).Entry("SimtGemm"), SimtGemmSample.GroupSize);

    [Theory]
    [InlineData("ld.global.v4.f32")]
    [InlineData("ld.shared.v4.f32")]
    [InlineData("st.shared.v4.f32")]
    [InlineData("st.global.v4.f32")]
    [InlineData("fma.rn.f32")]
    [InlineData(".maxntid 256, 1, 1")]
    public void Float4_becomes_one_128_bit_instruction(string text) => Assert.Contains(text, Ptx, StringComparison.Ordinal);

    [Theory]
    [InlineData("ld.f32")]
    [InlineData("st.f32")]
    [InlineData("ld.v4.f32")]
    [InlineData(".local")]
    [InlineData("ld.global.f32")]
    public void Nothing_is_generic_scalar_or_spilled(string text) => Assert.DoesNotContain(text, Ptx, StringComparison.Ordinal);

    [Fact]
    public void Tiles_of_Float4_are_aligned_for_it() => Assert.Contains(".shared .align 16", Ptx, StringComparison.Ordinal);

    [Fact]
    public void A_kernel_without_a_gpu_form_is_named()
    {
        KernelSource source = MapSample.Source("MathF.IEEERemainder(a.X[i], (float)new object().GetHashCode())");

        var error = Assert.Throws<KernelCompilationException>(
            () => IlgpuBackend.PtxText(new KernelCache(null).Load([source], DeviceProfile.CudaText()).Entry(source.Name), 64));

        Assert.StartsWith("The kernel 'Map' has no PTX form: ", error.Message, StringComparison.Ordinal);
    }
}
