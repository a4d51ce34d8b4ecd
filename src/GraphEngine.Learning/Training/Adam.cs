using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Training;

/// <summary>
/// Adam, Kingma and Ba, arXiv 1412.6980, algorithm 1, with an L2 penalty added to the gradient of weights (not of biases, which start as constants).
/// </summary>
/// <param name="Rate">The step size.</param>
/// <param name="Decay">The factor of the L2 penalty: weight times parameter is added to the gradient.</param>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Keeps the quotient finite.</param>
public sealed record Adam(float Rate = 0.01f, float Decay = 0, float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f) : Optimizer
{
    /// <summary>The prefix of the parameters that the penalty is put on; all weights when null.</summary>
    public string? Decayed { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The name of no weight begins with <see cref="Decayed"/>.</exception>
    public override IReadOnlyList<Update> Updates(IReadOnlyDictionary<Node, Node> gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        string[] names = [.. gradients.Keys.Select(p => (Op.Leaf)p.Op).Where(l => l.Init.Kind != InitializerKind.Constant).Select(l => l.Name)];
        if (Decayed is not null && !names.Any(n => n.StartsWith(Decayed, StringComparison.Ordinal)))
            throw new ArgumentException($"The name of no weight begins with '{Decayed}'; the weights are {string.Join(", ", names)}.");
        // A model may have nothing to train.
        if (gradients.Count == 0)
            return [];
        ProgramBuilder b = gradients.First().Key.Builder;
        List<Update> updates = [];
        Node Power(string name, float beta)
        {
            // Kept one step ahead, so that this step reads what is stored instead of what it computes.
            Node power = b.State(name, Space.One, RowShape.Scalar, Initializer.Constant(beta));
            updates.Add(new Update(power, power * beta));
            return -power + 1;
        }

        Node correction1 = Power("adam.beta1.power", Beta1), correction2 = Power("adam.beta2.power", Beta2);
        foreach ((Node parameter, Node raw) in gradients)
        {
            Op.Leaf leaf = (Op.Leaf)parameter.Op;
            bool decays = Decay > 0 && leaf.Init.Kind != InitializerKind.Constant && (Decayed is null || leaf.Name.StartsWith(Decayed, StringComparison.Ordinal));
            Node gradient = decays ? raw + (parameter * Decay) : raw;
            Node first = b.State($"adam.m.{leaf.Name}", parameter.Space, parameter.Row, Initializer.Zero);
            Node second = b.State($"adam.v.{leaf.Name}", parameter.Space, parameter.Row, Initializer.Zero);
            Node nextFirst = (first * Beta1) + (gradient * (1 - Beta1));
            Node nextSecond = (second * Beta2) + (gradient * gradient * (1 - Beta2));
            Node step = nextFirst / correction1 / ((nextSecond / correction2).Sqrt() + Epsilon) * Rate;
            updates.Add(new Update(first, nextFirst));
            updates.Add(new Update(second, nextSecond));
            updates.Add(new Update(parameter, parameter - step));
        }
        return updates;
    }
}
