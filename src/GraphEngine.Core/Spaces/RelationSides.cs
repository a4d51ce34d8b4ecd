namespace GraphEngine.Spaces;

/// <summary>Which relations make their typed products on target groups; all others make them on source groups.</summary>
public sealed class RelationSides : IEquatable<RelationSides>
{
    // Spaces and maps of a side are keys of many tables.
    private readonly int _hash;

    /// <summary>A side for every relation.</summary>
    /// <param name="onTargets">One entry per edge type.</param>
    public RelationSides(IReadOnlyList<bool> onTargets)
    {
        OnTargets = onTargets;
        _hash = onTargets.Aggregate(17, HashCode.Combine);
    }

    /// <summary>One entry per edge type.</summary>
    public IReadOnlyList<bool> OnTargets { get; }

    /// <inheritdoc/>
    public bool Equals(RelationSides? other) => ReferenceEquals(this, other) || (other is not null && _hash == other._hash && OnTargets.SequenceEqual(other.OnTargets));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RelationSides);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}
