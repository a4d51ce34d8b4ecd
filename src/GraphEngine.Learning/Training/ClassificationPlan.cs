using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Training;

/// <summary>
/// What the classification of nodes by a model comes to before a device is known: its programs, and the topologies that they run on.
/// </summary>
/// <param name="Graph">The graph of the model: with reversed edges where it asks for them.</param>
/// <param name="Topology">The graph with the training nodes of the task.</param>
/// <param name="Program">The training step, or the scores of all nodes.</param>
/// <param name="Evaluation">The scores of the nodes that a part calls evaluated; null where nothing is trained or no part is evaluated.</param>
/// <param name="Parts">The parts that training evaluates, with the topologies in which their nodes are those that are evaluated.</param>
/// <param name="Statistics">The counts that all programs are compiled with.</param>
public sealed record ClassificationPlan(
    HeteroGraph Graph, Topology Topology, Program Program, Program? Evaluation, IReadOnlyList<(Split Part, Topology Topology)> Parts, RelationStatistics Statistics)
{
    /// <summary>Builds the programs of a model for a task.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="task">One of its tasks.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">The optimiser; null to score nodes only.</param>
    /// <exception cref="ArgumentException">The data set or the task breaks a rule of <see cref="GraphDataCheck"/>, or a setting of the model is out
    /// of range.</exception>
    public static ClassificationPlan Of(GraphData data, NodeTask task, ModelOptions model, Optimizer? optimizer)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(model);
        model.Check();
        data.Check();
        // A task that is held out of the data set's own has to obey their rules too.
        if (!data.Tasks.Contains(task))
            GraphDataCheck.CheckTask($"The data set '{data.Name}'", data.Graph, task);
        HeteroGraph graph = model.Inverse ? data.Graph.WithInverseEdges() : data.Graph;
        Topology topology = NodeClassification.Topology(graph, task);
        (Split Part, Topology Topology)[] parts = optimizer is null ? [] : [.. NodeClassification.EvaluatedParts(task).Select(p => (p, NodeClassification.Evaluated(topology, graph, task, p)))];
        return new ClassificationPlan(
            graph, topology,
            optimizer is null ? NodeClassification.Inference(graph, task, model) : NodeClassification.Step(graph, task, model, optimizer),
            parts.Length > 0 ? NodeClassification.Evaluation(graph, task, model) : null,
            parts,
            // Of two parts the first is evaluated in every epoch.
            NodeClassification.Statistics(graph, task, model, parts.Select(p => p.Topology).FirstOrDefault(topology)));
    }
}
