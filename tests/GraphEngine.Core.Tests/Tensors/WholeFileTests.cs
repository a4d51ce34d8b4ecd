using System.Runtime.Versioning;
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
    public void The_new_file_may_be_read_by_those_who_could_read_the_old_one()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no such modes.");
        else
            KeepsMode();
    }

    [UnsupportedOSPlatform("windows")]
    private void KeepsMode()
    {
        string file = Path.Combine(_folder, "mine");
        File.WriteAllText(file, "old");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        WholeFile.Write(file, place => File.WriteAllText(place, "new"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }
}
