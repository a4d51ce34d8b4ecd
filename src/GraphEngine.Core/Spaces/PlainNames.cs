using System.Globalization;

namespace GraphEngine.Spaces;

/// <summary>
/// Names stand in lines of text: in printed programs, in tables, in comments of generated code. What ends a line or controls one would tear these
/// apart.
/// </summary>
public static class PlainNames
{
    // Both end a line, as U+0085 does, but are no control characters.
    private const char LineSeparator = '\u2028', ParagraphSeparator = '\u2029';

    /// <summary>True for a character that is printed in the line it stands in, whatever it is printed into.</summary>
    /// <param name="c">The character.</param>
    public static bool StaysInLine(char c) => !char.IsControl(c) && c is not (LineSeparator or ParagraphSeparator);

    /// <summary>A sentence about a name that does not fit in a line; null for other names.</summary>
    /// <param name="what">What has the name.</param>
    /// <param name="name">The name.</param>
    public static string? FaultOf(string what, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int i = 0;
        while (i < name.Length && StaysInLine(name[i]))
            i++;
        return i == name.Length ? null : string.Create(CultureInfo.InvariantCulture, $"The name of {what} that begins with '{name[..i]}' holds the character U+{(int)name[i]:X4} at position {i}; use a name without control characters and ends of lines.");
    }
}
