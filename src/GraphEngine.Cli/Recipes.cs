using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;

namespace GraphEngine.Cli;

/// <summary>
/// The settings that <c>train</c> takes where no flag says otherwise, by data set. Those of a named set were chosen on validation nodes, or are the
/// paper's own.
/// </summary>
internal static class Recipes
{
    /// <summary>
    /// The settings of data sets that have none of their own: made for sets with few labelled nodes, which overfit soon; chosen for none in
    /// particular.
    /// </summary>
    public static TrainingOptions General { get; } = new() { Epochs = 120, Patience = 30, Decay = 1e-3f, Model = new ModelOptions { Inverse = true, Dropout = 0.5f } };

    // A folder may have any name, and a generated graph has that of the set it is shaped like: recipes are of the sets themselves.
    private static readonly Dictionary<string, int> Nodes = new(StringComparer.OrdinalIgnoreCase) { ["wordnet"] = 117_659, ["aifb"] = 8_285, ["mutag"] = 23_644, ["acm"] = 10_942 };

    private static readonly Dictionary<string, TrainingOptions> ByDataset = new(StringComparer.OrdinalIgnoreCase)
    {
        // Nearly every pointer of WordNet is stored in both directions already.
        ["wordnet"] = new() { Epochs = 60, Patience = 20, Model = new ModelOptions { Dropout = 0.3f } },
        // Schlichtkrull et al., arXiv 1703.06103, table 6: no validation split, 50 epochs, width 16. Their penalty 5e-4 w^2
        // has the gradient 1e-3 w and is put on the first layer alone; their layers have no bias.
        ["aifb"] = new() { Epochs = 50, Patience = 0, Model = new ModelOptions { Hidden = 16, Bias = false, Inverse = true } },
        ["mutag"] = new() { Epochs = 50, Patience = 0, Decay = 1e-3f, Decayed = "layer1.", Model = new ModelOptions { Hidden = 16, Bases = 30, Bias = false, Inverse = true } },
        ["acm"] = new() { Epochs = 100, Patience = 30, Decay = 1e-4f, Model = new ModelOptions { Dropout = 0.5f } },
    };

    // Attention learns with smaller steps; widths and depths are those of the data set.
    private static readonly Dictionary<string, Func<TrainingOptions, TrainingOptions>> ByModel = new(StringComparer.Ordinal)
    {
        ["rgat"] = o => o with { Rate = 0.005f, Model = o.Model with { Heads = 4, WithinRelation = true } },
        ["hgt"] = o => o with { Rate = 0.002f, Model = o.Model with { Normalize = true } },
    };

    private static readonly Dictionary<(string, string), TrainingOptions> ByDatasetAndModel = new()
    {
        // Chosen by the validation nodes.
        [("wordnet", "rgat")] = new() { Epochs = 60, Patience = 20, Model = new ModelOptions { Heads = 4, WithinRelation = true, Dropout = 0.3f } },
        [("wordnet", "hgt")] = new() { Epochs = 60, Patience = 20, Model = new ModelOptions { Normalize = true, Dropout = 0.3f } },
        [("acm", "hgt")] = new() { Epochs = 120, Patience = 30, Rate = 0.002f, Decay = 1e-2f, Model = new ModelOptions { Layers = 1, Dropout = 0.8f, Normalize = true } },
        [("acm", "rgat")] = new() { Epochs = 120, Patience = 30, Rate = 0.002f, Decay = 1e-3f, Model = new ModelOptions { Heads = 4, WithinRelation = true, Dropout = 0.5f } },
        // Chosen by five-fold cross-validation on the training nodes; the one-hot input is that of the RGCN above.
        [("aifb", "rgat")] = new()
        {
            Epochs = 100,
            Patience = 0,
            Rate = 0.02f,
            Model = new ModelOptions { Hidden = 16, Bias = false, Inverse = true, WithinRelation = true, Dropout = 0.6f, AttentionDropout = 0.6f },
        },
        [("mutag", "rgat")] = new()
        {
            Epochs = 100,
            Patience = 0,
            Decay = 5e-3f,
            Decayed = "layer1.",
            Model = new ModelOptions { Hidden = 32, Bias = false, Inverse = true, WithinRelation = true, Dropout = 0.3f },
        },
    };

    // A model without hidden layers on nodes alone: nothing of the graph's recipe applies, and it has to be quick.
    private static readonly TrainingOptions Linear = new() { Epochs = 100, Patience = 10, Rate = 0.02f, Model = new ModelOptions { Model = LinearModel.Name } };

    /// <summary>True where a data set has settings of its own, for the model or for all.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="model">The model.</param>
    public static bool AreOf(GraphData data, string model) => model != LinearModel.Name && IsKnown(data);

    private static bool IsKnown(GraphData data) => Nodes.TryGetValue(data.Name, out int nodes) && nodes == data.Graph.NodeCount;

    /// <summary>The settings for a model on a data set.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="model">The model.</param>
    public static TrainingOptions For(GraphData data, string model)
    {
        if (model == LinearModel.Name)
            return Linear;
        string name = IsKnown(data) ? data.Name.ToLowerInvariant() : "";
        TrainingOptions recipe = ByDatasetAndModel.TryGetValue((name, model), out TrainingOptions? exact) ? exact : Adapted(ByDataset.GetValueOrDefault(name, General), model);
        return recipe with { Model = recipe.Model with { Model = model, Inverse = recipe.Model.Inverse && !data.Graph.HoldsInverses() } };
    }

    private static TrainingOptions Adapted(TrainingOptions options, string model)
    {
        bool isRgcn = model == "rgcn";
        options = options with { Decayed = isRgcn ? options.Decayed : null, Model = options.Model with { Bases = isRgcn ? options.Model.Bases : 0, Bias = options.Model.Bias || model == "hgt" } };
        return ByModel.TryGetValue(model, out Func<TrainingOptions, TrainingOptions>? adapt) ? adapt(options) : options;
    }
}
