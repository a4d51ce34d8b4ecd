using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Training;

/// <summary>What the classification of nodes by a model comes to before a device is known: its programs, and the topologies that they run on.</summary>
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
    /// <exception cref="ArgumentException">A node to train or to evaluate on has no label, or one that is no class, or there are labels of another number of nodes.</exception>
    public static ClassificationPlan Of(GraphData data, NodeTask task, ModelOptions model, Optimizer? optimizer)
    {
        Check(data.Graph, task);
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

    /// <summary>What is read from a folder was checked there; what is made in memory was not.</summary>
    private static void Check(HeteroGraph graph, NodeTask task)
    {
        int nodes = graph.NodeCountOf(graph.Schema.NodeTypeIndex(task.NodeType));
        if (task.Labels.Length != nodes || task.Splits.Length != nodes)
            throw new ArgumentException($"The task '{task.Name}' has labels of {task.Labels.Length} nodes and parts of {task.Splits.Length}, but the graph has {nodes} nodes of the type '{task.NodeType}'; give one of each per node.", nameof(task));
        for (int v = 0; v < nodes; v++)
        {
            if (task.Labels[v].Any(c => (uint)c >= (uint)task.Classes.Count))
                throw new ArgumentException($"Node {v} of the task '{task.Name}' has the labels {string.Join(", ", task.Labels[v])}, but there are {task.Classes.Count} classes, numbered from 0.", nameof(task));
            if (!task.MultiLabel && task.Splits[v] != Split.None && task.Labels[v].Length != 1)
                throw new ArgumentException($"Node {v} of the task '{task.Name}' has {task.Labels[v].Length} labels; every node of a part has one, unless the task has several labels.", nameof(task));
        }
    }
}
