using System.CommandLine;
using System.Globalization;
using GraphEngine.Graphs;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;

namespace GraphEngine.Cli;

/// <summary>The flags that describe a model and its training. Every one may be left out; what it stands for then depends on the data set.</summary>
internal sealed class TrainFlags
{
    /// <summary>The largest seed: numbers beyond are not exact where seeds are kept.</summary>
    public const int LargestSeed = (1 << 24) - 1;

    private static readonly string[] TrueOrFalse = ["true", "false"];
    private static readonly TrainingOptions Usual = Recipes.General;

    private readonly Option<string?> _model = Flags.OneOf("--model", "The model; rgcn when left out.", ModelCatalogue.Names);
    private readonly Option<string?> _task = Flags.Text("--task", "NAME", "The task of the data set; its first one when left out.");
    private readonly Option<int?> _hidden = Flags.Whole("--hidden", $"Width of the hidden vectors; usually {Usual.Model.Hidden}.", 1, 4096);
    private readonly Option<int?> _layers = Flags.Whole("--layers", $"The number of layers; usually {Usual.Model.Layers}.", 1, 64);
    private readonly Option<int?> _heads = Flags.Whole("--heads", "Attention heads, of models that have attention; usually 4 with rgat and 1 with hgt.", 1, 64);
    private readonly Option<int?> _bases = Flags.Whole("--bases", "Bases of the weights; 0, as usual, for one weight per relation.", 0, 4096);
    private readonly Option<double?> _dropout = Flags.Number("--dropout", string.Create(CultureInfo.InvariantCulture, $"The share of hidden elements dropped in training; usually {Usual.Model.Dropout}."), x => x is >= 0 and < 1, "of at least 0 and less than 1");
    private readonly Option<double?> _attentionDropout = Flags.Number("--attention-dropout", "The share of attention weights dropped in training; usually none.", x => x is >= 0 and < 1, "of at least 0 and less than 1");
    private readonly Option<string?> _withinRelation = Flags.OneOf("--within-relation", "Normalise attention among the edges of one relation; of rgat, which usually does.", TrueOrFalse);
    private readonly Option<string?> _sharedAttention = Flags.OneOf("--shared-attention", "Share one pair of attention vectors among all relations; of rgat, which usually has a pair for each.", TrueOrFalse);
    private readonly Option<string?> _averageHeads = Flags.OneOf("--average-heads", "Average the heads of hidden layers instead of laying them side by side; of rgat, which usually averages those of the last layer alone.", TrueOrFalse);
    private readonly Option<string?> _normalize = Flags.OneOf("--normalize", "Normalise the vectors of each layer; of hgt, which usually does.", TrueOrFalse);
    private readonly Option<string?> _aggregation = Flags.OneOf("--aggregation", "How the messages of one relation are combined; usually by their mean.", ["sum", "mean"]);
    private readonly Option<string?> _inverse = Flags.OneOf("--inverse", "Add a reversed edge type for every edge type; usually done where the data set does not have them already.", TrueOrFalse);
    private readonly Option<string?> _selfLoop = Flags.OneOf("--self-loop", "Add a product of each node's own vector in every layer; of rgcn and rgat, which usually do.", TrueOrFalse);
    private readonly Option<string?> _bias = Flags.OneOf("--bias", "Add a bias in every layer; usually done.", TrueOrFalse);
    private readonly Option<int?> _epochs = Flags.Whole("--epochs", $"The most epochs; usually {Usual.Epochs}.", 1);
    private readonly Option<double?> _rate = Flags.Number("--lr", string.Create(CultureInfo.InvariantCulture, $"Step size of Adam; usually {Usual.Rate}, with rgat 0.005 and with hgt 0.002."), x => x > 0, "of more than 0");
    private readonly Option<double?> _decay = Flags.Number("--weight-decay", string.Create(CultureInfo.InvariantCulture, $"Factor of the L2 penalty on weights; usually {Usual.Decay}."), x => x >= 0, "of at least 0");
    private readonly Option<string?> _decayed = Flags.Text("--decayed", "PREFIX", "The first part of the names of the weights that the penalty is put on, such as layer1; usually all weights.");
    private readonly Option<int?> _patience = Flags.Whole("--patience", $"Epochs without a better micro F1 on validation nodes before training stops; 0 never stops early. Usually {Usual.Patience}.", 0);
    private readonly Option<int?> _seed = Flags.Whole("--seed", "Decides first values and dropout; 0 when left out.", 0, LargestSeed);

