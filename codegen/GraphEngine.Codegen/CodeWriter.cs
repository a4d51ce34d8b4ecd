using System.Globalization;
using System.Text;
using GraphEngine.Spaces;

namespace GraphEngine.Codegen;

/// <summary>Indented lines and blocks: the only way code text is made. A writer can be opened at any depth and its text put into another.</summary>
public sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes one line; an empty text gives an empty line.</summary>
    /// <param name="line">The line, without indentation.</param>
    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', 4 * _depth).Append(line);
        _text.Append('\n');
        return this;
    }

    /// <summary>
    /// Writes a comment of one line. Names come from data sets: whatever would end the line is written as its number, so that no name becomes code.
    /// </summary>
    /// <param name="text">Any text.</param>
    public CodeWriter Comment(string text)
    {
        StringBuilder line = new("// ");
        foreach (char c in text)
        {
            if (PlainNames.StaysInLine(c))
                line.Append(c);
            else
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
        return Line(line.ToString());
    }

    /// <summary>Writes a line and opens a block; the block is closed when the result is disposed.</summary>
    /// <param name="header">The line before the brace.</param>
    public Block Open(string header)
    {
        Line(header);
        Line("{");
        _depth++;
        return new Block(this);
    }

    /// <summary>Writes lines made elsewhere, indented to here; an empty text gives nothing.</summary>
    /// <param name="lines">The text.</param>
    public CodeWriter Lines(string lines)
    {
        if (lines.Length == 0)
            return this;
        foreach (string line in lines.TrimEnd('\n').Split('\n'))
            Line(line);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Close()
    {
        _depth--;
        Line("}");
    }

    /// <summary>An open block.</summary>
    /// <param name="writer">The writer it belongs to.</param>
    public readonly struct Block(CodeWriter writer) : IDisposable
    {
        /// <summary>Closes the block.</summary>
        public void Dispose() => writer.Close();
    }
}
