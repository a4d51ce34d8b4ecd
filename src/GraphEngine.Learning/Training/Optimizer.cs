using GraphEngine.Ir;

namespace GraphEngine.Learning.Training;

/// <summary>Turns gradients into new values of parameters, as nodes of the training program.</summary>
public abstract record Optimizer
{
    /// <summary>The updates of one step.</summary>
    /// <param name="gradients">The gradient of each parameter.</param>
    public abstract IReadOnlyList<Update> Updates(IReadOnlyDictionary<Node, Node> gradients);
}
