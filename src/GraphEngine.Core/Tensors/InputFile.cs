using System.Runtime.InteropServices;
using System.Text;

namespace GraphEngine.Tensors;

/// <summary>Files that are read. A pipe in the place of one is refused: waiting for its other end might never end.</summary>
public static partial class InputFile
{
    // statx(2): its answer has one layout on all processors; the bits of a mode are those of inode(7).
    private const int WorkingFolder = -100;
    private const uint TypeMask = 1;
    private const int AnswerBytes = 256;
    private const int ModeAt = 28;
    private const int FileType = 0xF000;
    private const int Pipe = 0x1000;
    private const int Socket = 0xC000;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is a pipe, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream OpenRead(string path) => File.OpenRead(Checked(path));

    /// <summary>Reads all of a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is a pipe, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] ReadAllBytes(string path) => File.ReadAllBytes(Checked(path));

    /// <summary>Reads all of a text in UTF-8, without the mark that some editors put at its start.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is a pipe, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ReadOnlyMemory<byte> ReadUtf8(string path)
    {
        ReadOnlyMemory<byte> text = ReadAllBytes(path);
        ReadOnlySpan<byte> mark = Encoding.UTF8.Preamble;
        return text.Span.StartsWith(mark) ? text[mark.Length..] : text;
    }

    /// <summary>
    /// True for a path that is there and is a pipe or a socket, or a link to one; false where the system does not say. Nothing is opened: a reader at
    /// the other end would take that for all there is.
    /// </summary>
    /// <param name="path">The path.</param>
    public static bool IsPipe(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        Span<byte> answer = stackalloc byte[AnswerBytes];
        try
        {
            return Statx(WorkingFolder, path, 0, TypeMask, answer) == 0 && (BitConverter.ToUInt16(answer[ModeAt..]) & FileType) is Pipe or Socket;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> answer);

    // What a shell hands over under /dev is meant to be read to its end.
    private static string Checked(string path) =>
        !Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal) && IsPipe(path) ? throw new IOException($"'{path}' is a pipe; give the name of a file.") : path;
}
