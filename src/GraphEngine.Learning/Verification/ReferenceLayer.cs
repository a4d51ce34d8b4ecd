using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Tensors;

namespace GraphEngine.Learning.Verification;

/// <summary>A layer as a reference case stores it: which of our layers it is, and how its tensors become our parameters.</summary>
/// <param name="File">The case.</param>
internal abstract record ReferenceLayer(SafetensorsFile File)
{
    /// <summary>The prefix of our parameters' names.</summary>
    protected const string Name = "w";

    /// <summary>The layer.</summary>
    /// <param name="x">Its input.</param>
    /// <param name="graph">The graph.</param>
    public abstract Node Apply(Node x, HeteroGraph graph);

    /// <summary>A parameter, or its gradient, in the layout of our parameter.</summary>
    /// <param name="name">Our name of the parameter.</param>
    /// <param name="prefix"><c>w</c> for the parameter, <c>g</c> for its gradient.</param>
    public abstract float[] Parameter(string name, string prefix);

    /// <summary>
    /// Which of the reference's tensors the elements of a parameter belong to: errors are relative to whole tensors of the reference.
    /// </summary>
    /// <param name="name">Our name of the parameter.</param>
    /// <param name="elements">How many elements it has.</param>
    public virtual IEnumerable<TensorPart> Parts(string name, int elements) => [new TensorPart(name[2..], 0, elements)];

    /// <summary>An input other than the node features.</summary>
    /// <param name="name">Our name of the input.</param>
    public virtual float[] Input(string name) => throw new KeyNotFoundException($"There is no input '{name}'.");

    /// <summary>A tensor of the file.</summary>
    /// <param name="prefix"><c>w</c> for a parameter, <c>g</c> for its gradient.</param>
    /// <param name="name">The name without the prefix.</param>
    protected float[] Read(string prefix, string name) => File[$"{prefix}.{name}"].ToFloats();

    /// <summary>Matrices of several heads side by side, rows x (heads x columns), as one matrix per head: heads x rows x columns.</summary>
    /// <param name="values">The matrices.</param>
    /// <param name="rows">Their rows.</param>
    /// <param name="heads">The heads.</param>
    /// <param name="columns">The columns of each head.</param>
    protected static float[] SplitHeads(float[] values, int rows, int heads, int columns)
    {
        float[] result = new float[values.Length];
        int size = rows * heads * columns;
        for (int i = 0; i < values.Length; i++)
        {
            (int matrix, int rest) = Math.DivRem(i, size);
            (int row, int column) = Math.DivRem(rest, heads * columns);
            (int head, int inHead) = Math.DivRem(column, columns);
            result[(matrix * size) + (((head * rows) + row) * columns) + inHead] = values[i];
        }
        return result;
    }
}
