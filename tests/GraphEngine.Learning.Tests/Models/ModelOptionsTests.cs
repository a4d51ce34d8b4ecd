using GraphEngine.Learning.Models;
using Xunit;

namespace GraphEngine.Learning.Tests.Models;

public sealed class ModelOptionsTests
{
    private static readonly Dictionary<string, ModelOptions> Refused = new()
    {
        ["There is no model 'perceptron'"] = new() { Model = "perceptron" },
        ["The hidden width is 0"] = new() { Hidden = 0 },
        ["The dropout is 1"] = new() { Dropout = 1 },
        ["has no attention and so no heads"] = new() { Heads = 2 },
        ["has no attention to drop"] = new() { AttentionDropout = 0.2f },
        ["cannot be divided among 3 heads"] = new() { Model = "rgat", Heads = 3 },
        ["Bases of weights are of rgcn"] = new() { Model = "hgt", Bases = 4 },
        ["has no attention within relations"] = new() { Model = "hgt", WithinRelation = true },
        ["has no layer normalisation"] = new() { Model = "rgat", Normalize = true },
        ["'linear' is one product"] = new() { Model = "linear", Layers = 3 },
        ["'hgt' has biases in all of its products"] = new() { Model = "hgt", Bias = false },
        ["'hgt' has gated skip connections"] = new() { Model = "hgt", SelfLoop = false },
        ["'rgcn' has no attention vectors to share"] = new() { SharedAttention = true },
        ["'hgt' does not average heads"] = new() { Model = "hgt", AverageHeads = true },
        ["'rgat' weighs messages by attention"] = new() { Model = "rgat", Aggregation = Aggregation.Sum },
    };

    public static TheoryData<string> Sentences() => [.. Refused.Keys];

    [Theory, MemberData(nameof(Sentences))]
    public void A_setting_that_the_model_does_not_have_is_refused(string sentence) =>
        Assert.Contains(sentence, Assert.Throws<ArgumentException>(Refused[sentence].Check).Message, StringComparison.Ordinal);

    [Fact]
    public void The_usual_settings_are_those_of_every_model() => Assert.All(ModelCatalogue.Names, model => new ModelOptions { Model = model }.Check());
}
