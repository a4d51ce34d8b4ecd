using System.Text.Json;
using GraphEngine.Graphs;
using GraphEngine.Tensors;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Cli.Tests;

public sealed class BenchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
        Assert.Equal("aifb-0.05", json.GetProperty("shape").GetString());
        Assert.Equal("graphengine", json.GetProperty("system").GetString());
        Assert.Equal("all passes", json.GetProperty("variant").GetString());
        Assert.StartsWith("0.", json.GetProperty("version").GetString(), StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessorCount, json.GetProperty("threads").GetInt32());
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

    [Theory]
    [InlineData("infer")]
    [InlineData("train")]
    public void Bench_exports_what_the_measured_layer_computes(string mode)
    {
        string file = Path.Combine(_folder.Path, "layer.safetensors");
        CommandLine run = CommandLine.Run(
            "bench", "--dataset", TinyData.WriteTo(_folder.Path), "--model", "rgcn", "--mode", mode, "--in", "6", "--out", "4", "--repeat", "3", "--device", "cpu", "--export", file);
        Assert.Equal(0, run.Code);
        SafetensorsFile layer = SafetensorsFile.Read(file);
        Assert.Equal(mode, layer.Metadata["mode"]);
        double[,] y = Rgcn(TinyData.Data.Graph, layer);
        if (mode == "infer")
        {
            float[] result = layer["y"].ToFloats();
            Assert.All(Enumerable.Range(0, result.Length), i => Assert.Equal(y[i / 4, i % 4], result[i], 1e-5));
            return;
        }
        // The loss of first weights, though steps were timed before; the gradient of the bias is the mean of p - [label] over nodes.
        long[] labels = layer["label"].ToLongs();
        double loss = 0;
        double[] bias = new double[4];
        for (int v = 0; v < labels.Length; v++)
        {
            double sum = Enumerable.Range(0, 4).Sum(j => Math.Exp(y[v, j]));
            loss += (Math.Log(sum) - y[v, (int)labels[v]]) / labels.Length;
            for (int j = 0; j < 4; j++)
                bias[j] += ((Math.Exp(y[v, j]) / sum) - (labels[v] == j ? 1 : 0)) / labels.Length;
        }
        Assert.Equal(loss, layer["loss"].ToFloats().Single(), 1e-5);
        Assert.All(layer["g.layer.bias"].ToFloats().Zip(bias), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.Equal(layer["x"].Shape, layer["grad_x"].Shape);
        Assert.Equal(layer["w.layer.weight"].Shape, layer["g.layer.weight"].Shape);
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

    /// <summary>Means per relation of h W_r, + h W_0 + b, by loops.</summary>
    private static double[,] Rgcn(HeteroGraph graph, SafetensorsFile layer)
    {
        float[] x = layer["x"].ToFloats(), weight = layer["w.layer.weight"].ToFloats(), root = layer["w.layer.root"].ToFloats(), bias = layer["w.layer.bias"].ToFloats();
        int columns = bias.Length, width = root.Length / columns;
        double[,] y = new double[graph.NodeCount, columns];
        double Product(int node, float[] matrix, int first, int column) => Enumerable.Range(0, width).Sum(i => (double)x[(node * width) + i] * matrix[first + (i * columns) + column]);
        for (int j = 0; j < columns; j++)
        {
            for (int v = 0; v < graph.NodeCount; v++)
                y[v, j] = Product(v, root, 0, j) + bias[j];
            for (int r = 0; r < graph.Schema.EdgeTypes.Count; r++)
            {
                EdgeType type = graph.Schema.EdgeTypes[r];
                int source = graph.NodeOffsets[graph.Schema.NodeTypeIndex(type.Source)], target = graph.NodeOffsets[graph.Schema.NodeTypeIndex(type.Target)];
                EdgeList edges = graph.EdgesOf(r);
                for (int e = 0; e < edges.Count; e++)
                    y[target + edges.Targets[e], j] += Product(source + edges.Sources[e], weight, r * root.Length, j) / edges.Targets.Count(t => t == edges.Targets[e]);
            }
        }
        return y;
    }
}
