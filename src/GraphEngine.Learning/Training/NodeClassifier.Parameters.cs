using GraphEngine.Ir;

namespace GraphEngine.Learning.Training;

/// <content>Parameters and states: their first values, and the ways in and out.</content>
public sealed partial class NodeClassifier
{
    private bool _hasValues;

    /// <summary>The number of trainable numbers.</summary>
    public long ParameterCount
    {
        get
        {
            using Lock.Scope turn = Enter();
            return Trained(LeafRole.Parameter).Sum(_store.Length);
        }
    }

    /// <summary>The run whose best parameters these are; null where they have changed since.</summary>
    internal TrainingState? Run { get; set; }

    /// <summary>Sets parameters and states to their first values.</summary>
    /// <param name="seed">The seed, from 0 to 16,777,215.</param>
    /// <exception cref="ArgumentException">The seed is out of range.</exception>
    public void Initialize(int seed)
    {
        TrainingOptions.RequireSeed(seed);
        using Lock.Scope turn = Enter();
        Run = null;
        foreach (Op.Leaf leaf in Trained(LeafRole.Parameter).Concat(Trained(LeafRole.State)))
        {
            if (leaf.Name == ProgramBuilder.RandomSeed)
                _store.Write(leaf.Name, [seed]);
            else
                _store.Initialize(leaf, seed);
        }
        _hasValues = true;
    }

    /// <summary>Copies parameters, and if asked states, from the device.</summary>
    /// <param name="withStates">True to include optimiser moments and counters.</param>
    /// <exception cref="InvalidOperationException">A classifier without an optimiser was given no parameters.</exception>
    public IReadOnlyDictionary<string, float[]> Save(bool withStates)
    {
        using Lock.Scope turn = Enter();
        RequireValues();
        return Trained(LeafRole.Parameter).Concat(withStates ? Trained(LeafRole.State) : []).ToDictionary(l => l.Name, l => _store.Read(l.Name));
    }

    /// <summary>Copies parameters from the device to arrays that <see cref="Save(bool)"/> made before.</summary>
    /// <param name="values">Receives the values by name.</param>
    /// <exception cref="ArgumentException">A name is unknown or a size is wrong.</exception>
    public void Save(IReadOnlyDictionary<string, float[]> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        using Lock.Scope turn = Enter();
        RequireValues();
        foreach ((string name, float[] array) in values)
            _store.Read(name, array);
    }

    /// <summary>Copies values to the device. Where nothing has a value yet and some are left out, those become the ones of seed 0.</summary>
    /// <param name="values">Values by name.</param>
    /// <exception cref="ArgumentException">A name is unknown or a size is wrong.</exception>
    public void Restore(IReadOnlyDictionary<string, float[]> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        using Lock.Scope turn = Enter();
        if (!_hasValues && !Leaves.All(l => values.ContainsKey(l.Name)))
            Initialize(seed: 0);
        Run = null;
        foreach ((string name, float[] v) in values)
            _store.Write(name, v);
        _hasValues = true;
    }

    /// <summary>Puts values on the device and what was there in their place, without room for both.</summary>
    /// <param name="values">Values by name.</param>
    internal void Exchange(IReadOnlyDictionary<string, float[]> values)
    {
        using Lock.Scope turn = Enter();
        foreach ((string name, float[] v) in values)
        {
            float[] present = _store.Read(name);
            _store.Write(name, v);
            present.CopyTo(v, 0);
        }
    }

    /// <summary>The number of elements of a parameter or state.</summary>
    /// <param name="leaf">One of <see cref="Leaves"/>.</param>
    public long LengthOf(Op.Leaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        return _store.Length(leaf);
    }

    /// <summary>The parameters and states, with their types.</summary>
    public IEnumerable<Op.Leaf> Leaves
    {
        get
        {
            using Lock.Scope turn = Enter();
            return [.. Trained(LeafRole.Parameter), .. Trained(LeafRole.State)];
        }
    }

    private void RequireValues()
    {
        if (_hasValues)
            return;
        if (Optimizer is null)
            throw new InvalidOperationException($"The classifier has no parameters yet; give it some by {nameof(Checkpoint)}.{nameof(Checkpoint.LoadBest)}, {nameof(Restore)} or {nameof(Initialize)}.");
        Initialize(seed: 0);
    }

    private IEnumerable<Op.Leaf> Trained(LeafRole role) => _store.Leaves.Where(l => l.Role == role).OrderBy(l => l.Name, StringComparer.Ordinal);
}
