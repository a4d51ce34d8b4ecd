using System.Text.Json;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Cli.Tests;

public sealed class CompileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Compile_writes_numbered_files_and_the_kernels()
    {
        string dump = Path.Combine(_folder.Path, "dump");
        CommandLine run = CommandLine.Run("compile", "--dataset", TinyData.WriteTo(_folder.Path), "--mode", "infer", "--dump", dump, "--emit", "csharp", "--json", "-");
        Assert.Equal(0, run.Code);
        string[] files = [.. run.Json.GetProperty("files").EnumerateArray().Select(f => f.GetString()!)];
        Assert.All(files, f => Assert.True(File.Exists(Path.Combine(dump, f)), f));
        Assert.Equal("00-input.txt", files[0]);
        Assert.Contains(files, f => f.EndsWith("-kernels.txt", StringComparison.Ordinal));
        Assert.Contains(files, f => f.EndsWith("-arena.txt", StringComparison.Ordinal));
        JsonElement[] kernels = [.. run.Json.GetProperty("kernels").EnumerateArray()];
        Assert.All(kernels, k => Assert.Contains($"kernels/{k.GetProperty("name").GetString()}.cs", files));
        Assert.Equal(kernels.Sum(k => k.GetProperty("flops").GetInt64()), run.Json.GetProperty("flops").GetInt64());
        Assert.True(run.Json.GetProperty("arenaBytes").GetInt64() > 0);
        Assert.Contains(run.Json.GetProperty("arena").EnumerateArray(), s => s.GetProperty("space").GetString() == "nodes");
        Assert.Contains(files, f => f.EndsWith("-tensors.txt", StringComparison.Ordinal));
        Assert.All(((string, string)[])[("leaves", "persistentBytes"), ("tables", "indexBytes")], part =>
            Assert.Equal(run.Json.GetProperty(part.Item2).GetInt64(), run.Json.GetProperty(part.Item1).EnumerateArray().Sum(t => t.GetProperty("bytes").GetInt64())));
    }

    [Fact]
    public void A_disabled_pass_changes_the_program()
    {
        string data = TinyData.WriteTo(_folder.Path);
        string Kernels(params string[] more) => CommandLine.Run(["compile", "--dataset", data, "--json", "-", .. more]).Json.GetProperty("kernels").GetRawText();
        Assert.NotEqual(Kernels(), Kernels("--disable", "loop-fusion,compaction"));
    }

    [Fact]
    public void Without_a_folder_every_buffer_is_listed_and_no_program_printed()
    {
        CommandLine run = CommandLine.Run("compile", "--dataset", TinyData.WriteTo(_folder.Path), "--json", Path.Combine(_folder.Path, "report.json"));
        Assert.Equal(0, run.Code);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.Path, "report.json")));
        Assert.All(report.RootElement.GetProperty("arena").EnumerateArray(), s => Assert.Contains($"{s.GetProperty("name")} : {s.GetProperty("space")}[{s.GetProperty("row")}]", run.Output, StringComparison.Ordinal));
        Assert.All(report.RootElement.GetProperty("leaves").EnumerateArray(), l => Assert.Contains($"{l.GetProperty("name")} : {l.GetProperty("space")}[", run.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("-input.txt", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("-kernels.txt", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_pass_says_what_it_did_and_what_it_saves()
    {
        CommandLine run = CommandLine.Run("compile", "--dataset", TinyData.WriteTo(_folder.Path), "--model", "rgat");
        foreach (string pass in Passes.Pipeline.Optional)
            Assert.Matches($"(?m)^{pass} .+: .+; (saves|costs) .+$", run.Output);
    }

    // Counted savings that are always nothing would be of no use: on this graph products per group, before or after sums, and blocks of rows save
    // what they are for.
    [Fact]
    public void Passes_save_bytes_and_operations()
    {
        JsonElement[] savings = [.. CommandLine.Run("compile", "--shape", "aifb", "--scale", "0.5", "--model", "hgt", "--layers", "1", "--hidden", "16", "--dropout", "0", "--json", "-").Json.GetProperty("savings").EnumerateArray()];
        long Saved(string pass, string what) => savings.Single(s => s.GetProperty("pass").GetString() == pass).GetProperty(what).GetInt64();
        Assert.All((string[])["compaction", "aggregate-first", "reordering"], pass => Assert.True(Saved(pass, "flops") > 0, pass));
        Assert.All((string[])["compaction", "loop-fusion", "shared-gathers"], pass => Assert.True(Saved(pass, "bytes") > 0, pass));
        Assert.All((string[])["compaction", "aggregate-first"], pass => Assert.True(Saved(pass, "arenaBytes") > 0, pass));
        // What sums before products are read through has a price.
        Assert.True(Saved("aggregate-first", "indexBytes") < 0);
    }

    [Theory]
    [InlineData("rgcn")]
    [InlineData("rgat")]
    [InlineData("hgt")]
    public void The_memory_that_is_predicted_is_what_training_uses(string model)
    {
        string data = TinyData.WriteTo(_folder.Path);
        string[] settings = ["--dataset", data, "--model", model, "--heads", model == "rgcn" ? "1" : "2", "--hidden", "12", "--json", "-", "--device", "cpu"];
        long predicted = CommandLine.Run(["compile", .. settings]).Json.GetProperty("peakBytes").GetInt64();
        Assert.Equal(predicted, CommandLine.Run(["train", .. settings, "--epochs", "1", "--no-baselines"]).Json.GetProperty("peakBytes").GetInt64());
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Kernels_and_memory_are_those_of_a_device(string device)
    {
        string data = TinyData.WriteTo(_folder.Path), id = TestDevices.Get(device).Id;
        CommandLine compiled = CommandLine.Run("compile", "--dataset", data, "--device", id, "--json", "-");
        Assert.Equal(0, compiled.Code);
        Assert.Equal(CommandLine.Run("train", "--dataset", data, "--device", id, "--epochs", "1", "--no-baselines", "--json", "-").Json.GetProperty("peakBytes").GetInt64(), compiled.Json.GetProperty("peakBytes").GetInt64());
    }

    [Fact]
    public void The_side_of_each_relation_is_told_with_what_it_was_chosen_by()
    {
        JsonElement[] relations = [.. CommandLine.Run("compile", "--shape", "aifb", "--scale", "0.2", "--mode", "infer", "--hidden", "16", "--model", "hgt", "--json", "-").Json.GetProperty("relations").EnumerateArray()];
        Assert.NotEmpty(relations);
        Assert.All(relations, r => Assert.Equal(r.GetProperty("onTargets").GetDouble() <= r.GetProperty("onSources").GetDouble() ? "targets" : "sources", r.GetProperty("side").GetString()));
        Assert.Equal(2, relations.Select(r => r.GetProperty("side").GetString()).Distinct().Count());
    }
}
