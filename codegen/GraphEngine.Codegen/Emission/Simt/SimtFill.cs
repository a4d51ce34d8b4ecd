namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>How an operand gets from global memory to its tile in shared memory.</summary>
/// <param name="Tile">A or B.</param>
/// <param name="Width">The extent of the tile across the summed dimension.</param>
/// <param name="Lanes">How many floats are read at a time: 1 or 4.</param>
/// <param name="Stride">Floats from one step of the summed dimension to the next, in shared memory.</param>
/// <param name="IsTurned">True for an operand that lies with the summed dimension last: what is read at a time are then steps, else places in the
/// extent.</param>
/// <param name="Value">The value, by the place in the extent and the step; the one that is read several at a time is counted in such units.</param>
internal sealed record SimtFill(string Tile, int Width, int Lanes, int Stride, bool IsTurned, Func<string, string, string> Value)
{
    // Neighbouring work items read so many floats of a row; longer pieces would be stored to the same banks.
    private const int Piece = 16;

    /// <summary>
    /// When there is a value to read, in the same way; null where there always is. What is read in a branch is waited for, one after the other.
    /// </summary>
    public Func<string, string, string>? Condition { get; init; }

    /// <summary>When a value that was read is zero instead; null for never.</summary>
    public Func<string, string, string>? Zero { get; init; }

    /// <summary>Prints the place and step of a part of the tile, and its value.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="part">The number of the part, in text.</param>
    /// <param name="name">Added to the names of variables.</param>
    /// <param name="steps">The steps of the tile.</param>
    public void Load(CodeWriter w, string part, string name, int steps)
    {
        int places = IsTurned ? Width : Width / Lanes, piece = Math.Min(Piece, steps) / Lanes;
        w.Line(IsTurned
            ? $"int r{name} = {part} / {piece} % {places}, s{name} = {part} % {piece}{(steps <= Piece ? "" : $" + {part} / {piece * places} * {piece}")};"
            : $"int s{name} = {part} / {places}, r{name} = {part} % {places};");
        (string place, string step, string type) = ($"r{name}", $"s{name}", Lanes == 1 ? "float" : "Float4");
        if (Condition is null)
            w.Line($"{type} v{name} = {Value(place, step)};");
        else
            w.Line($"{type} v{name} = default;").Line($"if ({Condition(place, step)})").Line($"    v{name} = {Value(place, step)};");
        if (Zero is not null)
            w.Line($"if ({Zero(place, step)})").Line($"    v{name} = default;");
    }

    /// <summary>Prints how the value is stored.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="name">Added to the names of variables.</param>
    public void Store(CodeWriter w, string name)
    {
        if (Lanes == 1)
            w.Line($"scalars{Tile}[s{name} * {Stride} + r{name}] = v{name};");
        else if (!IsTurned)
            w.Line($"tile{Tile}[s{name} * {Stride / 4} + r{name}] = v{name};");
        else
        {
            foreach ((char part, int i) in "XYZW".Select((p, i) => (p, i)))
                w.Line($"scalars{Tile}[s{name} * {4 * Stride} + r{name}{(i == 0 ? "" : $" + {i * Stride}")}] = v{name}.{part};");
        }
    }
}
