using GraphEngine.Learning.Training;
using GraphEngine.Tensors;
using ScottPlot;

namespace GraphEngine.Cli.Rendering;

/// <summary>The picture of a training run: loss on the left axis, validation metrics on the right one.</summary>
internal static class TrainingPlot
{
    private const int Width = 1000;
    private const int Height = 600;
    private const float Thickness = 2;

    /// <summary>Draws a picture.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="epochs">The epochs of the run.</param>
    public static void Write(string path, string title, IReadOnlyList<EpochReport> epochs)
    {
        using Plot plot = new();
        double[] numbers = [.. epochs.Select(e => (double)e.Epoch)];
        var loss = plot.Add.ScatterLine(numbers, [.. epochs.Select(e => (double)e.Loss)]);
        loss.LegendText = "training loss";
        loss.LineWidth = Thickness;
        plot.YLabel("training loss");
        plot.XLabel("epoch");
        plot.Title(title);
        if (epochs.All(e => e.Valid is not null))
        {
            AddMetric(plot, numbers, "validation micro F1", [.. epochs.Select(e => e.Valid!.MicroF1)]);
            AddMetric(plot, numbers, "validation macro F1", [.. epochs.Select(e => e.Valid!.MacroF1)]);
            plot.Axes.Right.Label.Text = "validation metrics";
            plot.Axes.Right.Min = 0;
            plot.Axes.Right.Max = 1;
        }
        plot.ShowLegend(Edge.Bottom);
        byte[] picture = plot.GetImageBytes(Width, Height, ImageFormat.Png);
        WholeFile.Write(path, place => File.WriteAllBytes(place, picture));
    }

    private static void AddMetric(Plot plot, double[] numbers, string name, double[] values)
    {
        var line = plot.Add.ScatterLine(numbers, values);
        line.LegendText = name;
        line.LineWidth = Thickness;
        line.Axes.YAxis = plot.Axes.Right;
    }
}
