using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Training;

/// <summary>The programs of a node classification task: one training step, and the scores of the task's nodes.</summary>
public static class NodeClassification
{
    /// <summary>The output with a score per node of the task's type and class.</summary>
    public const string ScoresOutput = "scores";

    /// <summary>The output with the loss.</summary>
    public const string LossOutput = "loss";

    /// <summary>The input with the weight of each node in the loss: 1 / n on the n training nodes, 0 elsewhere.</summary>
    public const string WeightsInput = "loss.weights";

    /// <summary>The input with a 0 or 1 per class, of tasks with several labels.</summary>
    public const string TargetsInput = "loss.targets";

    /// <summary>One step: loss, gradients, and new values of parameters and optimiser states.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">The optimiser.</param>
    public static Program Step(HeteroGraph graph, NodeTask task, ModelOptions model, Optimizer optimizer)
    {
        ProgramBuilder b = new();
        Node scores = Scores(b, graph, task, model, training: true);
        Node weights = b.Input(WeightsInput, scores.Space, RowShape.Scalar);
        Node loss = task.MultiLabel
            ? Losses.BinaryCrossEntropy(scores, b.Input(TargetsInput, scores.Space, scores.Row), weights)
            : Losses.CrossEntropy(scores, Labels(task), weights);
        Node[] parameters = [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        List<Update> updates = [.. optimizer.Updates(loss.Gradients(parameters))];
        if (ProgramGraph.Reachable([loss]).FirstOrDefault(n => n.Op is Op.Leaf { Name: ProgramBuilder.RandomStep }) is Node step)
            updates.Add(new Update(step, step + 1f));
        return new Program([new Output(LossOutput, loss)], updates);
    }

    /// <summary>The scores, without dropout.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    /// <param name="model">The model.</param>
    public static Program Inference(HeteroGraph graph, NodeTask task, ModelOptions model) =>
        new([new Output(ScoresOutput, Scores(new ProgramBuilder(), graph, task, model, training: false))]);

    /// <summary>The topology of a graph with the labels of a task.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="task">The task.</param>
    public static Topology Topology(HeteroGraph graph, NodeTask task) =>
        graph.Topology.With(new Dictionary<Space, int>(), new Dictionary<IndexMap, int[]> { [Labels(task)] = [.. task.Labels.Select(l => l.Length > 0 ? l[0] : 0)] });

    /// <summary>The weight of each node in the loss.</summary>
    /// <param name="task">The task.</param>
    public static float[] Weights(NodeTask task)
    {
        int count = task.Splits.Count(s => s == Split.Train);
        return [.. task.Splits.Select(s => s == Split.Train ? 1f / count : 0f)];
    }

    /// <summary>A 0 or 1 per node and class.</summary>
    /// <param name="task">The task.</param>
    public static float[] Targets(NodeTask task)
    {
        float[] targets = new float[task.Labels.Length * task.Classes.Count];
        for (int v = 0; v < task.Labels.Length; v++)
        {
            foreach (int c in task.Labels[v])
                targets[(v * task.Classes.Count) + c] = 1;
        }
        return targets;
    }

    private static IndexMap Labels(NodeTask task) => new($"label.{task.Name}", Space.NodesOf(task.NodeType), Space.Fixed("class", task.Classes.Count));

    private static Node Scores(ProgramBuilder b, HeteroGraph graph, NodeTask task, ModelOptions model, bool training) =>
        ModelCatalogue.Scores(b, graph, model, task.Classes.Count, training).Along(IndexMap.Inclusion(task.NodeType));
}
