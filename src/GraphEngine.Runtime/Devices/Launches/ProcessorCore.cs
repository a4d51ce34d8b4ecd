using System.Runtime.InteropServices;

namespace GraphEngine.Runtime;

/// <summary>The core that a thread runs on, as Linux counts cores; unknown elsewhere.</summary>
internal static partial class ProcessorCore
{
    /// <summary>No core.</summary>
    public const int Unknown = -1;

    private const int Words = 1024 / 64;
    private const int Bytes = Words * sizeof(ulong);

    /// <summary>The core of the calling thread.</summary>
    public static int OfThread() => OperatingSystem.IsLinux() ? GetCore() : Unknown;

    /// <summary>Moves the calling thread to a core, from where the system may move it on; a system that refuses leaves it where it is.</summary>
    /// <param name="core">The core.</param>
    public static void Move(int core)
    {
        Span<ulong> allowed = stackalloc ulong[Words], one = stackalloc ulong[Words];
        if (core >= Words * 64 || GetAffinity(0, Bytes, allowed) < 0)
            return;
        one.Clear();
        one[core / 64] = 1ul << (core % 64);
        if ((allowed[core / 64] & one[core / 64]) != 0 && SetAffinity(0, Bytes, one) == 0)
            _ = SetAffinity(0, Bytes, allowed);
    }

    [LibraryImport("libc", EntryPoint = "sched_getcpu"), SuppressGCTransition]
    private static partial int GetCore();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint length, Span<ulong> mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint length, ReadOnlySpan<ulong> mask);
}
