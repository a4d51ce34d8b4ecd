using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Training;

/// <summary>Losses over rows, each weighted; a weight of 0 leaves a row out.</summary>
public static class Losses
{
    /// <summary>Cross-entropy of the softmax of scores: sum of w_v (log sum_k e^(z_vk) - z_v,label(v)), z shifted by its row's maximum.</summary>
    /// <param name="scores">A score per class.</param>
    /// <param name="labels">The class of each row.</param>
    /// <param name="weights">A scalar per row, or one for all.</param>
    public static Node CrossEntropy(Node scores, IndexMap labels, Node weights)
    {
        Node shifted = scores - scores.MaxColumns().Detach();
        Node perRow = (shifted.Exp().SumColumns().Log() - shifted.Pick(labels)) * weights;
        return perRow.Sum(IndexMap.ToOne(scores.Space));
    }

    /// <summary>Binary cross-entropy of the logistic function of scores, averaged over classes: softplus(s) - s t.</summary>
    /// <param name="scores">A score per class.</param>
    /// <param name="targets">0 or 1 per class.</param>
    /// <param name="weights">A scalar per row, or one for all.</param>
    public static Node BinaryCrossEntropy(Node scores, Node targets, Node weights)
    {
        Node perRow = (scores.Softplus() - (scores * targets)).SumColumns() * weights * (1f / scores.Row.Columns);
        return perRow.Sum(IndexMap.ToOne(scores.Space));
    }
}
