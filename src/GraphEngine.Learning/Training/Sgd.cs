using GraphEngine.Ir;

namespace GraphEngine.Learning.Training;

/// <summary>Gradient descent: p - rate (g + decay p).</summary>
/// <param name="Rate">The step size.</param>
/// <param name="Decay">The factor of the L2 penalty.</param>
public sealed record Sgd(float Rate = 0.1f, float Decay = 0) : Optimizer
{
    /// <inheritdoc/>
    public override IReadOnlyList<Update> Updates(IReadOnlyDictionary<Node, Node> gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        return [.. gradients.Select(g => new Update(g.Key, g.Key - ((Decay > 0 ? g.Value + (g.Key * Decay) : g.Value) * Rate)))];
    }
}
