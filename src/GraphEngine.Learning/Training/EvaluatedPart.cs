using GraphEngine.Graphs;
using GraphEngine.Runtime;

namespace GraphEngine.Learning.Training;

/// <summary>
/// The validation or test nodes of a task on a device, and how well they are classified. Both parts share a program, which scores the nodes that a
/// topology calls evaluated.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="part">The part.</param>
/// <param name="topology">The topology in which its nodes are those that are evaluated.</param>
internal sealed class EvaluatedPart(NodeTask task, Split part, DeviceTopology topology) : IDisposable
{
    private readonly NodeTask _task = NodeClassification.Part(task, part);
    private float[]? _scores;
    private Executor? _program;

    /// <summary>The part.</summary>
    public Split Part => part;

    /// <summary>The topology in which its nodes are those that are evaluated.</summary>
    public DeviceTopology Topology => topology;

    /// <summary>The number of scores: nodes times classes.</summary>
    public long ScoreCount => (long)_task.Splits.Length * _task.Classes.Count;

    /// <summary>Binds the program that scores evaluated nodes.</summary>
    /// <param name="program">The program.</param>
    /// <param name="store">Its inputs and parameters.</param>
    /// <param name="slab">Where its temporaries lie.</param>
    public void Bind(CompiledProgram program, TensorStore store, Slab slab) => _program = new Executor(program, topology, store, slab);

    /// <summary>Scores the nodes with the parameters as they are.</summary>
    /// <exception cref="InvalidOperationException">A score is not finite.</exception>
    public ClassificationMetrics? Evaluate()
    {
        _scores ??= new float[ScoreCount];
        _program!.Run();
        _program.Read(NodeClassification.ScoresOutput, _scores);
        NodeClassification.RequireFinite(_scores);
        return ClassificationMetrics.Of(_task, _scores, part);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _program?.Dispose();
        topology.Dispose();
    }
}
