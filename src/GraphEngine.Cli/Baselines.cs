using GraphEngine.Cli.Rendering;
using GraphEngine.Cli.Reports;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;

namespace GraphEngine.Cli;

/// <summary>What a graph model has to beat: computed beside every result, after it.</summary>
internal static class Baselines
{
    /// <summary>
    /// The accuracies of the majority and of a linear model on the features of the nodes: on test nodes, or on validation nodes where there are no
    /// others; null where there are neither.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="task">The task.</param>
    /// <param name="device">The device.</param>
    /// <param name="model">The model that they are compared with: the linear one is not trained twice.</param>
    /// <param name="cancel">Stops the linear model.</param>
    public static BaselinesReport? Measure(GraphData data, NodeTask task, Device device, string model, CancellationToken cancel)
    {
        Split part = task.Splits.Contains(Split.Test) ? Split.Test : Split.Valid;
        if (MajorityBaseline.Accuracy(task, part) is not double majority)
            return null;
        string name = part == Split.Test ? ResultTable.Test : ResultTable.Validation;
        if (data.Features[data.Graph.Schema.NodeTypeIndex(task.NodeType)] is null)
            return new BaselinesReport(name, majority, null) { WithoutLinear = "no features" };
        if (model == LinearModel.Name)
            return new BaselinesReport(name, majority, null);
        TrainingOptions options = Recipes.For(data, LinearModel.Name) with { Task = task.Name };
        try
        {
            TrainingResult linear = Trainer.Train(data, options, device, cancel: cancel);
            return new BaselinesReport(name, majority, (part == Split.Test ? linear.Test : linear.Valid)?.Accuracy);
        }
        catch (Exception e) when (e is InvalidOperationException or InsufficientMemoryException)
        {
            // What a model is compared with must not cost its own figures.
            return new BaselinesReport(name, majority, null) { WithoutLinear = "diverged, or does not fit" };
        }
    }
}
