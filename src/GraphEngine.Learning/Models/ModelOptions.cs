using GraphEngine.Learning.Training;

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

    /// <summary>Attention heads, of models that have attention.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Bases of the weights; 0 for one weight per relation.</summary>
    public int Bases { get; init; }

    /// <summary>The share of hidden elements dropped in training.</summary>
    public float Dropout { get; init; }

    /// <summary>The share of attention weights dropped in training, of models that have attention.</summary>
    public float AttentionDropout { get; init; }

    /// <summary>True to normalise attention among the edges of one relation instead of all edges into a node; of rgat.</summary>
    public bool WithinRelation { get; init; }

    /// <summary>True for one pair of attention vectors for all relations instead of one per relation; of rgat.</summary>
    public bool SharedAttention { get; init; }

    /// <summary>True to average the heads of hidden layers, each as wide as the layer, instead of laying them side by side; of rgat.</summary>
    public bool AverageHeads { get; init; }

    /// <summary>True to normalise the vectors of each layer; of hgt.</summary>
    public bool Normalize { get; init; }

    /// <summary>How the messages of one relation are combined.</summary>
    public Aggregation Aggregation { get; init; } = Aggregation.Mean;

    /// <summary>True to add a product of each node's own vector in every layer; hgt has its gated skip connections instead.</summary>
    public bool SelfLoop { get; init; } = true;

    /// <summary>True to add a bias in every layer.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>
    /// True to add a reversed edge type for every edge type; false unless it is set. The command line adds them where a data set does not have them
    /// already, unless a flag or the settings chosen for the set say otherwise.
    /// </summary>
    public bool Inverse { get; init; }

    /// <summary>True for models with attention heads.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasAttention => Model is "rgat" or "hgt";

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">One is out of range or the model does not have it; the message names it.</exception>
    public void Check()
    {
        if (!ModelCatalogue.Names.Contains(Model))
            throw new ArgumentException($"There is no model '{Model}'; choose one of {string.Join(", ", ModelCatalogue.Names)}.");
        TrainingOptions.Require(Hidden >= 1, "hidden width", Hidden, "1 or more");
        TrainingOptions.Require(Layers >= 1, "number of layers", Layers, "1 or more");
        TrainingOptions.Require(Bases >= 0, "number of bases", Bases, "0 or more");
        TrainingOptions.Require(Dropout is >= 0 and < 1, "dropout", Dropout, "0 or more and less than 1");
        TrainingOptions.Require(AttentionDropout is >= 0 and < 1, "attention dropout", AttentionDropout, "0 or more and less than 1");
        TrainingOptions.Require(Heads >= 1, "number of heads", Heads, "1 or more");
        if (!HasAttention && Heads != 1)
            throw new ArgumentException($"The model '{Model}' has no attention and so no heads; leave them at 1.");
        if (!HasAttention && AttentionDropout > 0)
            throw new ArgumentException($"The model '{Model}' has no attention to drop; leave the attention dropout at 0.");
        if (HasAttention && !AverageHeads && Hidden % Heads != 0)
            throw new ArgumentException($"A hidden width of {Hidden} cannot be divided among {Heads} heads; choose a multiple of {Heads}, or another number of heads.");
        if (HasAttention && Bases > 0 && (Model != "rgat" || Heads != 1))
            throw new ArgumentException("Bases of weights are of rgcn, and of rgat with one head; leave them at 0, or take one head.");
        if (Model == LinearModel.Name && this != new ModelOptions { Model = Model })
            throw new ArgumentException($"The model '{Model}' is one product of features and weights: it has no settings of its own; leave them out.");
        if (!SelfLoop && Model == "hgt")
            throw new ArgumentException("The model 'hgt' has gated skip connections instead of self loops; leave the self loop on.");
        if (!Bias && Model == "hgt")
            throw new ArgumentException("The model 'hgt' has biases in all of its products; leave them on.");
        if (!Enum.IsDefined(Aggregation))
            throw new ArgumentException($"There is no aggregation {Aggregation}; choose one of {string.Join(", ", Enum.GetNames<Aggregation>())}.");
        if (Aggregation != Aggregation.Mean && HasAttention)
            throw new ArgumentException($"The model '{Model}' weighs messages by attention; an aggregation is of rgcn.");
        if (WithinRelation && Model != "rgat")
            throw new ArgumentException($"The model '{Model}' has no attention within relations; only rgat has.");
        if (SharedAttention && Model != "rgat")
            throw new ArgumentException($"The model '{Model}' has no attention vectors to share; only rgat has.");
        if (AverageHeads && Model != "rgat")
            throw new ArgumentException($"The model '{Model}' does not average heads; only rgat does.");
        if (Normalize && Model != "hgt")
            throw new ArgumentException($"The model '{Model}' has no layer normalisation; only hgt has.");
    }
}
