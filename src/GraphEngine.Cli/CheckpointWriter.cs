using System.Diagnostics;
using GraphEngine.Learning.Training;

namespace GraphEngine.Cli;

/// <summary>Writes checkpoints of a run to one file: after the first epoch, every few seconds, and after the last epoch.</summary>
/// <param name="path">The file.</param>
internal sealed class CheckpointWriter(string path)
{
    // Often enough that an interruption costs nothing that matters, seldom enough that copying from the device does not either.
    private const double Seconds = 5;

    private long? _written;

    /// <summary>True when the file is there, and of this run.</summary>
    public bool HasWritten => _written is not null;

    /// <summary>Takes the offer when it is time.</summary>
    /// <param name="offer">The offer.</param>
    public void Consider(CheckpointOffer offer)
    {
        if (!offer.IsLast && _written is long last && Stopwatch.GetElapsedTime(last).TotalSeconds < Seconds)
            return;
        offer.Take().Write(path);
        _written = Stopwatch.GetTimestamp();
    }
}
