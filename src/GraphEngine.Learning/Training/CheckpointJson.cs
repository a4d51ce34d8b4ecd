using System.Text.Json.Serialization;
using GraphEngine.Learning.Models;

namespace GraphEngine.Learning.Training;

/// <summary>The JSON forms of what checkpoints keep, generated at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingOptions))]
[JsonSerializable(typeof(ModelOptions))]
[JsonSerializable(typeof(NodeTaskSummary))]
[JsonSerializable(typeof(GraphSummary))]
[JsonSerializable(typeof(IReadOnlyList<EpochReport>))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
