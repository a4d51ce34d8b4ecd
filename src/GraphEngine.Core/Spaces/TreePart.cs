namespace GraphEngine.Spaces;

/// <summary>Which space or map of which balanced reduction something is.</summary>
/// <param name="Groups">The map that groups the rows.</param>
/// <param name="Level">The level.</param>
/// <param name="Role">What it is there.</param>
public sealed record TreePart(IndexMap Groups, int Level, TreeRole Role);
