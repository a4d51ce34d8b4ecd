using System.Text.Json;
using GraphEngine.Data;
using GraphEngine.Graphs;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Cli.Tests;

public sealed class TrainCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _data;

    public TrainCommandTests() => _data = TinyData.WriteTo(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("data export")]
    [InlineData("train")]
    public void Help_is_given_without_the_flags_that_it_tells_of(string verb)
    {
        CommandLine run = CommandLine.Run([.. verb.Split(' '), "--help"]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains($" {verb} ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_the_settings_that_a_data_set_without_its_own_gets()
    {
        string help = CommandLine.Run("train", "--help").Output;
        Assert.Contains(FormattableString.Invariant($"usually {Recipes.General.Epochs}."), help, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"usually {Recipes.General.Model.Dropout}."), help, StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_has_the_keys_that_machines_read()
    {
        CommandLine run = Train("--epochs", "30", "--json", "-");
        Assert.Equal(0, run.Code);
        JsonElement json = run.Json;
        Assert.Equal("tiny", json.GetProperty("dataset").GetString());
        Assert.Equal("rgcn", json.GetProperty("model").GetString());
        Assert.Equal("cpu", json.GetProperty("device").GetString());
        Assert.Equal(1, json.GetProperty("seeds").GetInt32());
        Assert.InRange(json.GetProperty("epochs").GetInt32(), 1, 30);
        Assert.True(json.GetProperty("parameters").GetInt64() > 100);
        Assert.True(json.GetProperty("secondsToFirstEpoch").GetDouble() > 0);
        Assert.True(json.GetProperty("epochMilliseconds").GetDouble() > 0);
        Assert.True(json.GetProperty("peakBytes").GetInt64() > 1000);
        JsonElement test = json.GetProperty("test");
        Assert.InRange(test.GetProperty("accuracy").GetDouble(), 0, 1);
        Assert.InRange(test.GetProperty("microF1").GetDouble(), 0, 1);
        Assert.InRange(test.GetProperty("macroF1").GetDouble(), 0, 1);
        Assert.False(test.TryGetProperty("accuracyDeviation", out _));
        // Two of the six training nodes have each class, and one of the three test nodes has the first of them.
        Assert.Equal(1.0 / 3, json.GetProperty("baselines").GetProperty("majority").GetDouble(), 1e-12);
        Assert.Equal(1, json.GetProperty("baselines").GetProperty("linear").GetDouble());
    }

    [Fact]
    public void Without_a_terminal_there_are_plain_lines_and_no_control_codes()
    {
        CommandLine run = Train("--epochs", "20", "--patience", "0");
        Assert.Equal("", run.Error);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.DoesNotContain('\r', run.Output);
        Assert.Contains("rgcn  epoch 20/20  loss ", run.Output, StringComparison.Ordinal);
        Assert.InRange(run.Output.Split('\n').Count(l => l.Contains("epoch ", StringComparison.Ordinal)), 5, 15);
        Assert.Contains("majority, test", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_seeds_give_means_with_deviations()
    {
        JsonElement json = Train("--epochs", "2", "--seeds", "3", "--seed", "5", "--json", "-").Json;
        Assert.Equal(3, json.GetProperty("seeds").GetInt32());
        JsonElement[] runs = [.. json.GetProperty("runs").EnumerateArray()];
        Assert.Equal([5, 6, 7], runs.Select(r => r.GetProperty("seed").GetInt32()));
        double[] accuracies = [.. runs.Select(r => r.GetProperty("test").GetProperty("accuracy").GetDouble())];
        double mean = accuracies.Average();
        Assert.Equal(mean, json.GetProperty("test").GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.Equal(
            Math.Sqrt(accuracies.Sum(a => (a - mean) * (a - mean)) / 2), json.GetProperty("test").GetProperty("accuracyDeviation").GetDouble(), 1e-12);
    }

    [Fact]
    public void A_seed_among_several_gives_what_it_gives_alone()
    {
        JsonElement several = Train("--epochs", "3", "--seeds", "2", "--json", "-").Json, alone = Train("--epochs", "3", "--seed", "1", "--json", "-").Json;
        Assert.Equal(alone.GetProperty("test").GetProperty("macroF1").GetDouble(), several.GetProperty("runs")[1].GetProperty("test").GetProperty("macroF1").GetDouble());
    }

    [Fact]
    public void Folds_of_the_training_nodes_are_held_out_in_turn()
    {
        CommandLine run = Train("--epochs", "2", "--folds", "3", "--seeds", "2", "--json", "-");
        JsonElement json = run.Json;
        Assert.Equal((2, 3), (json.GetProperty("seeds").GetInt32(), json.GetProperty("folds").GetInt32()));
        JsonElement[] runs = [.. json.GetProperty("runs").EnumerateArray()];
        Assert.Equal([(1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1)], runs.Select(r => (r.GetProperty("fold").GetInt32(), r.GetProperty("seed").GetInt32())));
        // Two of the six training nodes are held out: test nodes, of which there are three, would give thirds.
        Assert.All(runs, r => Assert.Contains(r.GetProperty("heldOut").GetProperty("accuracy").GetDouble(), new[] { 0, 0.5, 1 }));
        Assert.False(json.TryGetProperty("test", out _));
        Assert.Equal(runs.Average(r => r.GetProperty("heldOut").GetProperty("accuracy").GetDouble()), json.GetProperty("heldOut").GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.False(json.TryGetProperty("baselines", out _));
        Assert.Contains("rgcn, held out", Train("--epochs", "1", "--folds", "2").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Folds_need_nodes_and_keep_no_checkpoint()
    {
        Assert.Contains("has 6 training nodes, too few for 7 folds", Train("--folds", "7").Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("--folds asks for several", Train("--folds", "2", "--checkpoint", Path.Combine(_folder.Path, "c.safetensors")).Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_test_nodes_there_are_no_test_metrics_and_baselines_of_validation_nodes()
    {
        NodeTask task = TinyData.Data.Tasks[0];
        string folder = Path.Combine(_folder.Path, "untested");
        DatasetFolder.Write(TinyData.Data with { Tasks = [task with { Splits = [.. task.Splits.Select(s => s == Split.Test ? Split.None : s)] }] }, folder, cancellation: TestContext.Current.CancellationToken);
        CommandLine run = CommandLine.Run("train", "--dataset", folder, "--device", "cpu", "--hidden", "8", "--epochs", "2");
        Assert.Matches("rgcn, test +no test nodes", run.Output);
        Assert.Matches("majority, validation +0.3333", run.Output);
        Assert.False(CommandLine.Run("train", "--dataset", folder, "--device", "cpu", "--hidden", "8", "--epochs", "2", "--json", "-").Json.TryGetProperty("test", out _));
    }

    [Fact]
    public void Flags_win_over_the_configuration_file()
    {
        string config = Path.Combine(_folder.Path, "config.json");
        File.WriteAllText(config, """{ "epochs": 7, "hidden": 5, "weight-decay": 0.25, "aggregation": "sum", "inverse": true, "no-baselines": true }""");
        JsonElement json = CommandLine.Run("train", "--dataset", _data, "--device", "cpu", "--config", config, "--epochs", "2", "--json", "-").Json;
        JsonElement options = json.GetProperty("options");
        Assert.Equal(2, options.GetProperty("epochs").GetInt32());
        Assert.Equal(0.25, options.GetProperty("decay").GetDouble());
        Assert.Equal(5, options.GetProperty("model").GetProperty("hidden").GetInt32());
        Assert.Equal("Sum", options.GetProperty("model").GetProperty("aggregation").GetString());
        Assert.True(options.GetProperty("model").GetProperty("inverse").GetBoolean());
        Assert.False(json.TryGetProperty("baselines", out _));
    }

    [Fact]
    public void A_configuration_file_can_switch_off_what_the_defaults_switch_on()
    {
        string config = Path.Combine(_folder.Path, "config.json");
        File.WriteAllText(config, """{ "inverse": false, "no-baselines": false, "seed": null }""");
        bool Inverse(params string[] more) => Train(["--epochs", "1", "--json", "-", .. more]).Json.GetProperty("options").GetProperty("model").GetProperty("inverse").GetBoolean();
        Assert.True(Inverse());
        Assert.False(Inverse("--config", config));
    }

    [Fact]
    public void A_plot_is_a_picture()
    {
        string plot = Path.Combine(_folder.Path, "plot.png");
        Train("--epochs", "3", "--plot", plot);
        byte[] bytes = File.ReadAllBytes(plot);
        Assert.Equal("PNG"u8.ToArray(), bytes[1..4]);
        // Width and height are in the header, big-endian.
        Assert.Equal((byte[])[0, 0, 3, 0xe8, 0, 0, 2, 0x58], bytes[16..24]);
    }

    [Fact]
    public void An_interruption_keeps_the_checkpoint_and_is_told_by_the_exit_code()
    {
        string checkpoint = Path.Combine(_folder.Path, "c.safetensors");
        using InterruptingWriter output = new("epoch 4/40");
        CommandLine run = CommandLine.Run(
            output, output.Token, "train", "--dataset", _data, "--device", "cpu", "--hidden", "8", "--epochs", "40", "--patience", "0", "--checkpoint", checkpoint);
        Assert.Equal(130, run.Code);
        Assert.Contains("Interrupted after epoch 4;", run.Output, StringComparison.Ordinal);
        Assert.Contains($"Go on with --resume --checkpoint {checkpoint}.", run.Output.ReplaceLineEndings(""), StringComparison.Ordinal);
        Assert.Equal(4, Learning.Training.Checkpoint.Read(checkpoint).State.Epoch);
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), f => f.StartsWith(checkpoint, StringComparison.Ordinal) && f != checkpoint);
    }

    [Fact]
    public void An_interrupted_run_does_not_count_beside_complete_ones()
    {
        using InterruptingWriter output = new("fold 2, seed 1  epoch 2/4");
        string report = Path.Combine(_folder.Path, "report.json");
        CommandLine run = CommandLine.Run(
            output, output.Token, "train", "--dataset", _data, "--device", "cpu", "--hidden", "8", "--epochs", "4", "--patience", "0", "--folds", "3", "--seeds", "2", "--json", report);
        Assert.Equal(130, run.Code);
        Assert.Contains("Interrupted: 3 of 6 runs are complete; the figures are theirs.", run.Output, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(File.ReadAllText(report)).RootElement;
        Assert.True(json.GetProperty("interrupted").GetBoolean());
        Assert.Equal([4, 4, 4], json.GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("epochs").GetInt32()));
    }

    [Fact]
    public void A_seed_that_fails_does_not_cost_those_before_it()
    {
        using FailingWriter output = new("seed 1  epoch 2/4");
        string report = Path.Combine(_folder.Path, "report.json");
        CommandLine run = CommandLine.Run(
            output, TestContext.Current.CancellationToken, "train", "--dataset", _data, "--device", "cpu", "--hidden", "8", "--epochs", "4", "--patience", "0", "--seeds", "3", "--json", report);
        Assert.Equal(1, run.Code);
        Assert.Contains("The run seed 1 failed, and the figures are those of the 1 of 3 runs before it: The loss became NaN.", run.Error, StringComparison.Ordinal);
        Assert.Matches("rgcn, test +0\\.", run.Output);
        Assert.Equal([0], JsonDocument.Parse(File.ReadAllText(report)).RootElement.GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("seed").GetInt32()));
    }

    // A run that diverges with one seed and not with another cannot be arranged; one that fails can.
    private sealed class FailingWriter(string when) : ReactingWriter(when)
    {
        protected override void React() => throw new InvalidOperationException("The loss became NaN.");
    }

    private CommandLine Train(params string[] more) => CommandLine.Run(["train", "--dataset", _data, "--device", "cpu", "--hidden", "8", .. more]);
}
