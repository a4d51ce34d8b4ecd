using System.Reflection;
using GraphEngine.Codegen;
using GraphEngine.Codegen.Ilgpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GraphEngine.Runtime;

/// <summary>
/// An open device: it owns the ILGPU context and accelerator. <see cref="DeviceCatalogue"/> opens devices. Its members, <see cref="Dispose"/> too,
/// may be called from any thread. A device runs one program at a time: executors, stores and topologies of one device wait for each other where
/// several threads use them, and disposing one of them waits for the run that is on.
/// </summary>
public sealed class Device : IDisposable
{
    private readonly Context _context;
    private readonly Lock _compiling = new();
    private readonly Task<Kernel>? _laneSequence;
    private string? _failedKernel;
    private bool _isDisposed;

    private Device(string id, string name, Context context, Accelerator accelerator, DeviceProfile profile)
    {
        Id = id;
        Name = name;
        _context = context;
        Accelerator = accelerator;
        Profile = profile;
        // Every program on a CPU runs inside this kernel; ILGPU takes a while to load its first one, which can happen while a data set is read.
        if (profile.Kind == DeviceKind.Cpu)
            _laneSequence = Task.Run(() => Load(LaneSequenceKernel.Entry, profile.GroupSize));
    }

    /// <summary>Opens a device in a context of its own, of which nothing is left where that fails.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">Its vendor's name.</param>
    /// <param name="create">Makes the accelerator.</param>
    /// <param name="profile">What kernels are generated for.</param>
    internal static Device Open<TAccelerator>(string id, string name, Func<Context, TAccelerator> create, Func<TAccelerator, DeviceProfile> profile)
        where TAccelerator : Accelerator
    {
        Context context = IlgpuBackend.CreateContext();
        TAccelerator? accelerator = null;
        try
        {
            accelerator = create(context);
            return new Device(id, name, context, accelerator, profile(accelerator));
        }
        catch
        {
            accelerator?.Dispose();
            context.Dispose();
            throw;
        }
    }

    /// <summary>The id that opens this device: <c>cpu</c>, <c>cuda:N</c> or <c>opencl:N</c>.</summary>
    public string Id { get; }

    /// <summary>The name its vendor gave it.</summary>
    public string Name { get; }

    /// <summary>What the kernel generator knows about it.</summary>
    public DeviceProfile Profile { get; }

    /// <summary>
    /// The accelerator, for buffers and streams. What is launched on it directly has to have ended before anything of it is disposed.
    /// </summary>
    public Accelerator Accelerator { get; }

    /// <summary>
    /// The bytes that can still be allocated: for a CPU what the machine has less what this process uses, or all processes where that is known to be
    /// more; what the CUDA driver says; for an OpenCL device all of its memory, since it does not say what is free.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The device is closed.</exception>
    public long FreeBytes
    {
        get
        {
            lock (Running)
            {
                RequireOpen();
                if (Profile.Kind != DeviceKind.Cpu)
                    return Accelerator is CudaAccelerator cuda ? cuda.GetFreeMemory() : Accelerator.MemorySize;
            }
            GCMemoryInfo memory = GC.GetGCMemoryInfo();
            return Math.Max(0, memory.TotalAvailableMemoryBytes - Math.Max(Environment.WorkingSet, memory.MemoryLoadBytes));
        }
    }

    /// <summary>The kernel that carries a <see cref="Runtime.LaneSequence"/>; on CPU devices only.</summary>
    internal Kernel LaneSequence
    {
        get
        {
            RequireOpen();
            return _laneSequence!.GetAwaiter().GetResult();
        }
    }

    /// <summary>
    /// Held while anything runs on the device or is copied from or to it, and while memory of it is freed. Costs nothing to speak of where one thread
    /// uses the device.
    /// </summary>
    internal Lock Running { get; } = new();

    /// <summary>
    /// Compiles a kernel and loads it. May be called from any thread. The kernel belongs to the caller, who disposes it after its last launch; the
    /// device unloads what is left.
    /// </summary>
    /// <param name="entry">The entry method of a generated kernel class.</param>
    /// <param name="groupSize">The largest group the kernel will be launched with.</param>
    /// <exception cref="ObjectDisposedException">The device is closed.</exception>
    /// <exception cref="KernelCompilationException">
    /// The kernel is refused, and ILGPU cannot compile anything in this context after that; or it takes so many registers or so much shared memory
    /// that a group of that size does not fit.
    /// </exception>
    public Kernel Load(MethodInfo entry, int groupSize)
    {
        lock (_compiling)
        {
            RequireOpen();
            if (_failedKernel is not null)
                throw new KernelCompilationException($"The device {Id} cannot compile any more since the kernel '{_failedKernel}' failed; open it again.");
            string name = entry.DeclaringType?.Name ?? entry.Name;
            Kernel kernel;
            try
            {
                kernel = IlgpuBackend.Load(Accelerator, entry, groupSize);
            }
            catch (KernelCompilationException)
            {
                _failedKernel = name;
                throw;
            }
            if (IlgpuBackend.LargestGroup(kernel) is int largest && largest < groupSize)
            {
                kernel.Dispose();
                throw new KernelCompilationException($"The kernel '{name}' needs groups of {groupSize} work items, but {Id} can run it with {largest} at most; use another device.");
            }
            return kernel;
        }
    }

    /// <summary>Waits until everything enqueued on any stream has finished.</summary>
    /// <exception cref="ObjectDisposedException">The device is closed.</exception>
    public void Synchronize()
    {
        lock (Running)
        {
            RequireOpen();
            Accelerator.Synchronize();
        }
    }

    /// <summary>
    /// Closes the device, after the run or the compilation that is on. What is left of it afterwards, such as executors and stores, can only be
    /// disposed.
    /// </summary>
    public void Dispose()
    {
        // Whether it could be loaded is told to whoever asks for it.
        if (_laneSequence is not null)
            Task.WhenAny(_laneSequence).Wait();
        lock (Running)
        {
            lock (_compiling)
            {
                if (_isDisposed)
                    return;
                _isDisposed = true;
                Finish();
                Accelerator.Dispose();
                _context.Dispose();
            }
        }
    }

    /// <summary>Refuses a device that is closed.</summary>
    internal void RequireOpen() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    /// <summary>True once it is closed, and all of its memory with it.</summary>
    internal bool IsDisposed => _isDisposed;

    private void Finish()
    {
        try
        {
            // GPUs may still be at what the last run enqueued.
            Accelerator.Synchronize();
        }
        catch (AcceleratorException)
        {
            // What has failed has ended, and whoever waited for it was told.
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} ({Name})";
}
