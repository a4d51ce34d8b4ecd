using System.Diagnostics;
using GraphEngine.Learning.Training;

namespace GraphEngine.Cli;

/// <summary>
/// Writes checkpoints of a run to one file: after the first epoch, every few seconds, and after the last epoch. A disk that is full does not end the run: it may have room again
/// when the next one is due, and the run's figures are worth having without a checkpoint.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="warn">Told when a checkpoint cannot be written, after one that could.</param>
internal sealed class CheckpointWriter(string path, Action<string> warn)
{
    // Often enough that an interruption costs nothing that matters, seldom enough that copying from the device does not either.
    private const double Seconds = 5;

    private long? _tried;

    /// <summary>True when the file is there, and of this run.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Why the last checkpoint could not be written; null where it was.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Takes the offer when it is time.</summary>
    /// <param name="offer">The offer.</param>
    public void Consider(CheckpointOffer offer)
    {
        if (!offer.IsLast && _tried is long last && Stopwatch.GetElapsedTime(last).TotalSeconds < Seconds)
            return;
        Checkpoint checkpoint = offer.Take();
        try
        {
            checkpoint.Write(path);
            HasWritten = true;
            Failure = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (Failure is null && !offer.IsLast)
                warn($"no checkpoint: {ErrorText.Of(e)} Training goes on, and another one is tried in {Seconds} s.");
            Failure = e;
        }
        _tried = Stopwatch.GetTimestamp();
    }
}
