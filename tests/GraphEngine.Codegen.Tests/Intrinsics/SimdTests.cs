using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using GraphEngine.Codegen.Intrinsics;
using Xunit;

namespace GraphEngine.Codegen.Tests.Intrinsics;

public sealed unsafe class SimdTests
{
    [Theory]
    [InlineData(new[] { 0, 3 }, 3)]
    [InlineData(new[] { 0, 0, 0, 5, 5, 6, 6 }, 6)]
    [InlineData(new[] { 0, 1, 2, 3, 4, 4 }, 4)]
    [InlineData(new[] { 0, 0, 7, 7, 7 }, 7)]
    public void The_segment_of_an_item_is_the_one_that_it_lies_in(int[] pointers, int items)
    {
        fixed (int* p = pointers)
        {
            for (int item = 0; item < items; item++)
            {
                int segment = Simd.SegmentOf(p, pointers.Length - 1, item);
                Assert.True(pointers[segment] <= item && item < pointers[segment + 1], $"Item {item} is not in segment {segment}.");
            }
        }
    }

    [Fact]
    public void One_element_is_picked_whatever_the_others_are()
    {
        for (int index = -16; index < 32; index++)
        {
            float Expected(int lanes) => index >= 0 && index < lanes ? index + 1 : 0;
            float[] values = [.. Enumerable.Range(0, 16).Select(i => i == index ? i + 1 : i % 2 == 0 ? float.NaN : float.NegativeInfinity)];
            Assert.Equal(Expected(16), Simd.SumOf(Simd.Only(Vector512.Create(values), index)));
            Assert.Equal(Expected(8), Simd.SumOf(Simd.Only(Vector256.Create(values), index)));
            Assert.Equal(Expected(4), Simd.SumOf(Simd.Only(Vector128.Create(values), index)));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_store_past_the_caches_stores_the_same(bool far)
    {
        const int count = 4096;
        float* memory = (float*)NativeMemory.AlignedAlloc(count * sizeof(float), 64);
        try
        {
            for (int i = 0; i < count; i += 32)
            {
                Vector512<float> numbers = Vector512<float>.Indices + Vector512.Create((float)i);
                Simd.Put(numbers, memory + i, far);
                Simd.Put(numbers.GetLower() + Vector256.Create(16f), memory + i + 16, far);
                Simd.Put(numbers.GetLower().GetLower() + Vector128.Create(24f), memory + i + 24, far);
                Simd.Put(numbers.GetLower().GetLower() + Vector128.Create(28f), memory + i + 28, far);
            }
            Thread.MemoryBarrier();
            Assert.All(Enumerable.Range(0, count), i => Assert.Equal(i, memory[i]));
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    [Fact]
    public void Tensors_are_far_when_they_outgrow_a_cache()
    {
        Assert.False(Simd.IsFar(1_000_000));
        Assert.True(Simd.IsFar(8_000_000_000));
    }
}
