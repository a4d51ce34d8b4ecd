using System.Text;

namespace GraphEngine.Cli.Tests;

/// <summary>Presses Ctrl-C, so to speak, when a text appears on the output.</summary>
internal sealed class InterruptingWriter(string when) : StringWriter
{
    private readonly CancellationTokenSource _interruption = new();

    public CancellationToken Token => _interruption.Token;

    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        // The program also writes progress from here, so 'epoch 2/40' must not match 'epoch 20/40'.
        if (value?.Contains(when + " ", StringComparison.Ordinal) == true)
            _interruption.Cancel();
    }

    protected override void Dispose(bool disposing)
    {
        _interruption.Dispose();
        base.Dispose(disposing);
    }
}
