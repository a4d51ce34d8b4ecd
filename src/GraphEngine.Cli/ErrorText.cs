using System.Text.RegularExpressions;
using GraphEngine.Codegen;
using GraphEngine.Data;
using GraphEngine.Ir;
using GraphEngine.Runtime;
using ILGPU.Runtime;

namespace GraphEngine.Cli;

/// <summary>The one line that a terminal shows of an exception.</summary>
internal static partial class ErrorText
{
    /// <summary>The line.</summary>
    /// <param name="e">The exception.</param>
    public static string Of(Exception e) => OneLine(e switch
    {
        FileNotFoundException { FileName: string file } => $"There is no file '{file}'; check the path.",
        DirectoryNotFoundException => e.Message.TrimEnd('.') + "; create the folder first.",
        UnauthorizedAccessException => e.Message.TrimEnd('.') + "; check that it is a file and its permissions.",
        InsufficientMemoryException => e.Message,
        AcceleratorException => $"The device failed: {e.Message.TrimEnd('.')}; another program may be using it, so try again, or use another device.",
        OutOfMemoryException => "Memory ran out; use a smaller data set or model, or another device.",
        DatasetException { Downloadable: string name } => $"{e.Message.TrimEnd('.')} with 'data download {name}'.",
        CommandException or DatasetException or InvalidDataException or IOException or DeviceNotFoundException or KernelCompilationException
            or KernelFailedException or IrException or ArgumentException or InvalidOperationException or NotSupportedException => e.Message,
        _ => $"{e.GetType().Name}: {e.Message} This is a defect of graphengine; run again with --debug and report what it prints.",
    });

    /// <summary>What the runtime puts behind messages: names of variables, which mean nothing to a user.</summary>
    [GeneratedRegex(@" \(Parameter '\w+'\)")]
    private static partial Regex Parameters();

    private static string OneLine(string text) => string.Join(
        ' ', Parameters().Replace(text, "").Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
