using System.Runtime.InteropServices;
using GraphEngine.Codegen;
using ILGPU.Runtime;

namespace GraphEngine.Runtime;

/// <summary>
/// Asks the operating system to back large buffers of the CPU device by large pages: rows gathered at random otherwise miss the translation buffer
/// about once each. A hint; where it is not understood nothing changes.
/// </summary>
internal static partial class LargePages
{
    private const long SmallestBuffer = 4 << 20;
    private const long Page = 4096;
    private const int MadviseHugePage = 14;

    /// <summary>Gives the hint for a buffer that has not been touched yet.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="device">Its device.</param>
    public static void Prefer(MemoryBuffer buffer, Device device)
    {
        if (device.Profile.Kind != DeviceKind.Cpu || !OperatingSystem.IsLinux() || buffer.LengthInBytes < SmallestBuffer)
            return;
        long first = (buffer.NativePtr + Page - 1) / Page * Page, end = (buffer.NativePtr + buffer.LengthInBytes) / Page * Page;
        _ = Madvise((nint)first, (nuint)(end - first), MadviseHugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(nint address, nuint length, int advice);
}
