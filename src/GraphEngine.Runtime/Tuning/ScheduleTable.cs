using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GraphEngine.Codegen;
using GraphEngine.Codegen.Emission;
using GraphEngine.Kernels;
using GraphEngine.Tensors;

namespace GraphEngine.Runtime;

/// <summary>
/// The schedules that a search found to be faster than the usual ones on one device, by the text of the kernel. They lie in a file beside the
/// compiled kernels; a file that is missing or damaged costs time, not the run.
/// </summary>
public sealed class ScheduleTable
{
    private static readonly ConcurrentDictionary<string, Lazy<ScheduleTable>> Tables = new();

    // Beyond everything that a search tries. A line with more is damaged: its tiles would take all memory, its text all of the compiler's time.
    private static readonly Schedule Most = new(TileFloats: 1 << 20, PanelVectors: 64, Ahead: Schedule.FurthestAhead, UnrolledVectors: 64, GroupRows: 1024, GroupReads: 1024, ItemsAtOnce: 64);

    private readonly string? _file;
    private readonly ConcurrentDictionary<string, Schedule> _schedules = new();
    private readonly ConcurrentDictionary<string, Schedule?> _set = new();

    /// <summary>Reads a table.</summary>
    /// <param name="folder">The folder of the file; null for a table in memory only.</param>
    /// <param name="device">The device.</param>
    public ScheduleTable(string? folder, Device device)
    {
        _file = folder is null ? null : Path.Combine(folder, NameOf(device) + ".schedules");
        try
        {
            Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then nothing is known.
        }
    }

    /// <summary>The number of kernels it knows.</summary>
    public int Count => _schedules.Count;

    /// <summary>The table of a device, in the folder where kernels are kept.</summary>
    /// <param name="device">The device.</param>
    public static ScheduleTable Of(Device device) =>
        Tables.GetOrAdd(NameOf(device), _ => new Lazy<ScheduleTable>(() => new ScheduleTable(KernelCache.DefaultFolder(), device))).Value;

    /// <summary>The schedule for a kernel; null for the usual one.</summary>
    /// <param name="usual">The kernel as it is printed with the usual schedule.</param>
    public Schedule? Find(EmittedKernel usual) => _schedules.IsEmpty ? null : _schedules.GetValueOrDefault(KeyOf(usual));

    /// <summary>Keeps a schedule; <see cref="TrySave"/> writes it down.</summary>
    /// <param name="key">The key of the kernel.</param>
    /// <param name="schedule">The faster one; null to forget what was known.</param>
    public void Set(string key, Schedule? schedule)
    {
        _set[key] = schedule;
        if (schedule is null)
            _schedules.TryRemove(key, out _);
        else
            _schedules[key] = schedule;
    }

    /// <summary>Writes the table whole or not at all: what this one was told, beside what other processes have written meanwhile.</summary>
    /// <returns>False when the folder cannot be written.</returns>
    public bool TrySave()
    {
        if (_file is null)
            return false;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            Read();
            WholeFile.Write(_file, place => File.WriteAllLines(place, _schedules.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s =>
                string.Join(' ', [s.Key, .. s.Value.Numbers.Select(n => n.ToString(CultureInfo.InvariantCulture))]))));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The key of a kernel: a hash of its text.</summary>
    /// <param name="kernel">The kernel as it is printed with the usual schedule.</param>
    public static string KeyOf(EmittedKernel kernel) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', [kernel.Source.Body, .. kernel.Parts.Select(p => p.Text)]))).AsSpan(0, 16));

    // Lanes and the model are no part of the text, but of what is fast.
    private static string NameOf(Device device) => $"{device.Profile.Key}-l{device.Profile.Lanes}-{string.Concat(device.Name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit))}";

    /// <summary>Takes over what the file says of all kernels that this table was told nothing of.</summary>
    private void Read()
    {
        Dictionary<string, Schedule> written = [];
        foreach (string line in File.Exists(_file) ? File.ReadAllLines(_file) : [])
        {
            string[] words = line.Split(' ');
            int[] numbers = [.. words.Skip(1).Select(w => int.TryParse(w, CultureInfo.InvariantCulture, out int value) ? value : -1)];
            if (numbers.Length == Most.Numbers.Count && numbers.Zip(Most.Numbers).All(n => n.First >= 0 && n.First <= n.Second))
                written[words[0]] = Schedule.Of(numbers);
        }
        foreach (string key in _schedules.Keys.Union(written.Keys).Where(k => !_set.ContainsKey(k)))
        {
            if (written.TryGetValue(key, out Schedule? schedule))
                _schedules[key] = schedule;
            else
                _schedules.TryRemove(key, out _);
        }
    }
}
