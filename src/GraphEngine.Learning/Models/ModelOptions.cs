namespace GraphEngine.Learning.Models;

/// <summary>What a model is made of; the same names are used on the command line, in configuration files and in checkpoints.</summary>
public sealed record ModelOptions
{
    /// <summary>The model: a name that <see cref="ModelCatalogue"/> knows.</summary>
    public string Model { get; init; } = "rgcn";

    /// <summary>Width of the hidden vectors.</summary>
    public int Hidden { get; init; } = 64;

    /// <summary>The number of layers, the one that gives the class scores included.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Bases of the weights; 0 for one weight per relation.</summary>
    public int Bases { get; init; }

    /// <summary>The share of hidden elements dropped in training.</summary>
    public float Dropout { get; init; }

    /// <summary>How the messages of one relation are combined.</summary>
    public Aggregation Aggregation { get; init; } = Aggregation.Mean;

    /// <summary>True to add a reversed edge type for every edge type.</summary>
    public bool Inverse { get; init; }
}
