using System.Text.Json.Serialization;

namespace GraphEngine.Cli.Reports;

/// <summary>Test accuracies to compare with.</summary>
/// <param name="Majority">The most frequent training class for every node; null where there are no test nodes.</param>
/// <param name="Linear">A linear model on the same features; null where the nodes have none, or where it was not asked for.</param>
internal sealed record BaselinesReport(double? Majority, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Linear);
