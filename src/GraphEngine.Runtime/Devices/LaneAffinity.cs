using System.Numerics;
using System.Runtime.InteropServices;

namespace GraphEngine.Runtime;

/// <summary>
/// Keeps every lane of the CPU device on a core of its own. Where lanes wait for each other by spinning, none of them sleeps, and the operating system now and then leaves two of them on one core
/// for many runs while another core is idle: a program then takes twice as long. Where there are more cores than lanes, or another system than Linux, it is left to choose.
/// </summary>
internal static partial class LaneAffinity
{
    private const int MaskWords = 1024 / 64;

    // The place of a thread's lane, one based: the threads of an accelerator run the same lane in every launch.
    [ThreadStatic]
    private static int _placed;

    // Read before any thread is bound, since a bound one may use a single core.
    private static readonly int[] Allowed = OperatingSystem.IsLinux() ? AllowedCores() : [];

    /// <summary>Binds the calling thread to the core of its lane.</summary>
    /// <param name="lane">The number of the lane.</param>
    /// <param name="lanes">How many lanes there are.</param>
    public static void Bind(int lane, int lanes)
    {
        if (_placed == lane + 1 || lanes != Allowed.Length)
            return;
        _placed = lane + 1;
        Span<ulong> mask = stackalloc ulong[MaskWords];
        mask[Allowed[lane] / 64] = 1ul << (Allowed[lane] % 64);
        // A hint: a system that refuses it runs the lanes as before.
        _ = SetAffinity(0, MaskWords * sizeof(ulong), mask);
    }

    private static int[] AllowedCores()
    {
        Span<ulong> mask = stackalloc ulong[MaskWords];
        if (GetAffinity(0, MaskWords * sizeof(ulong), mask) != 0)
            return [];
        List<int> cores = [];
        for (int word = 0; word < MaskWords; word++)
        {
            for (ulong rest = mask[word]; rest != 0; rest &= rest - 1)
                cores.Add((64 * word) + BitOperations.TrailingZeroCount(rest));
        }
        return [.. cores];
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint length, Span<ulong> mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint length, Span<ulong> mask);
}
