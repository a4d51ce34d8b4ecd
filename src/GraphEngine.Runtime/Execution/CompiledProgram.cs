using System.Diagnostics;
using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using LoadedKernel = ILGPU.Runtime.Kernel;

namespace GraphEngine.Runtime;

/// <summary>
/// A program compiled for a device: kernels loaded, nothing allocated. It can be bound to any topology that has the program's spaces and maps, from
/// any thread. Disposing it unloads the kernels, after the run that is on; those of a program that nobody disposes are unloaded with the device.
/// </summary>
public sealed class CompiledProgram : IDisposable
{
    private bool _isDisposed;

    private CompiledProgram(Device device, KernelProgram kernels, IReadOnlyList<EmittedKernel> emitted, IReadOnlyList<LaunchBinder> binders)
    {
        Device = device;
        Kernels = kernels;
        Emitted = emitted;
        Binders = binders;
    }

    /// <summary>The device.</summary>
    public Device Device { get; }

    /// <summary>The time that passes, text and loading took, less what the just-in-time compiler does later.</summary>
    public TimeSpan CompileTime { get; private init; }

    /// <summary>The launches, as data.</summary>
    public KernelProgram Kernels { get; }

    /// <summary>How many kernels have another schedule than the usual one, since a search found one that is faster.</summary>
    public int TunedKernels => Emitted.Count(e => e.Kernel.Schedule != Schedule.Usual);

    /// <summary>The launches, as text; in the same order.</summary>
    public IReadOnlyList<EmittedKernel> Emitted { get; }

    internal IReadOnlyList<LaunchBinder> Binders { get; }

    /// <summary>Compiles a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="device">The device.</param>
    /// <param name="statistics">The relations of the graph it will run on, for the choice of sides; null to choose none.</param>
    /// <param name="disabled">Names of passes to leave out.</param>
    /// <param name="dump">Called with the program after each pass.</param>
    /// <param name="cache">Where compiled text is kept; the process's cache when null.</param>
    /// <param name="schedules">Gives kernels, as they are printed with the usual schedule, another one; null for what <see cref="ScheduleTable"/>
    /// knows of the device.</param>
    /// <exception cref="IrException">The program does not verify.</exception>
    /// <exception cref="KernelCompilationException">A kernel was refused by a compiler below.</exception>
    /// <exception cref="NotSupportedException">A kernel has no form for the device.</exception>
    /// <exception cref="ObjectDisposedException">The device is closed.</exception>
    public static CompiledProgram Compile(
        Program program, Device device, RelationStatistics? statistics = null, IReadOnlySet<string>? disabled = null,
        Action<string, Program>? dump = null, KernelCache? cache = null, Func<EmittedKernel, Schedule?>? schedules = null)
    {
        long start = Stopwatch.GetTimestamp();
        KernelProgram kernels = Pipeline.Run(program, device.Profile.Options(statistics, disabled, dump));
        IReadOnlyList<EmittedKernel> emitted = Emit(kernels, device, schedules);
        // Kernels that differ in nothing but their arguments are compiled once: the updates of equal weights, sums of equal widths.
        Dictionary<(string Body, int GroupSize), KernelSource> distinct = [];
        foreach (EmittedKernel kernel in emitted)
            distinct.TryAdd((kernel.Source.Body, kernel.GroupSize), kernel.Source);
        KernelAssembly assembly = (cache ?? KernelCache.Default).Load([.. distinct.Values, .. emitted.SelectMany(e => e.Parts).DistinctBy(p => p.Name)], device.Profile);
        if (device.Profile.Kind == DeviceKind.Cpu)
            assembly.PrepareLanes();
        Dictionary<KernelSource, LaunchBinder> loaded = distinct.ToDictionary(d => d.Value, d => Load(device, assembly, d.Value.Name, d.Key.GroupSize));
        return new CompiledProgram(device, kernels, emitted, [.. emitted.Select(e => loaded[distinct[(e.Source.Body, e.GroupSize)]])]) { CompileTime = Stopwatch.GetElapsedTime(start) };
    }

    /// <summary>The text of kernels, as they run on a device.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="device">The device.</param>
    /// <param name="schedules">The schedule of a kernel; null for those that were found fastest on the device.</param>
    /// <exception cref="NotSupportedException">A kernel has no form for the device: it was not lowered with the options of its profile.</exception>
    public static IReadOnlyList<EmittedKernel> Emit(KernelProgram kernels, Device device, Func<EmittedKernel, Schedule?>? schedules = null)
    {
        Func<EmittedKernel, Schedule?> scheduleOf = schedules ?? ScheduleTable.Of(device).Find;
        return [.. kernels.Kernels.Select(k => Emit(k, device.Profile, scheduleOf))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Device.Running)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            if (Device.IsDisposed)
                return;
            Device.Synchronize();
            foreach (LoadedKernel kernel in Binders.Select(b => b.Kernel).OfType<LoadedKernel>().Distinct())
                kernel.Dispose();
        }
    }

    /// <summary>Refuses a program whose kernels were unloaded.</summary>
    internal void RequireUsable() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    private static EmittedKernel Emit(Kernel kernel, DeviceProfile profile, Func<EmittedKernel, Schedule?> scheduleOf)
    {
        EmittedKernel usual = KernelEmitter.Emit(kernel, profile);
        return scheduleOf(usual) is Schedule other ? KernelEmitter.Emit(kernel with { Schedule = other }, profile) : usual;
    }

    private static LaunchBinder Load(Device device, KernelAssembly assembly, string name, int groupSize) => device.Profile.Kind == DeviceKind.Cpu
        ? new LaunchBinder(null, null, assembly.LaneBinder(name))
        : new LaunchBinder(device.Load(assembly.Entry(name), groupSize), assembly.Binder(name), null);

    /// <summary>A loaded kernel before its arguments are known: a lane body on the CPU, an ILGPU kernel elsewhere.</summary>
    internal sealed record LaunchBinder(LoadedKernel? Kernel, KernelBinder? Launch, LaneBinder? Lanes);
}
