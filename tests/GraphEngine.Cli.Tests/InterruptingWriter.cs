namespace GraphEngine.Cli.Tests;

/// <summary>Presses Ctrl-C, so to speak, when a text appears on the output.</summary>
internal sealed class InterruptingWriter(string when) : ReactingWriter(when)
{
    private readonly CancellationTokenSource _interruption = new();

    public CancellationToken Token => _interruption.Token;

    protected override void React() => _interruption.Cancel();

    protected override void Dispose(bool disposing)
    {
        _interruption.Dispose();
        base.Dispose(disposing);
    }
}
