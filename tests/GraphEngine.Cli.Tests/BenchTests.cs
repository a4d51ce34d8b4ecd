using System.Text.Json;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Cli.Tests;

public sealed class BenchTests
{
    [Theory]
    [InlineData("infer")]
    [InlineData("train")]
    public void Bench_reports_time_memory_and_the_share_of_the_roofline(string mode)
    {
        CommandLine run = CommandLine.Run("bench", "--shape", "aifb", "--scale", "0.05", "--model", "rgcn", "--mode", mode, "--in", "16", "--out", "8", "--repeat", "3", "--device", "cpu", "--json", "-");
        Assert.Equal(0, run.Code);
        JsonElement json = run.Json;
        Assert.Equal("rgcn", json.GetProperty("model").GetString());
        Assert.Equal(mode, json.GetProperty("mode").GetString());
        Assert.Equal("aifb", json.GetProperty("shape").GetString());
        Assert.Equal(16, json.GetProperty("in").GetInt32());
        Assert.Equal(8, json.GetProperty("out").GetInt32());
        Assert.Equal(1, json.GetProperty("heads").GetInt32());
        Assert.Equal("cpu", json.GetProperty("device").GetString());
        Assert.Equal(0, json.GetProperty("disabled").GetArrayLength());
        Assert.InRange(json.GetProperty("minMilliseconds").GetDouble(), 1e-6, json.GetProperty("medianMilliseconds").GetDouble());
        // Features and results at the least.
        Assert.True(json.GetProperty("peakBytes").GetInt64() >= json.GetProperty("nodes").GetInt64() * (16 + 8) * sizeof(float));
        Assert.True(json.GetProperty("rooflineShare").GetDouble() > 0);
        JsonElement[] kernels = [.. json.GetProperty("kernels").EnumerateArray()];
        // Kernels that do not wait for each other share a launch.
        Assert.InRange(json.GetProperty("launches").GetInt32(), 1, kernels.Length);
        Assert.All(kernels, k => Assert.True(k.GetProperty("milliseconds").GetDouble() > 0 && k.GetProperty("bytes").GetInt64() > 0 && k.GetProperty("flops").GetInt64() >= 0));
    }

    [Fact]
    public void Work_that_does_not_fit_is_refused_with_the_figures_before_it_starts()
    {
        CommandLine run = CommandLine.Run("bench", "--shape", "fb15k", "--model", "hgt", "--mode", "train", "--in", "4096", "--out", "4096", "--device", "cpu");
        Assert.Equal(1, run.Code);
        Assert.Equal("", run.Output);
        Assert.Matches(@"^error: This needs \d{3}\.\d\d GB on cpu \(\d+\.\d\d for inputs, parameters and optimiser, .* are free; use narrower layers, fewer heads, a smaller graph or another device\.\s*$", run.Error);
    }

    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void Bench_searches_for_schedules_when_asked(string device)
    {
        string[] bench = ["bench", "--shape", "aifb", "--scale", "0.02", "--in", "9", "--out", "7", "--repeat", "3", "--device", TestDevices.Get(device).Id, "--json", "-"];
        Assert.False(CommandLine.Run(bench).Json.TryGetProperty("tuning", out _));
        CommandLine run = CommandLine.Run([.. bench, "--tune"]);
        Assert.Equal(0, run.Code);
        JsonElement tuning = run.Json.GetProperty("tuning");
        Assert.InRange(tuning.GetProperty("kernels").GetInt32(), 1, 20);
        Assert.InRange(tuning.GetProperty("changed").GetInt32(), 0, tuning.GetProperty("kernels").GetInt32());
        Assert.InRange(tuning.GetProperty("tunedMilliseconds").GetDouble(), 1e-6, tuning.GetProperty("usualMilliseconds").GetDouble());
    }

    [Fact]
    public void Devices_are_listed_with_their_rates()
    {
        JsonElement[] devices = [.. CommandLine.Run("devices", "--json", "-").Json.GetProperty("devices").EnumerateArray()];
        JsonElement cpu = devices.Single(d => d.GetProperty("id").GetString() == "cpu");
        Assert.Equal("cpu", cpu.GetProperty("kind").GetString());
        Assert.NotEmpty(cpu.GetProperty("name").GetString()!);
        Assert.All((string[])["bandwidthGBs", "fmaGflops", "gemmGflops"], key => Assert.True(cpu.GetProperty(key).GetDouble() > 0, key));
    }
}
