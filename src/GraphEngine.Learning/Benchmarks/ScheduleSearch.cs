using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Kernels;
using GraphEngine.Runtime;

namespace GraphEngine.Learning.Benchmarks;

/// <summary>
/// Finds faster schedules by measuring: every schedule that differs from the usual one in one respect is given to all kernels of a program at once,
/// and each kernel keeps the one it ran fastest with. Results stay the same but for the rounding of sums by type, whose tiles may hold another number
/// of rows.
/// </summary>
public static class ScheduleSearch
{
    private const int Runs = 15;

    // Less than this share of a time is noise, not gain.
    private const double SmallestGain = 0.03;

    /// <summary>Searches, and writes down what was found where the whole program got faster by it.</summary>
    /// <param name="bind">Compiles and binds the program with given schedules.</param>
    /// <param name="table">Where schedules are kept.</param>
    /// <param name="cancel">Stops.</param>
    public static ScheduleSearchResult Run(Func<Func<EmittedKernel, Schedule?>, BoundProgram> bind, ScheduleTable table, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(bind);
        ArgumentNullException.ThrowIfNull(table);
        IReadOnlyList<EmittedKernel> emitted;
        ILookup<string, int> kernels;
        Dictionary<string, double> best;
        IEnumerable<Schedule> others;
        // One program at a time: a layer may take most of a device.
        using (BoundProgram usual = bind(_ => null))
        {
            emitted = usual.Compiled.Emitted;
            // Kernels of one text have one schedule: their times are added up.
            kernels = Enumerable.Range(0, emitted.Count).ToLookup(k => ScheduleTable.KeyOf(emitted[k]));
            best = Fastest(usual, kernels, cancel);
            others = usual.Compiled.Device.Profile.Kind == DeviceKind.Cpu ? Schedule.OfCpus : Schedule.OfGpus;
        }
        Dictionary<string, Schedule> chosen = [];
        foreach (Schedule schedule in others)
        {
            using BoundProgram other = bind(_ => schedule);
            foreach ((string key, double time) in Fastest(other, kernels, cancel))
            {
                int k = kernels[key].First();
                if (ScheduleTable.KeyOf(other.Compiled.Emitted[k]) != key && time < best[key] * (1 - SmallestGain))
                    (best[key], chosen[key]) = (time, other.Compiled.Emitted[k].Kernel.Schedule);
            }
        }
        Func<EmittedKernel, Schedule?>[] candidates = [_ => null, k => chosen.GetValueOrDefault(ScheduleTable.KeyOf(k)), table.Find];
        double[] times = [double.MaxValue, double.MaxValue, double.MaxValue];
        // Turn by turn, so that what disturbs the machine disturbs all.
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < candidates.Length; i++)
            {
                using BoundProgram program = bind(candidates[i]);
                times[i] = Math.Min(times[i], Timing.Of(program.Executor, cancel: cancel).Min);
            }
        }
        // What an earlier search found stays where it is the fastest of all.
        (double slow, double fast) = (times[0], times.Min());
        bool isFound = chosen.Count > 0 && times[1] < slow && times[1] <= times[2], isKnown = !isFound && times[2] < slow && emitted.Any(k => table.Find(k) is not null);
        foreach (IGrouping<string, int> kernel in kernels.Where(_ => !isKnown))
            table.Set(kernel.Key, isFound ? chosen.GetValueOrDefault(kernel.Key) : null);
        int changed = emitted.DistinctBy(ScheduleTable.KeyOf).Count(k => table.Find(k) is not null);
        return new ScheduleSearchResult(kernels.Count, changed, slow, changed > 0 ? fast : slow, table.TrySave());
    }

    private static Dictionary<string, double> Fastest(BoundProgram program, ILookup<string, int> kernels, CancellationToken cancel)
    {
        double[] times = Timing.OfKernels(program.Executor, Runs, cancel);
        return kernels.ToDictionary(k => k.Key, k => k.Sum(i => times[i]));
    }
}
