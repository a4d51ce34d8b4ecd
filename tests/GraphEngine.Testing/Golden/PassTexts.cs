using System.Globalization;
using System.Text;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Testing;

/// <summary>The text of a program after each pass; a pass that changed nothing takes one line.</summary>
public sealed class PassTexts
{
    private readonly StringBuilder _text = new();
    private string _last = "";

    /// <summary>Adds the program after a pass.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="program">The program.</param>
    public void Add(string pass, GraphProgram program)
    {
        string text = program.ToString();
        _text.Append(CultureInfo.InvariantCulture, $"--- after {pass}{(text == _last ? ": the same" : "")}\n{(text == _last ? "" : text)}");
        _last = text;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
