using System.Globalization;

namespace GraphEngine.Runtime;

/// <summary>The cores that have had little to do for some time, by the counters of Linux (proc(5), /proc/stat).</summary>
/// <param name="read">Gives how long each core has been idle, in steps of ten milliseconds.</param>
/// <param name="clock">Gives the time in milliseconds.</param>
public sealed class IdleCores(Func<IReadOnlyDictionary<int, long>> read, Func<long> clock)
{
    // Counters move in steps of ten milliseconds; what a core did longer ago says nothing about now.
    private const int StepMilliseconds = 10;
    private const int LeastMilliseconds = 40;
    private const int MostMilliseconds = 400;

    private readonly Lock _reading = new();
    private long _readAt;
    private IReadOnlyDictionary<int, long> _steps = new Dictionary<int, long>();
    private volatile IReadOnlyList<int> _known = [];

    /// <summary>The cores of this machine; none are known to be idle where the system does not say.</summary>
    public IdleCores()
        : this(Read, () => Environment.TickCount64)
    {
    }

    /// <summary>
    /// The cores that were idle for most of the time between the last two readings; none where there were no two lately. Reads again when there is
    /// something new to see.
    /// </summary>
    public IReadOnlyList<int> Known()
    {
        if (clock() - Volatile.Read(ref _readAt) < LeastMilliseconds || !_reading.TryEnter())
            return _known;
        try
        {
            long now = clock(), elapsed = now - _readAt;
            // Another lane may have read since this one looked.
            if (elapsed < LeastMilliseconds)
                return _known;
            IReadOnlyDictionary<int, long> before = _steps;
            _steps = read();
            _known = elapsed > MostMilliseconds ? [] : [.. _steps.Where(c => (c.Value - before.GetValueOrDefault(c.Key, c.Value)) * StepMilliseconds > elapsed / 2).Select(c => c.Key)];
            Volatile.Write(ref _readAt, now);
            return _known;
        }
        finally
        {
            _reading.Exit();
        }
    }

    /// <summary>How long each core has been idle, in steps; empty where the system does not say.</summary>
    private static Dictionary<int, long> Read()
    {
        Dictionary<int, long> idle = [];
        try
        {
            foreach (string line in File.ReadLines("/proc/stat").Skip(1).TakeWhile(l => l.StartsWith("cpu", StringComparison.Ordinal)))
            {
                string[] fields = line.Split(' ');
                idle[int.Parse(fields[0].AsSpan(3), CultureInfo.InvariantCulture)] = long.Parse(fields[4], CultureInfo.InvariantCulture);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return [];
        }
        return idle;
    }
}
