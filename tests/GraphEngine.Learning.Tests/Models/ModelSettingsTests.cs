using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Learning.Training;
using GraphEngine.Spaces;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Learning.Tests.Models;

/// <summary>What settings make of a model's program.</summary>
public sealed class ModelSettingsTests
{
    private static readonly Dictionary<string, Func<ModelOptions, ModelOptions>> Settings = new()
    {
        ["hidden"] = o => o with { Hidden = 12 },
        ["layers"] = o => o with { Layers = 3 },
        ["heads"] = o => o with { Heads = 4 },
        ["bases"] = o => o with { Bases = 3 },
        ["dropout"] = o => o with { Dropout = 0.5f },
        ["attention-dropout"] = o => o with { AttentionDropout = 0.5f },
        ["within-relation"] = o => o with { WithinRelation = true },
        ["shared-attention"] = o => o with { SharedAttention = true },
        ["average-heads"] = o => o with { Heads = 2, AverageHeads = true },
        ["normalize"] = o => o with { Normalize = true },
        ["aggregation"] = o => o with { Aggregation = Aggregation.Sum },
        ["self-loop"] = o => o with { SelfLoop = false },
        ["bias"] = o => o with { Bias = false },
    };

    private static readonly Dictionary<string, string[]> Refused = new()
    {
        ["rgcn"] = ["heads", "attention-dropout", "within-relation", "shared-attention", "average-heads", "normalize"],
        ["rgat"] = ["normalize", "aggregation"],
        ["hgt"] = ["bases", "within-relation", "shared-attention", "average-heads", "aggregation", "self-loop", "bias"],
    };

    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> cases = [];
        foreach (string model in ModelCatalogue.Names.Where(m => m != "linear"))
        {
            foreach (string setting in Settings.Keys)
                cases.Add(model, setting);
        }
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_setting_is_refused_or_changes_the_program(string model, string setting)
    {
        ModelOptions usual = new() { Model = model, Hidden = 8 }, options = Settings[setting](usual);
        Exception? refused = Record.Exception(options.Check);
        Assert.Equal(Refused[model].Contains(setting), refused is ArgumentException);
        if (refused is null)
            Assert.NotEqual(Step(usual).ToString(), Step(options).ToString());
    }

    [Theory]
    [InlineData("rgcn")]
    [InlineData("rgat")]
    public void Without_a_self_loop_there_is_no_weight_for_it(string model)
    {
        Assert.Contains(Step(new ModelOptions { Model = model }).Leaves, l => l.Name == "layer2.root");
        Assert.DoesNotContain(Step(new ModelOptions { Model = model, SelfLoop = false }).Leaves, l => l.Name.EndsWith(".root", StringComparison.Ordinal));
    }

    [Fact]
    public void Attention_vectors_are_of_each_relation_or_shared()
    {
        Space SpaceOf(bool isShared) => Step(new ModelOptions { Model = "rgat", SharedAttention = isShared }).Leaves.Single(l => l.Name == "layer2.attention.source").Type.Space;
        Assert.Equal((Space.EdgeTypes, Space.One), (SpaceOf(isShared: false), SpaceOf(isShared: true)));
    }

    [Fact]
    public void Heads_that_are_averaged_are_as_wide_as_their_layer()
    {
        RowShape Row(bool isAverage) => Step(new ModelOptions { Model = "rgat", Hidden = 12, Heads = 3, AverageHeads = isAverage }).Leaves.Single(l => l.Name == "layer1.attention.source").Type.Row;
        Assert.Equal((new RowShape(3, 1, 4), new RowShape(3, 1, 12)), (Row(isAverage: false), Row(isAverage: true)));
        new ModelOptions { Model = "rgat", Hidden = 7, Heads = 3, AverageHeads = true }.Check();
    }

    [Fact]
    public void A_penalty_on_weights_that_do_not_exist_is_refused() => Assert.Contains(
        "begins with 'layer7'", Assert.Throws<ArgumentException>(() => Step(new ModelOptions(), new Adam(Decay: 0.1f) { Decayed = "layer7" })).Message, StringComparison.Ordinal);

    private static GraphProgram Step(ModelOptions options, Optimizer? optimizer = null)
    {
        GraphData data = ShapeGenerator.Generate("aifb", 0.02, cancellation: TestContext.Current.CancellationToken);
        return NodeClassification.Step(data.Graph, data.Tasks[0], options, optimizer ?? new Adam());
    }
}
