using GraphEngine.Tensors;
using Xunit;

namespace GraphEngine.Core.Tests.Tensors;

public sealed class WholeFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_fails_leaves_what_was_there()
    {
        string file = Path.Combine(_folder, "file");
        WholeFile.Write(file, place => File.WriteAllText(place, "first"));
        Assert.Throws<InvalidOperationException>(() => WholeFile.Write(file, place =>
        {
            File.WriteAllText(place, "half");
            throw new InvalidOperationException();
        }));
        Assert.Equal("first", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_link_stays_a_link()
    {
        string link = Path.Combine(_folder, "link"), target = Path.Combine(_folder, "target");
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(link, target);
        WholeFile.Write(link, place => File.WriteAllText(place, "new"));
        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.Equal("new", File.ReadAllText(target));
    }

    [Fact]
    public void An_empty_file_has_nothing_to_read()
    {
        string file = Path.Combine(_folder, "empty");
        File.WriteAllText(file, "");
        Assert.Empty(InputFile.ReadAllBytes(file));
        using Stream stream = InputFile.OpenRead(file);
        Assert.Equal(-1, stream.ReadByte());
        Assert.Throws<FileNotFoundException>(() => InputFile.ReadAllBytes(file + "2"));
    }
}
