using System.Globalization;
using GraphEngine.Learning.Training;
using Spectre.Console;

namespace GraphEngine.Cli.Rendering;

/// <summary>Shows training: a moving bar on a terminal, some lines elsewhere. It also keeps every epoch for the plot.</summary>
/// <param name="context">Where to.</param>
internal sealed class TrainingDisplay(CommandContext context) : IProgress<EpochReport>
{
    // Lines per run in a log.
    private const int Lines = 10;

    private readonly List<EpochReport> _epochs = [];
    private ProgressTask? _bar;
    private string _name = "";
    private int _total;
    private int _first;

    /// <summary>The epochs of the current run, and those before it where it goes on.</summary>
    public IReadOnlyList<EpochReport> Epochs => _epochs;

    /// <summary>Shows a run while it goes.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="epochs">The most epochs.</param>
    /// <param name="before">Epochs that were done before.</param>
    /// <param name="run">The run.</param>
    public TrainingResult Show(string name, int epochs, IReadOnlyList<EpochReport> before, Func<TrainingResult> run)
    {
        _epochs.Clear();
        _epochs.AddRange(before);
        _first = before.Count + 1;
        _name = name;
        _total = epochs;
        if (!context.IsTerminal)
            return run();
        TrainingResult? result = null;
        context.Console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn())
            .Start(progress =>
            {
                _bar = progress.AddTask(Markup.Escape(name), maxValue: epochs);
                result = run();
                _bar.StopTask();
            });
        _bar = null;
        return result!;
    }

    /// <summary>Shows a warning, above a bar that moves.</summary>
    /// <param name="text">The warning.</param>
    public void Warn(string text)
    {
        if (_bar is not null)
            context.Console.WriteLine(text);
        else
            context.Text.WriteLine(text);
    }

    private static string Loss(float loss) => loss.ToString(Math.Abs(loss) < 1e6 ? "F4" : "E4", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Report(EpochReport value)
    {
        _epochs.Add(value);
        string text = string.Create(CultureInfo.InvariantCulture, $"{_name}  epoch {value.Epoch}/{_total}  loss {Loss(value.Loss)}");
        if (value.Valid is { } valid)
            text += string.Create(CultureInfo.InvariantCulture, $"  validation micro F1 {valid.MicroF1:F4}");
        if (_bar is not null)
        {
            _bar.Description = Markup.Escape(text);
            _bar.Value = value.Epoch;
        }
        else if (value.Epoch == _first || value.Epoch == _total || value.Epoch % Math.Max(1, _total / Lines) == 0)
        {
            context.Text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{text}  {value.Milliseconds:F0} ms"));
        }
    }
}
