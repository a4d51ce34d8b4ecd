using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Training;

/// <summary>
/// The programs of a node classification task: one training step, and the scores of all nodes of the task's type or of those that are evaluated.
/// </summary>
public static class NodeClassification
{
    /// <summary>The output with a score per node and class.</summary>
    public const string ScoresOutput = "scores";

    /// <summary>The output with the loss.</summary>
    public const string LossOutput = "loss";

    /// <summary>The input with a 0 or 1 per training node and class, of tasks with several labels.</summary>
    public const string TargetsInput = "loss.targets";

    /// <summary>One step: the mean loss of the training nodes, gradients, and new values of parameters and optimiser states.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">The optimiser.</param>
    public static Program Step(HeteroGraph graph, NodeTask task, ModelOptions model, Optimizer optimizer)
    {
        ProgramBuilder b = new();
        Node scores = Scores(b, TrainingNodes(task), graph, task, model, training: true);
        Node weight = b.InverseDegree(IndexMap.ToOne(scores.Space));
        Node loss = task.MultiLabel
            ? Losses.BinaryCrossEntropy(scores, b.Input(TargetsInput, scores.Space, scores.Row), weight)
            : Losses.CrossEntropy(scores, Labels(task), weight);
        Node[] parameters = [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        List<Update> updates = [.. optimizer.Updates(loss.Gradients(parameters))];
        if (ProgramGraph.Reachable([loss]).FirstOrDefault(n => n.Op is Op.Leaf { Name: ProgramBuilder.RandomStep }) is Node step)
            updates.Add(new Update(step, step + 1f));
        return new Program([new Output(LossOutput, loss)], updates);
    }

    /// <summary>The scores of all nodes of the task's type, without dropout.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    /// <param name="model">The model.</param>
    public static Program Inference(HeteroGraph graph, NodeTask task, ModelOptions model) => ScoresOf(Space.NodesOf(task.NodeType), graph, task, model);

    /// <summary>
    /// The scores of the nodes that <see cref="Evaluated"/> tells a topology, the validation nodes or the test nodes, without dropout.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    /// <param name="model">The model.</param>
    public static Program Evaluation(HeteroGraph graph, NodeTask task, ModelOptions model) => ScoresOf(EvaluatedNodes(task), graph, task, model);

    /// <summary>The topology of a graph with the training nodes of a task and their labels.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    public static Topology Topology(HeteroGraph graph, NodeTask task)
    {
        int[] training = Rows(task, Split.Train);
        return graph.Topology.With(
            new Dictionary<Space, int> { [TrainingNodes(task)] = training.Length },
            new Dictionary<IndexMap, int[]>
            {
                [IndexMap.Inclusion(TrainingNodes(task), Space.Nodes)] = NodesOf(graph, task, training),
                [Labels(task)] = [.. training.Select(v => task.Labels[v].FirstOrDefault())],
            });
    }

    /// <summary>The topology of a task with the nodes of one part as those that are evaluated.</summary>
    /// <param name="topology">What <see cref="Topology"/> made of graph and task.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    /// <param name="part">The part.</param>
    public static Topology Evaluated(Topology topology, HeteroGraph graph, NodeTask task, Split part)
    {
        int[] rows = Rows(task, part);
        return topology.With(
            new Dictionary<Space, int> { [EvaluatedNodes(task)] = rows.Length },
            new Dictionary<IndexMap, int[]> { [IndexMap.Inclusion(EvaluatedNodes(task), Space.Nodes)] = NodesOf(graph, task, rows) });
    }

    /// <summary>The parts that are evaluated, of those that a task has: validation nodes, test nodes.</summary>
    /// <param name="task">The task.</param>
    public static IReadOnlyList<Split> EvaluatedParts(NodeTask task) => [.. ((Split[])[Split.Valid, Split.Test]).Where(task.Splits.Contains)];

    /// <summary>
    /// The counts of a graph that its programs are compiled with: of all edges, and of those that lead to the nodes a program ends at and to the
    /// nodes around them.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    /// <param name="model">The model.</param>
    /// <param name="topology">What <see cref="Topology"/> made of both, or <see cref="Evaluated"/> of that.</param>
    public static RelationStatistics Statistics(HeteroGraph graph, NodeTask task, ModelOptions model, Topology topology) =>
        ((Space[])[TrainingNodes(task), EvaluatedNodes(task), Space.NodesOf(task.NodeType)]).Where(topology.Has).Aggregate(RelationStatistics.Of(graph), (counts, end) => counts.With(topology, end, model.Layers));

    /// <summary>The task of the nodes of one part alone, in the order of the rows of <see cref="Evaluation"/>.</summary>
    /// <param name="task">The task.</param>
    /// <param name="part">The part.</param>
    public static NodeTask Part(NodeTask task, Split part)
    {
        int[] rows = Rows(task, part);
        return task with { Labels = [.. rows.Select(v => task.Labels[v])], Splits = [.. rows.Select(v => task.Splits[v])] };
    }

    /// <summary>A 0 or 1 per training node and class.</summary>
    /// <param name="task">The task.</param>
    public static float[] Targets(NodeTask task)
    {
        int[] rows = Rows(task, Split.Train);
        float[] targets = new float[rows.Length * task.Classes.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (int c in task.Labels[rows[i]])
                targets[(i * task.Classes.Count) + c] = 1;
        }
        return targets;
    }

    /// <summary>Refuses scores from which nothing can be predicted.</summary>
    /// <param name="scores">The scores.</param>
    /// <exception cref="InvalidOperationException">One is infinite or no number.</exception>
    public static void RequireFinite(ReadOnlySpan<float> scores)
    {
        foreach (float score in scores)
        {
            if (!float.IsFinite(score))
                throw new InvalidOperationException(FormattableString.Invariant($"A score is {score}: the model has diverged; train it with a lower learning rate, or check the features."));
        }
    }

    private static Program ScoresOf(Space nodes, HeteroGraph graph, NodeTask task, ModelOptions model) =>
        new([new Output(ScoresOutput, Scores(new ProgramBuilder(), nodes, graph, task, model, training: false))]);

    private static int[] Rows(NodeTask task, Split part) => [.. Enumerable.Range(0, task.Splits.Length).Where(v => task.Splits[v] == part)];

    private static int[] NodesOf(HeteroGraph graph, NodeTask task, int[] rows)
    {
        int first = graph.NodeOffsets[graph.Schema.NodeTypeIndex(task.NodeType)];
        return [.. rows.Select(v => first + v)];
    }

    private static Space EvaluatedNodes(NodeTask task) => Space.SomeOf(task.NodeType, $"{task.Name}.evaluated");

    private static Space TrainingNodes(NodeTask task) => Space.SomeOf(task.NodeType, $"{task.Name}.train");

    private static IndexMap Labels(NodeTask task) => new($"label.{task.Name}", TrainingNodes(task), Space.Fixed("class", task.Classes.Count));

    private static Node Scores(ProgramBuilder b, Space nodes, HeteroGraph graph, NodeTask task, ModelOptions model, bool training) =>
        ModelCatalogue.Scores(b, graph, model, task.Classes.Count, training).Along(IndexMap.Inclusion(nodes, Space.Nodes));
}