    /// <summary>Adds the flags to a verb.</summary>
    /// <param name="command">The verb.</param>
    /// <param name="withRun">True for a verb that trains: how long, and with which seed, means nothing to others.</param>
    public void AddTo(Command command, bool withRun)
    {
        Option[] all = [_model, _task, _epochs, _hidden, _layers, _heads, _bases, _dropout, _attentionDropout, _withinRelation, _sharedAttention, _averageHeads, _normalize, _aggregation, _inverse, _selfLoop, _bias, _rate, _decay, _decayed, _patience, _seed];
        foreach (Option option in withRun ? all : all.Except([_epochs, _patience, _seed]))
            command.Add(option);
    }

    /// <summary>The settings: those of the flags given, over some defaults.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="data">The data set, which decides the defaults.</param>
    /// <param name="resumed">The run to go on with, whose settings are the defaults instead; null for a new run.</param>
    /// <exception cref="UsageException">Flags ask for another run than the one to go on with.</exception>
    public TrainingOptions Read(ParseResult parsed, GraphData data, Checkpoint? resumed = null)
    {
        TrainingOptions defaults = resumed?.Options ?? Recipes.For(data, parsed.GetValue(_model) ?? "rgcn");
        ModelOptions model = defaults.Model;
        TrainingOptions options = defaults with
        {
            Task = parsed.GetValue(_task) ?? defaults.Task,
            Epochs = parsed.GetValue(_epochs) ?? defaults.Epochs,
            Rate = (float?)parsed.GetValue(_rate) ?? defaults.Rate,
            Decay = (float?)parsed.GetValue(_decay) ?? defaults.Decay,
            Decayed = parsed.GetValue(_decayed) ?? defaults.Decayed,
            Patience = parsed.GetValue(_patience) ?? defaults.Patience,
            Seed = parsed.GetValue(_seed) ?? defaults.Seed,
            Model = model with
            {
                Model = parsed.GetValue(_model) ?? model.Model,
                Hidden = parsed.GetValue(_hidden) ?? model.Hidden,
                Layers = parsed.GetValue(_layers) ?? model.Layers,
                Heads = parsed.GetValue(_heads) ?? model.Heads,
                Bases = parsed.GetValue(_bases) ?? model.Bases,
                Dropout = (float?)parsed.GetValue(_dropout) ?? model.Dropout,
                AttentionDropout = (float?)parsed.GetValue(_attentionDropout) ?? model.AttentionDropout,
                WithinRelation = IsTrue(parsed, _withinRelation) ?? model.WithinRelation,
                SharedAttention = IsTrue(parsed, _sharedAttention) ?? model.SharedAttention,
                AverageHeads = IsTrue(parsed, _averageHeads) ?? model.AverageHeads,
                Normalize = IsTrue(parsed, _normalize) ?? model.Normalize,
                Aggregation = parsed.GetValue(_aggregation) is string a ? Enum.Parse<Aggregation>(a, ignoreCase: true) : model.Aggregation,
                Inverse = IsTrue(parsed, _inverse) ?? model.Inverse,
                SelfLoop = IsTrue(parsed, _selfLoop) ?? model.SelfLoop,
                Bias = IsTrue(parsed, _bias) ?? model.Bias,
            },
        };
        try
        {
            resumed?.RequireSameRun(options);
        }
        catch (InvalidDataException e)
        {
            throw new UsageException($"--resume: {e.Message.TrimEnd('.')}: leave the flag out, or begin another checkpoint.");
        }
        options.Check();
        return options;
    }

    private static bool? IsTrue(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is string text ? text == TrueOrFalse[0] : null;
}
