using System.Text.Json.Serialization;

namespace GraphEngine.Cli.Reports;

/// <summary>Accuracies to compare with.</summary>
/// <param name="Part">The nodes they are of: test, or validation where there are no test nodes.</param>
/// <param name="Majority">The most frequent training class for every node.</param>
/// <param name="Linear">A linear model on the same features; null where the nodes have none, or where it was not asked for.</param>
internal sealed record BaselinesReport(string Part, double Majority, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Linear)
{
    /// <summary>Why there is no linear model; null where there is one, or where it was not asked for.</summary>
    [JsonIgnore]
    public string? WithoutLinear { get; init; }
}
