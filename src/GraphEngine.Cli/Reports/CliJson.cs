using System.Text.Json.Serialization;

namespace GraphEngine.Cli.Reports;

/// <summary>The JSON forms of all results, generated at compile time. Rates and errors may be NaN, which JSON has no number for.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, UseStringEnumConverter = true)]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(DevicesReport))]
[JsonSerializable(typeof(TrainReport))]
[JsonSerializable(typeof(PredictReport))]
[JsonSerializable(typeof(DataListReport))]
[JsonSerializable(typeof(DataInfoReport))]
[JsonSerializable(typeof(DataFileReport))]
[JsonSerializable(typeof(CompileReport))]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(KernelBenchReport))]
internal sealed partial class CliJson : JsonSerializerContext;
