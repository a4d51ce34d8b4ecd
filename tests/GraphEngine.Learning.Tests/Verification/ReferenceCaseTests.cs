using GraphEngine.Graphs;
using GraphEngine.Learning.Verification;
using GraphEngine.Passes;
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
            foreach (string file in Directory.GetFiles(folder, kind + "-*.safetensors").Order().Take(casesPerKind))
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
