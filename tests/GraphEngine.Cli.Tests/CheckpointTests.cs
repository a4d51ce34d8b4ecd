using System.Text.Json;
using GraphEngine.Data;
using GraphEngine.Testing;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace GraphEngine.Cli.Tests;

/// <summary>What is trained once can be gone on with, evaluated and used, to the bit.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public CheckpointTests() => _data = TinyData.WriteTo(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_runs_with_one_seed_give_the_same_bytes_and_another_seed_does_not()
    {
        byte[] first = Train("a", 5, "--seed", "3", "--dropout", "0.5"), second = Train("b", 5, "--seed", "3", "--dropout", "0.5"), other = Train("c", 5, "--seed", "4", "--dropout", "0.5");
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void A_resumed_run_gives_the_bytes_of_one_that_was_never_stopped()
    {
        byte[] whole = Train("whole", 9, "--dropout", "0.3");
        byte[] half = Train("parts", 4, "--dropout", "0.3");
        Assert.NotEqual(whole, half);
        // Hidden width and dropout come from the checkpoint.
        CommandLine run = CommandLine.Run("train", "--dataset", _data, "--device", "cpu", "--epochs", "9", "--resume", "--checkpoint", File_("parts"), "--no-baselines");
        Assert.Equal(0, run.Code);
        Assert.Equal(whole, File.ReadAllBytes(File_("parts")));
        Assert.Contains("9 epochs done", run.Output, StringComparison.Ordinal);
        run = CommandLine.Run("train", "--dataset", _data, "--device", "cpu", "--epochs", "9", "--resume", "--checkpoint", File_("parts"), "--no-baselines");
        Assert.Contains("no epoch was left to run", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_goes_on_keeps_its_seed()
    {
        Train("seed", 2, "--seed", "3");
        CommandLine run = CommandLine.Run("train", "--dataset", _data, "--device", "cpu", "--resume", "--checkpoint", File_("seed"), "--seed", "4");
        Assert.Equal(2, run.Code);
        Assert.Contains("--resume: The run of the checkpoint was begun with the seed 3", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("train", "--dataset", _data, "--device", "cpu", "--resume", "--checkpoint", File_("seed"), "--seed", "3", "--epochs", "3", "--no-baselines").Code);
    }

    // As when a disk is full; the folder is gone, which a test can arrange everywhere.
    [Fact]
    public void A_checkpoint_that_cannot_be_written_does_not_cost_the_figures()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "gone")).FullName;
        using DeletingWriter output = new("epoch 4/40", folder);
        CommandLine run = CommandLine.Run(
            output, TestContext.Current.CancellationToken, "train", "--dataset", _data, "--device", "cpu", "--hidden", "6", "--epochs", "40", "--patience", "0", "--no-baselines", "--checkpoint", Path.Combine(folder, "c.safetensors"));
        Assert.Equal(1, run.Code);
        Assert.Contains("40 epochs done", run.Output, StringComparison.Ordinal);
        Assert.Contains("The last checkpoint could not be written, and the parameters are lost", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_repeats_the_metrics_of_train()
    {
        Train("e", 12);
        JsonElement trained = CommandLine.Run("train", "--dataset", _data, "--device", "cpu", "--hidden", "6", "--epochs", "12", "--patience", "0", "--json", "-").Json;
        CommandLine run = CommandLine.Run("evaluate", "--checkpoint", File_("e"), "--dataset", _data, "--device", "cpu", "--json", "-");
        Assert.Equal(0, run.Code);
        foreach (string key in (string[])["test", "valid", "baselines", "parameters", "epochs", "dataset", "model", "seeds"])
            Assert.Equal(trained.GetProperty(key).GetRawText(), run.Json.GetProperty(key).GetRawText());
        Assert.True(run.Json.GetProperty("epochMilliseconds").GetDouble() > 0);
    }

    [Fact]
    public void The_data_set_is_found_where_it_was()
    {
        Train("f", 3);
        CommandLine run = CommandLine.Run("evaluate", "--checkpoint", File_("f"), "--device", "cpu", "--no-baselines", "--json", "-");
        Assert.Equal(0, run.Code);
        Assert.Equal("tiny", run.Json.GetProperty("dataset").GetString());
        string moved = _data + "-moved";
        Directory.Move(_data, moved);
        run = CommandLine.Run("evaluate", "--checkpoint", File_("f"), "--device", "cpu", "--no-baselines");
        Assert.NotEqual(0, run.Code);
        Assert.Contains("give its folder with --dataset", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, CommandLine.Run("evaluate", "--checkpoint", File_("f"), "--dataset", moved, "--device", "cpu", "--no-baselines").Code);
    }

    [Fact]
    public void The_folder_of_a_checkpoint_wins_over_a_data_set_of_the_same_name()
    {
        string folder = Path.Combine(_folder.Path, "mine");
        DatasetFolder.Write(TinyData.Data with { Name = "wordnet" }, folder, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, CommandLine.Run("train", "--dataset", folder, "--device", "cpu", "--hidden", "6", "--epochs", "2", "--checkpoint", File_("n"), "--no-baselines").Code);
        Assert.Equal(0, CommandLine.Run("predict", "--checkpoint", File_("n"), "--device", "cpu", "--out", Path.Combine(_folder.Path, "n.parquet"), "--json", Path.Combine(_folder.Path, "n.json")).Code);
        Assert.Contains("\"rows\": 12", File.ReadAllText(Path.Combine(_folder.Path, "n.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predictions_are_a_table_with_a_row_for_every_node()
    {
        Train("p", 40);
        string table = Path.Combine(_folder.Path, "predictions.parquet");
        CommandLine run = CommandLine.Run("predict", "--checkpoint", File_("p"), "--dataset", _data, "--device", "cpu", "--out", table, "--json", "-");
        Assert.Equal(0, run.Code);
        Assert.Equal(12, run.Json.GetProperty("rows").GetInt32());
        await using ParquetReader reader = await ParquetReader.CreateAsync(table, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["index", "id", "class", "probability", "scores"], reader.Schema.Fields.Select(f => f.Name));
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        DataField[] fields = reader.Schema.GetDataFields();
        string?[] ids = new string?[12], classes = new string?[12];
        float[] probabilities = new float[12];
        await group.ReadAsync(fields[1], ids.AsMemory(), null, TestContext.Current.CancellationToken);
        await group.ReadAsync(fields[2], classes.AsMemory(), null, TestContext.Current.CancellationToken);
        await group.ReadAsync<float>(fields[3], probabilities.AsMemory(), null, TestContext.Current.CancellationToken);
        Assert.Equal(TinyData.Data.Ids[0], ids);
        JsonElement metrics = CommandLine.Run("evaluate", "--checkpoint", File_("p"), "--dataset", _data, "--device", "cpu", "--no-baselines", "--json", "-").Json;
        double Accuracy(int first, int count) =>
            (double)Enumerable.Range(first, count).Count(v => classes[v] == TinyData.Data.Tasks[0].Classes[TinyData.Data.Tasks[0].Labels[v][0]]) / count;
        Assert.Equal(metrics.GetProperty("valid").GetProperty("accuracy").GetDouble(), Accuracy(6, 3));
        Assert.Equal(metrics.GetProperty("test").GetProperty("accuracy").GetDouble(), Accuracy(9, 3));
        Assert.All(probabilities, p => Assert.InRange(p, 1 / 3f, 1));
    }

    private string File_(string name) => Path.Combine(_folder.Path, name + ".safetensors");

    private byte[] Train(string name, int epochs, params string[] more)
    {
        CommandLine run = CommandLine.Run(
            ["train", "--dataset", _data, "--device", "cpu", "--hidden", "6", "--epochs", $"{epochs}", "--patience", "0", "--checkpoint", File_(name), "--no-baselines", .. more]);
        Assert.Equal("", run.Error);
        Assert.Equal(0, run.Code);
        return File.ReadAllBytes(File_(name));
    }

    private sealed class DeletingWriter(string when, string folder) : ReactingWriter(when)
    {
        protected override void React() => Directory.Delete(folder, recursive: true);
    }
}
