using System.Text;

namespace GraphEngine.Cli.Tests;

/// <summary>An output that does something when a text appears on it.</summary>
internal abstract class ReactingWriter(string when) : StringWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        // The program also writes progress from here, so 'epoch 2/40' must not match 'epoch 20/40'.
        if (value?.Contains(when + " ", StringComparison.Ordinal) == true)
            React();
    }

    protected abstract void React();
}
