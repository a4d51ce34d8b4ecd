namespace GraphEngine.Learning.Verification;

/// <summary>Consecutive elements of an output that belong to one tensor of a reference.</summary>
/// <param name="Tensor">The reference's name of the tensor.</param>
/// <param name="Start">The first element in our output.</param>
/// <param name="Count">How many.</param>
public sealed record TensorPart(string Tensor, int Start, int Count);
