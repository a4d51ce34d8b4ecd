using System.Diagnostics;
using System.Runtime;
using GraphEngine.Runtime;

namespace GraphEngine.Learning.Benchmarks;

/// <summary>The times of repeated runs in milliseconds.</summary>
/// <param name="Median">The middle one.</param>
/// <param name="Min">The least disturbed one.</param>
public sealed record Timing(double Median, double Min)
{
    private const int WarmUps = 3;
    private const double QuietSeconds = 0.5;
    private const double MostWarmUpSeconds = 10;
    private const int Fewest = 5;
    private const int Most = 200;
    private const double Seconds = 2;

    /// <summary>Times whole runs after a warm-up.</summary>
    /// <param name="executor">What runs.</param>
    /// <param name="repeat">How often; as often as fits in two seconds when null.</param>
    /// <param name="cancel">Stops.</param>
    public static Timing Of(Executor executor, int? repeat = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        WarmUp(executor, waits: repeat is null, cancel);
        List<double> times = [];
        long begin = Stopwatch.GetTimestamp();
        while (times.Count < (repeat ?? Fewest) || (repeat is null && times.Count < Most && Stopwatch.GetElapsedTime(begin).TotalSeconds < Seconds))
        {
            cancel.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            executor.Run();
            executor.Synchronize();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return new Timing(MedianOf(times), times.Min());
    }

    /// <summary>
    /// Runs until the just-in-time compiler has been quiet for a while: it works in the background, on one of the cores that the program runs on, and
    /// where the C# compiler has just been used it has that to optimise as well.
    /// </summary>
    private static void WarmUp(Executor executor, bool waits, CancellationToken cancel)
    {
        long begin = Stopwatch.GetTimestamp(), changed = begin, methods = JitInfo.GetCompiledMethodCount();
        bool IsBusy() => Stopwatch.GetElapsedTime(changed).TotalSeconds < QuietSeconds && Stopwatch.GetElapsedTime(begin).TotalSeconds < MostWarmUpSeconds;
        for (int i = 0; i < WarmUps || (waits && IsBusy()); i++)
        {
            cancel.ThrowIfCancellationRequested();
            executor.Run();
            executor.Synchronize();
            long now = JitInfo.GetCompiledMethodCount();
            if (now != methods)
                (methods, changed) = (now, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>The median time of each kernel.</summary>
    /// <param name="executor">What runs.</param>
    /// <param name="repeat">How often.</param>
    /// <param name="cancel">Stops.</param>
    public static double[] OfKernels(Executor executor, int repeat, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(executor);
        List<double[]> runs = [];
        for (int i = 0; i < repeat; i++)
        {
            cancel.ThrowIfCancellationRequested();
            runs.Add(executor.Profile());
        }
        return [.. Enumerable.Range(0, runs[0].Length).Select(k => MedianOf(runs.Select(r => r[k])))];
    }

    /// <summary>The middle of some numbers; the lower one of two, since the first of few runs has the caches to warm.</summary>
    /// <param name="values">At least one number.</param>
    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(sorted.Length - 1) / 2];
    }
}
