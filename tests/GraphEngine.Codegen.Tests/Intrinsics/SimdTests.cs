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
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Numbers_of_heads_are_gathered_and_repeated_row_by_row(int heads)
    {
        float[] numbers = [.. Enumerable.Range(0, 20 * heads)];
        int[] rows = [7, 0, 19, 7, 3, 11, 2, 18];
        float[] Gathered(int lanes) => [.. Enumerable.Range(0, lanes).Select(i => numbers[(rows[i / heads] * heads) + (i % heads)])];
        float[] Repeated(int lanes) => [.. Enumerable.Range(0, lanes).Select(i => numbers[(5 * heads) + (i % heads)])];
        fixed (float* n = numbers)
        fixed (int* r = rows)
        {
            Assert.Equal(Vector512.Create(Gathered(16)), Simd.Gather512(n, r, heads));
            Assert.Equal(Vector512.Create(Repeated(16)), Simd.Repeat512(n + (5 * heads), heads));
            if (heads <= 8)
            {
                Assert.Equal(Vector256.Create(Gathered(8)), Simd.Gather256(n, r, heads));
                Assert.Equal(Vector256.Create(Repeated(8)), Simd.Repeat256(n + (5 * heads), heads));
            }
            if (heads <= 4)
            {
                Assert.Equal(Vector128.Create(Gathered(4)), Simd.Gather128(n, r, heads));
                Assert.Equal(Vector128.Create(Repeated(4)), Simd.Repeat128(n + (5 * heads), heads));
            }
        }
    }

    [Fact]
    public void Sums_and_maxima_of_heads_take_every_row_once()
    {
        Vector512<float> x = Vector512<float>.Indices;
        Assert.Equal(Vector256.Create(8f, 10, 12, 14, 16, 18, 20, 22), Simd.SumOf256(x));
        Assert.Equal(Vector128.Create(24f, 28, 32, 36), Simd.SumOf128(x));
        Assert.Equal(Vector128.Create(4f, 6, 8, 10), Simd.SumOf128(Vector256<float>.Indices));
        Assert.Equal(Vector256.Create(8f, 9, 10, 11, 12, 13, 14, 15), Simd.MaxOf256(x));
        Assert.Equal(Vector128.Create(12f, 13, 14, 15), Simd.MaxOf128(x));
        Assert.Equal(Vector128.Create(4f, 5, 6, 7), Simd.MaxOf128(Vector256<float>.Indices));
    }

    [Fact]
    public void Four_vectors_are_summed_up_at_once()
    {
        Vector512<float> Row(int i) => Vector512<float>.Indices + Vector512.Create((float)(100 * i));
        Assert.Equal(Vector128.Create(120f, 1720, 3320, 4920), Simd.SumsOf(Row(0), Row(1), Row(2), Row(3)));
        Assert.Equal(Vector128.Create(28f, 828, 1628, 2428), Simd.SumsOf(Row(0).GetLower(), Row(1).GetLower(), Row(2).GetLower(), Row(3).GetLower()));
        Vector128<float> Narrow(int i) => Row(i).GetLower().GetLower();
        Assert.Equal(Vector128.Create(6f, 406, 806, 1206), Simd.SumsOf(Narrow(0), Narrow(1), Narrow(2), Narrow(3)));
    }

    [Fact]
    public void A_number_is_picked_by_sign()
    {
        foreach (float positive in (float[])[1e-30f, 3, float.PositiveInfinity])
            Assert.Equal(1, Simd.Select(positive, 1f, 2f));
        foreach (float other in (float[])[0f, -0f, -3, float.NegativeInfinity, float.NaN])
            Assert.Equal(2, Simd.Select(other, 1f, 2f));
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
