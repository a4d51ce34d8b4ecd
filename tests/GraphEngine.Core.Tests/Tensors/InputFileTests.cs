using System.Diagnostics;
using GraphEngine.Tensors;
using Xunit;

namespace GraphEngine.Core.Tests.Tensors;

public sealed class InputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_pipe_is_refused_and_a_file_is_not()
    {
        string file = Path.Combine(_folder, "file"), pipe = Path.Combine(_folder, "pipe"), link = Path.Combine(_folder, "link");
        File.WriteAllBytes(file, [0xEF, 0xBB, 0xBF, (byte)'a']);
        Assert.Equal(4, InputFile.ReadAllBytes(file).Length);
        Assert.Equal("a"u8.ToArray(), InputFile.ReadUtf8(file).ToArray());
        Assert.False(InputFile.IsPipe(file));
        Assert.Throws<FileNotFoundException>(() => InputFile.ReadAllBytes(file + "2"));
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has mkfifo for certain.");
        using (Process made = Process.Start("mkfifo", pipe))
            made.WaitForExit();
        File.CreateSymbolicLink(link, pipe);
        Assert.True(InputFile.IsPipe(pipe) && InputFile.IsPipe(link));
        Assert.Contains("is a pipe", Assert.Throws<IOException>(() => InputFile.OpenRead(pipe)).Message, StringComparison.Ordinal);
        Assert.Contains("is a pipe", Assert.Throws<IOException>(() => InputFile.ReadAllBytes(link)).Message, StringComparison.Ordinal);
    }
}
