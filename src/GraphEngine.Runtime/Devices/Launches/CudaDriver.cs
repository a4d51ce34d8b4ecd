using System.Runtime.InteropServices;

namespace GraphEngine.Runtime;

/// <summary>
/// The calls of NVIDIA's driver that ILGPU does not make: those that record launches once and replay them. See "Graph Management" in the CUDA Driver
/// API.
/// </summary>
internal static partial class CudaDriver
{
    /// <summary>The library's name here; <see cref="DriverLibraries"/> knows what it is called on each system.</summary>
    public const string Library = "cuda";

    private const int ThisThreadOnly = 1;
    private const uint WithoutTimes = 2;

    /// <summary>Makes a stream record instead of run.</summary>
    /// <param name="stream">A stream other than the default one.</param>
    public static void BeginCapture(IntPtr stream) => Check(StreamBeginCapture(stream, ThisThreadOnly), "cuStreamBeginCapture");

    /// <summary>Ends a recording, and makes a program of it that can be launched.</summary>
    /// <param name="stream">The stream.</param>
    public static IntPtr EndCapture(IntPtr stream)
    {
        Check(StreamEndCapture(stream, out IntPtr graph), "cuStreamEndCapture");
        try
        {
            Check(GraphInstantiate(out IntPtr executable, graph, 0), "cuGraphInstantiate");
            return executable;
        }
        finally
        {
            _ = GraphDestroy(graph);
        }
    }

    /// <summary>Ends a recording that has failed.</summary>
    /// <param name="stream">The stream.</param>
    public static void AbandonCapture(IntPtr stream)
    {
        if (StreamEndCapture(stream, out IntPtr graph) == 0 && graph != IntPtr.Zero)
            _ = GraphDestroy(graph);
    }

    /// <summary>Launches what was recorded.</summary>
    /// <param name="executable">The program.</param>
    /// <param name="stream">Any stream.</param>
    /// <exception cref="KernelFailedException">A kernel failed on the device.</exception>
    public static void Launch(IntPtr executable, IntPtr stream)
    {
        int result = GraphLaunch(executable, stream);
        if (result != 0)
            throw KernelFailedException.Of("cuGraphLaunch", result);
    }

    /// <summary>Frees a recorded program.</summary>
    /// <param name="executable">The program.</param>
    public static void Free(IntPtr executable) => _ = GraphExecDestroy(executable);

    /// <summary>Makes an event.</summary>
    public static IntPtr CreateEvent()
    {
        Check(EventCreate(out IntPtr created, WithoutTimes), "cuEventCreate");
        return created;
    }

    /// <summary>Makes one stream wait for what another one has been given so far.</summary>
    /// <param name="stream">The stream that waits.</param>
    /// <param name="other">The other one.</param>
    /// <param name="through">The event that tells.</param>
    public static void Wait(IntPtr stream, IntPtr other, IntPtr through)
    {
        Check(EventRecord(through, other), "cuEventRecord");
        Check(StreamWaitEvent(stream, through, 0), "cuStreamWaitEvent");
    }

    /// <summary>Frees an event.</summary>
    /// <param name="freed">The event.</param>
    public static void FreeEvent(IntPtr freed) => _ = EventDestroy(freed);

    private static void Check(int result, string call)
    {
        if (result != 0)
            throw new InvalidOperationException($"The NVIDIA driver refuses {call} with error {result}; recorded launches need a driver for CUDA 11.4 or newer.");
    }

    [LibraryImport(Library, EntryPoint = "cuStreamBeginCapture_v2")]
    private static partial int StreamBeginCapture(IntPtr stream, int mode);

    [LibraryImport(Library, EntryPoint = "cuStreamEndCapture")]
    private static partial int StreamEndCapture(IntPtr stream, out IntPtr graph);

    [LibraryImport(Library, EntryPoint = "cuGraphInstantiateWithFlags")]
    private static partial int GraphInstantiate(out IntPtr executable, IntPtr graph, ulong flags);

    [LibraryImport(Library, EntryPoint = "cuGraphLaunch")]
    private static partial int GraphLaunch(IntPtr executable, IntPtr stream);

    [LibraryImport(Library, EntryPoint = "cuGraphExecDestroy")]
    private static partial int GraphExecDestroy(IntPtr executable);

    [LibraryImport(Library, EntryPoint = "cuGraphDestroy")]
    private static partial int GraphDestroy(IntPtr graph);

    [LibraryImport(Library, EntryPoint = "cuEventCreate")]
    private static partial int EventCreate(out IntPtr created, uint flags);

    [LibraryImport(Library, EntryPoint = "cuEventRecord")]
    private static partial int EventRecord(IntPtr recorded, IntPtr stream);

    [LibraryImport(Library, EntryPoint = "cuStreamWaitEvent")]
    private static partial int StreamWaitEvent(IntPtr stream, IntPtr awaited, uint flags);

    [LibraryImport(Library, EntryPoint = "cuEventDestroy_v2")]
    private static partial int EventDestroy(IntPtr destroyed);
}
