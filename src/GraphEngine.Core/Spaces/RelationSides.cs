namespace GraphEngine.Spaces;

/// <summary>Which relations make their typed products on target groups; all others make them on source groups. Topologies that know it have the sides of every <see cref="EdgeSet"/>.</summary>
/// <param name="OnTargets">One entry per edge type.</param>
public sealed record RelationSides(IReadOnlyList<bool> OnTargets)
{
    /// <inheritdoc/>
    public bool Equals(RelationSides? other) => other is not null && OnTargets.SequenceEqual(other.OnTargets);

    /// <inheritdoc/>
    public override int GetHashCode() => OnTargets.Aggregate(17, HashCode.Combine);
}
