using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Kernels;
using GraphEngine.Runtime;

namespace GraphEngine.Learning.Benchmarks;

/// <summary>
/// Finds faster schedules by measuring: every schedule that differs from the usual one in one respect is given to all kernels of a program at once, and each kernel keeps the one it ran
/// fastest with. All schedules give the same results, so nothing but time is at stake.
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
        using BoundProgram usual = bind(_ => null);
        // Kernels of one text have one schedule: their times are added up.
        ILookup<string, int> kernels = Enumerable.Range(0, usual.Compiled.Emitted.Count).ToLookup(k => ScheduleTable.KeyOf(usual.Compiled.Emitted[k]));
        Dictionary<string, double> best = Fastest(usual, kernels, cancel);
        Dictionary<string, Schedule> chosen = [];
        foreach (Schedule schedule in usual.Compiled.Device.Profile.Kind == DeviceKind.Cpu ? Schedule.OfCpus : Schedule.OfGpus)
        {
            using BoundProgram other = bind(_ => schedule);
            foreach ((string key, double time) in Fastest(other, kernels, cancel))
            {
                int k = kernels[key].First();
                if (ScheduleTable.KeyOf(other.Compiled.Emitted[k]) != key && time < best[key] * (1 - SmallestGain))
                    (best[key], chosen[key]) = (time, other.Compiled.Emitted[k].Kernel.Schedule);
            }
        }
        using BoundProgram tuned = bind(k => chosen.GetValueOrDefault(ScheduleTable.KeyOf(k)));
        // Turn by turn, so that what disturbs the machine disturbs both.
        Timing[] before = [Timing.Of(usual.Executor, cancel: cancel), Timing.Of(usual.Executor, cancel: cancel)];
        Timing[] after = [Timing.Of(tuned.Executor, cancel: cancel), Timing.Of(tuned.Executor, cancel: cancel)];
        (double slow, double fast) = (before.Min(t => t.Min), after.Min(t => t.Min));
        bool isKept = chosen.Count > 0 && fast < slow;
        // Where nothing was gained, what other searches found for kernels of the same text stays.
        foreach (IGrouping<string, int> kernel in kernels.Where(_ => isKept))
            table.Set(kernel.Key, chosen.GetValueOrDefault(kernel.Key));
        return new ScheduleSearchResult(kernels.Count, isKept ? chosen.Count : 0, slow, isKept ? fast : slow, table.TrySave());
    }

    private static Dictionary<string, double> Fastest(BoundProgram program, ILookup<string, int> kernels, CancellationToken cancel)
    {
        double[] times = Timing.OfKernels(program.Executor, Runs, cancel);
        return kernels.ToDictionary(k => k.Key, k => k.Sum(i => times[i]));
    }
}
