using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>A loop of a kernel. Compared by reference.</summary>
/// <param name="name">Its name in generated text.</param>
/// <param name="map">The map whose items it visits; null for the loop over rows.</param>
/// <param name="outer">The row whose items it visits; null for the loop over rows.</param>
public sealed class LoopVariable(string name, IndexMap? map = null, RowIndex? outer = null)
{
    /// <summary>Its name in generated text.</summary>
    public string Name { get; } = name;

    /// <summary>The map whose items it visits; null for the loop over rows.</summary>
    public IndexMap? Map { get; } = map;

    /// <summary>The row whose items it visits; null for the loop over rows.</summary>
    public RowIndex? Outer { get; } = outer;
}
