using System.Text.Json;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Learning.Training;
using GraphEngine.Testing;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace GraphEngine.Cli.Tests;

/// <summary>
/// Every model with messages, with one label and with several: trained, evaluated and used from the command line, on labels that only neighbours
/// know.
/// </summary>
public sealed class ModelRoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--model rgcn", true)]
    [InlineData("--model rgat --heads 2 --within-relation false --attention-dropout 0.1", false)]
    [InlineData("--model rgat --bases 2 --heads 1", true)]
    [InlineData("--model hgt --heads 2", false)]
    [InlineData("--model hgt --normalize false", true)]
    public async Task What_is_trained_is_evaluated_and_predicted_alike(string model, bool multiLabel)
    {
        GraphData data = GroupedItems.Make(features: 5, multiLabel, strangers: 1);
        string folder = Path.Combine(_folder.Path, "data"), checkpoint = Path.Combine(_folder.Path, "c.safetensors"), table = Path.Combine(_folder.Path, "p.parquet");
        DatasetFolder.Write(data, folder, cancellation: TestContext.Current.CancellationToken);
        JsonElement trained = Json(
            ["train", "--dataset", folder, .. model.Split(' '), "--hidden", "12", "--epochs", "60", "--patience", "0", "--lr", "0.03", "--dropout", "0", "--weight-decay", "0", "--checkpoint", checkpoint, "--json", "-"]);
        JsonElement evaluated = Json(["evaluate", "--checkpoint", checkpoint, "--json", "-"]);
        foreach (string key in (string[])["test", "valid", "baselines", "model", "parameters"])
            Assert.Equal(trained.GetProperty(key).GetRawText(), evaluated.GetProperty(key).GetRawText());
        Assert.Equal(model.Split(' ')[1], evaluated.GetProperty("model").GetString());

        // All labels for every item would give a micro F1 of about 0.73, one label for every item one of about 0.35.
        double microF1 = evaluated.GetProperty("test").GetProperty("microF1").GetDouble(), accuracy = evaluated.GetProperty("test").GetProperty("accuracy").GetDouble();
        Assert.True(microF1 > 0.9, $"Micro F1 {microF1:F3}.");
        JsonElement baselines = evaluated.GetProperty("baselines");
        Assert.All((string[])["majority", "linear"], name => Assert.InRange(baselines.GetProperty(name).GetDouble(), 0, accuracy - 0.3));

        Assert.Equal(data.Tasks[0].Splits.Length, Json(["predict", "--checkpoint", checkpoint, "--out", table, "--json", "-"]).GetProperty("rows").GetInt32());
        ClassificationMetrics used = await Metrics(table, data.Tasks[0]);
        Assert.Equal((accuracy, microF1), (used.Accuracy, used.MicroF1));
    }

    [Theory]
    [InlineData("rgat", "infer", 2)]
    [InlineData("rgat", "train", 1)]
    [InlineData("hgt", "infer", 1)]
    [InlineData("hgt", "train", 2)]
    public void Bench_measures_layers_with_attention(string model, string mode, int heads)
    {
        JsonElement json = Json(
            ["bench", "--shape", "aifb", "--scale", "0.02", "--model", model, "--mode", mode, "--heads", $"{heads}", "--in", "8", "--out", "8", "--repeat", "3", "--json", "-"]);
        Assert.Equal((model, mode, heads), (json.GetProperty("model").GetString(), json.GetProperty("mode").GetString(), json.GetProperty("heads").GetInt32()));
        Assert.InRange(json.GetProperty("minMilliseconds").GetDouble(), 1e-6, json.GetProperty("medianMilliseconds").GetDouble());
        Assert.True(json.GetProperty("peakBytes").GetInt64() >= json.GetProperty("nodes").GetInt64() * (8 + 8) * sizeof(float));
        JsonElement[] kernels = [.. json.GetProperty("kernels").EnumerateArray()];
        Assert.InRange(json.GetProperty("launches").GetInt32(), 1, kernels.Length);
        Assert.All(kernels, k => Assert.True(k.GetProperty("milliseconds").GetDouble() > 0 && k.GetProperty("bytes").GetInt64() > 0));
    }

    private static JsonElement Json(string[] args)
    {
        CommandLine run = CommandLine.Run([.. args, "--device", "cpu"]);
        Assert.True(run.Code == 0, run.Error);
        return run.Json;
    }

    /// <summary>The metrics of the classes that a table of predictions names.</summary>
    private static async Task<ClassificationMetrics> Metrics(string table, NodeTask task)
    {
        await using ParquetReader reader = await ParquetReader.CreateAsync(table, cancellationToken: TestContext.Current.CancellationToken);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        string?[] classes = new string?[task.Splits.Length];
        DataField column = reader.Schema.GetDataFields().Single(f => f.Name == "class");
        await group.ReadAsync(column, classes.AsMemory(), null, TestContext.Current.CancellationToken);
        float[] named = [.. classes.SelectMany(text => task.Classes.Select(c => text!.Split('|').Contains(c) ? 1f : -1f))];
        return ClassificationMetrics.Of(task, named, Split.Test)!;
    }
}
