namespace GraphEngine.Ir;

/// <summary>
/// The body of a loop as a program of its own: from a running value and captured values to the next running value. What does not depend on the
/// running value stays outside, is computed once, and is captured. Two regions are equal when their programs read alike.
/// </summary>
public sealed class Region : IEquatable<Region>
{
    private const string Running = "x";
    private const string Captured = "c";
    private const string Result = "next";

    private readonly string _text;

    private Region(Program body)
    {
        Program = body;
        _text = ProgramPrinter.Print(body);
    }

    /// <summary>The program: inputs <c>x</c> and <c>c0</c>, <c>c1</c>, …, and the output <c>next</c>.</summary>
    public Program Program { get; }

    /// <summary>The type of the running value.</summary>
    public TensorType Type => Program[Result].Type;

    /// <summary>Cuts the part of a value that depends on a running value out of its program.</summary>
    /// <param name="running">The leaf that stands for the running value.</param>
    /// <param name="next">The next running value; depends on <paramref name="running"/>.</param>
    /// <param name="captures">Values outside that the region reads, in the order of its inputs.</param>
    internal static Region Close(Node running, Node next, out Node[] captures)
    {
        ProgramBuilder builder = new();
        Dictionary<Node, Node> inside = new() { [running] = builder.Input(Running, running.Space, running.Row) };
        List<Node> outside = [];
        foreach (Node node in ProgramGraph.Reachable([next]))
        {
            if (node.Operands.Any(inside.ContainsKey))
                inside[node] = builder.Add(node.Op, [.. node.Operands.Select(o => inside.GetValueOrDefault(o) ?? Capture(o))]);
        }
        captures = [.. outside];
        return new Region(new Program([new Output(Result, inside[next])]));

        Node Capture(Node value)
        {
            // Numbers and counts are no values worth passing in: inside, the body can be simplified with them.
            if (value.Operands.Count == 0 && value.Op is not Op.Leaf)
                return builder.Add(value.Op);
            int position = outside.IndexOf(value);
            if (position < 0)
            {
                position = outside.Count;
                outside.Add(value);
            }
            return builder.Input(Captured + position, value.Space, value.Row);
        }
    }

    /// <summary>The next running value, as nodes of another program.</summary>
    /// <param name="builder">The builder of that program.</param>
    /// <param name="running">The running value there.</param>
    /// <param name="captures">The captured values there.</param>
    internal Node Inline(ProgramBuilder builder, Node running, IReadOnlyList<Node> captures)
    {
        Dictionary<Node, Node> map = [];
        foreach (Node node in Program.Nodes)
        {
            map[node] = node.Op switch
            {
                Op.Leaf { Name: Running } => running,
                Op.Leaf leaf => captures[CaptureOf(leaf)],
                _ => builder.Add(node.Op, [.. node.Operands.Select(o => map[o])]),
            };
        }
        return map[Program[Result]];
    }

    /// <summary>The same region with its body in another form.</summary>
    /// <param name="pass">Gives the body that form.</param>
    internal Region Apply(Func<Program, Program> pass) => new(pass(Program));

    /// <summary>The values of the inputs by name.</summary>
    /// <param name="running">The running value.</param>
    /// <param name="captures">The captured values.</param>
    internal static Dictionary<string, T> Inputs<T>(T running, IEnumerable<T> captures) =>
        new(captures.Select((c, i) => KeyValuePair.Create($"{Captured}{i}", c)).Append(KeyValuePair.Create(Running, running)));

    /// <summary>The value of the output among a program's results.</summary>
    internal static T Next<T>(IReadOnlyDictionary<string, T> results) => results[Result];

    /// <summary>True when the values fit the inputs.</summary>
    /// <param name="running">The type of the running value.</param>
    /// <param name="captures">The types of the captured values.</param>
    internal bool Takes(TensorType running, IReadOnlyList<TensorType> captures) => running == Type
        && Program.Leaves.All(leaf => leaf.Name == Running ? leaf.Type == running : CaptureOf(leaf) < captures.Count && leaf.Type == captures[CaptureOf(leaf)]);

    private static int CaptureOf(Op.Leaf leaf) => int.Parse(leaf.Name.AsSpan(Captured.Length), System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public bool Equals(Region? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Region);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => _text;
}
