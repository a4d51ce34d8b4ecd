using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>The items that each row of a kernel visits in one of its loops.</summary>
/// <param name="Along">A map into the space of the rows whose items are visited.</param>
/// <param name="Then">A map into the source space of <paramref name="Along"/> whose items each item visits; null when loops are one deep.</param>
/// <param name="Cost">Work of an item.</param>
public sealed record ItemWork(IndexMap Along, IndexMap? Then, int Cost);
