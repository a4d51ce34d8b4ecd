using GraphEngine.Graphs;
using GraphEngine.Learning.Verification;
using GraphEngine.Passes;
using GraphEngine.Runtime;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Learning.Tests.Verification;

public sealed class ReferenceCaseTests
{
    [Theory]
    [InlineData("cpu", 6)]
    [InlineData("pocl", 1)]
    [InlineData("cuda", 6)]
    public void Layers_agree_with_another_system(string device, int casesPerKind)
    {
        string folder = Folder();
        foreach (string kind in (string[])["rgcn-add", "rgcn-mean", "rgat", "hgt"])
        {
            string[] files = [.. Directory.GetFiles(folder, kind + "-*.safetensors").Order().Take(casesPerKind)];
            Assert.Equal(casesPerKind, files.Length);
            foreach (string file in files)
                AssertPasses(Verifier.Run(ReferenceCase.Read(file), TestDevices.Get(device)));
        }
    }

    [Theory]
    [InlineData("rgcn-mean-101")]
    [InlineData("rgat-104")]
    [InlineData("hgt-103")]
    public void Layers_agree_under_combinations_of_passes(string name)
    {
        string file = Path.Combine(Folder(), $"{name}.safetensors");
        foreach (int mask in Combinations(Pipeline.Optional.Count))
        {
            HashSet<string> disabled = [.. Pipeline.Optional.Where((_, i) => (mask & (1 << i)) != 0)];
            AssertPasses(Verifier.Run(ReferenceCase.Read(file), TestDevices.Cpu, disabled));
        }
    }

    [Fact]
    public void Every_case_agrees_under_a_combination_of_its_own()
    {
        string[] files = [.. Directory.GetFiles(Folder(), "*.safetensors").Order()];
        Assert.True(files.Length >= 24, $"{files.Length} cases.");
        AssertAgree(files, TestDevices.Cpu, seed: 24);
    }

    [Theory]
    [InlineData("cpu", 6)]
    [InlineData("pocl", 3)]
    [InlineData("cuda", 6)]
    public void Layers_agree_under_drawn_combinations_on_every_device(string device, int cases)
    {
        string[] names = ["rgat-101", "hgt-102", "rgcn-mean-103", "rgcn-add-102", "rgat-105", "hgt-104"];
        AssertAgree(names.Take(cases).Select(name => Path.Combine(Folder(), $"{name}.safetensors")), TestDevices.Get(device), seed: 6);
    }

    [Theory]
    [InlineData("cpu", 6)]
    [InlineData("pocl", 1)]
    public void Layers_agree_when_weights_are_multiplied_first(string device, int cases)
    {
        foreach (string file in Directory.GetFiles(Folder(), "hgt-*.safetensors").Order().Take(cases))
        {
            ReferenceCase reference = ReferenceCase.Read(file);
            AssertPasses(Verifier.Run(reference, TestDevices.Get(device), statistics: RelationStatistics.Of(reference.Graph) with { Nodes = 1 << 28 }));
        }
    }

    /// <summary>Each pass and each pair of passes left out of all and alone, and some hundred random combinations.</summary>
    private static IEnumerable<int> Combinations(int passes)
    {
        const int drawn = 300;
        int all = (1 << passes) - 1;
        IEnumerable<int> few = Enumerable.Range(0, passes).SelectMany(i => Enumerable.Range(i, passes - i).Select(j => (1 << i) | (1 << j))).Prepend(0);
        Random random = new(passes);
        return few.SelectMany(m => (int[])[m, all & ~m]).Concat(Enumerable.Range(0, drawn).Select(_ => random.Next(all + 1))).Distinct();
    }

    /// <summary>Runs each case without some passes: about half of them, drawn anew for each.</summary>
    private static void AssertAgree(IEnumerable<string> files, Device device, int seed)
    {
        Random random = new(seed);
        foreach (string file in files)
        {
            HashSet<string> disabled = [.. Pipeline.Optional.Where(_ => random.Next(2) == 0)];
            TestContext.Current.TestOutputHelper?.WriteLine($"{Path.GetFileName(file)} without {string.Join(", ", disabled)}");
            AssertPasses(Verifier.Run(ReferenceCase.Read(file), device, disabled));
        }
    }

    private static void AssertPasses(CaseResult result) =>
        Assert.True(result.Passed, $"{result.File}: {result.WorstTensor} is off by {result.MaxRelativeError:e2}.");

    /// <summary>The cases lie beside the repository; they are not part of it.</summary>
    private static string Folder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string cases = Path.Combine(folder.FullName, "shared", "reference", "relational");
            if (Directory.Exists(cases))
                return cases;
        }
        Assert.Skip("The reference cases are not beside the repository (shared/reference/relational).");
        return "";
    }
}
