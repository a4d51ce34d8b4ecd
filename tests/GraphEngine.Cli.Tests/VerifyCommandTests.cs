using GraphEngine.Tensors;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Cli.Tests;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_right_case_passes()
    {
        string file = ReferenceFile.Write(Path.Combine(_folder.Path, "right.safetensors"), ReferenceFile.Tensors());
        CommandLine run = CommandLine.Run("verify", file, "--device", "cpu", "--json", "-");
        Assert.Equal(0, run.Code);
        Assert.Equal("cpu", run.Json.GetProperty("device").GetString());
        Assert.True(run.Json.GetProperty("passed").GetBoolean());
        var only = Assert.Single(run.Json.GetProperty("cases").EnumerateArray());
        Assert.Equal("right.safetensors", only.GetProperty("file").GetString());
        Assert.Equal("rgcn-add", only.GetProperty("kind").GetString());
        Assert.InRange(only.GetProperty("maxRelativeError").GetDouble(), 0, 1e-5);
        Assert.True(only.GetProperty("passed").GetBoolean());
        Assert.NotEmpty(only.GetProperty("worstTensor").GetString()!);
    }

    [Fact]
    public void A_wrong_gradient_is_found_and_named()
    {
        Dictionary<string, Tensor> tensors = ReferenceFile.Tensors();
        float[] wrong = tensors["g.root"].ToFloats();
        wrong[4] += 0.01f;
        tensors["g.root"] = Tensor.Of("g.root", wrong, 3, 3);
        string file = ReferenceFile.Write(Path.Combine(_folder.Path, "wrong.safetensors"), tensors);
        CommandLine run = CommandLine.Run("verify", file, "--device", "cpu", "--json", "-");
        Assert.Equal(1, run.Code);
        Assert.False(run.Json.GetProperty("passed").GetBoolean());
        Assert.Equal("g.root", run.Json.GetProperty("cases")[0].GetProperty("worstTensor").GetString());
        Assert.Contains("error: 1 of 1 cases differ from the reference, the first is wrong.safetensors;", run.Error, StringComparison.Ordinal);
    }
}
