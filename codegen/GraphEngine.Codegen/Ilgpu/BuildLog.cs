using System.Diagnostics;
using System.Text;

namespace GraphEngine.Codegen.Ilgpu;

/// <summary>
/// Collects what ILGPU writes to <see cref="Trace"/> while a driver compiles a kernel: the driver's error messages go nowhere else.
/// </summary>
internal sealed class BuildLog : TraceListener
{
    private readonly StringBuilder _text = new();

    public BuildLog() => Trace.Listeners.Add(this);

    /// <summary>The messages, on lines of their own; empty when there were none.</summary>
    public string Text => _text.Length == 0 ? "" : Environment.NewLine + _text.ToString().TrimEnd();

    /// <inheritdoc/>
    public override void Write(string? message) => _text.Append(message);

    /// <inheritdoc/>
    public override void WriteLine(string? message) => _text.AppendLine(message);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Trace.Listeners.Remove(this);
        base.Dispose(disposing);
    }
}
