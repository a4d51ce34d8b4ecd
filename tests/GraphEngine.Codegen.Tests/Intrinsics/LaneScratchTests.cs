using GraphEngine.Codegen.Intrinsics;
using Xunit;

namespace GraphEngine.Codegen.Tests.Intrinsics;

public sealed unsafe class LaneScratchTests
{
    [Fact]
    public void A_thread_keeps_its_memory_and_the_memory_ends_after_the_thread()
    {
        const int floats = 16 << 20, threads = 16;
        long before = Environment.WorkingSet;
        for (int i = 0; i < threads; i++)
        {
            Thread thread = new(() =>
            {
                float* memory = LaneScratch.Rent(floats);
                new Span<float>(memory, floats).Fill(1f);
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Assert.True(memory == LaneScratch.Rent(64) && memory[floats - 1] == 1f);
            });
            thread.Start();
            thread.Join();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, threads / 2 * (long)floats * sizeof(float));
    }
}
