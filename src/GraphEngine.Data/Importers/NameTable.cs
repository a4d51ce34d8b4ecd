namespace GraphEngine.Data.Importers;

/// <summary>Numbers names in order of first appearance.</summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The number of names.</summary>
    public int Count => _numbers.Count;

    /// <summary>The number of a name, given to it now if it is new.</summary>
    public int Add(string name)
    {
        if (!_numbers.TryGetValue(name, out int number))
            _numbers.Add(name, number = _numbers.Count);
        return number;
    }

    /// <summary>The number of a name, or -1.</summary>
    public int Find(string name) => _numbers.GetValueOrDefault(name, -1);

    /// <summary>The names by number.</summary>
    public string[] ToArray()
    {
        string[] names = new string[_numbers.Count];
        foreach ((string name, int number) in _numbers)
            names[number] = name;
        return names;
    }
}
