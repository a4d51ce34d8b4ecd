using Xunit;

namespace GraphEngine.Data.Tests;

/// <summary>Real data sets that may not be redistributed: they lie beside the repository where they lie at all.</summary>
internal static class SharedDatasets
{
    public static string Require(params string[] path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string found = Path.Combine([folder.FullName, "shared", "datasets", .. path]);
            if (Path.Exists(found))
                return found;
        }
        Assert.Skip($"There is no shared/datasets/{string.Join('/', path)} above the repository.");
        return "";
    }
}
