using GraphEngine.Cli.Reports;
using GraphEngine.Graphs;
using GraphEngine.Learning.Training;
using GraphEngine.Runtime;

namespace GraphEngine.Cli;

/// <summary>What a graph model has to beat: computed beside every result, after it.</summary>
internal static class Baselines
{
    /// <summary>The test accuracies of the majority and of a linear model on the features of the nodes.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="task">The task.</param>
    /// <param name="device">The device.</param>
    /// <param name="cancel">Stops the linear model.</param>
    public static BaselinesReport Measure(GraphData data, NodeTask task, Device device, CancellationToken cancel)
    {
        double? majority = MajorityBaseline.Accuracy(task);
        if (data.Features[data.Graph.Schema.NodeTypeIndex(task.NodeType)] is null)
            return new BaselinesReport(majority, null);
        TrainingOptions options = Recipes.For(data, "linear") with { Task = task.Name };
        return new BaselinesReport(majority, Trainer.Train(data, options, device, cancel: cancel).Test?.Accuracy);
    }
}
