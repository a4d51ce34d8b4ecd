using System.Diagnostics;
using GraphEngine.Learning.Training;

namespace GraphEngine.Cli;

/// <summary>
/// Writes checkpoints of a run to one file: after the first epoch, every few seconds, and after the last epoch. A disk that is full does not end the
/// run: it may have room again when the next one is due, and the run's figures are worth having without a checkpoint.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="isThere">True where the run goes on from a checkpoint in that file.</param>
/// <param name="warn">Told when a checkpoint cannot be written, after one that could.</param>
internal sealed class CheckpointWriter(string path, bool isThere, Action<string> warn)
{
    // Often enough that an interruption costs nothing that matters, seldom enough that copying from the device does not either.
    private const double Seconds = 5;

    private long? _tried;
    private Exception? _failure;

    /// <summary>True when the file is there, and of this run.</summary>
    public bool HasWritten { get; private set; } = isThere;

    /// <summary>Why the last checkpoint could not be written, in a sentence; null where it was.</summary>
    public string? Sentence => _failure is null ? null
        : $"The last checkpoint could not be written, and {(HasWritten && File.Exists(path) ? "the one before it is there, and --resume goes on from it" : "the parameters are lost")}: {ErrorText.Of(_failure)}";

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
            _failure = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_failure is null && !offer.IsLast)
                warn($"no checkpoint: {ErrorText.Of(e)} Training goes on, and another one is tried in {Seconds} s.");
            _failure = e;
        }
        _tried = Stopwatch.GetTimestamp();
    }
}
