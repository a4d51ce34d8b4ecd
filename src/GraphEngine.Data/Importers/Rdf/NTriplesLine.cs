using System.Buffers;
using System.Globalization;
using System.Text;

namespace GraphEngine.Data.Importers.Rdf;

/// <summary>
/// Parses a line of N-Triples as the W3C recommendation of 2014 defines it. A term is written as its IRI without brackets, as a blank
/// label with its <c>_:</c>, or as the full text of a literal with quotes, language or datatype; escapes are resolved.
/// </summary>
internal ref struct NTriplesLine
{
    private static readonly SearchValues<char> NotInIris = SearchValues.Create(" \"<{}|^`");

    private readonly ReadOnlySpan<char> _line;
    private int _at;

    private NTriplesLine(ReadOnlySpan<char> line)
    {
        _line = line;
    }

    /// <summary>Parses a line; null where it holds only blanks or a comment.</summary>
    /// <exception cref="FormatException">The line breaks the grammar; the message says where.</exception>
    public static (string Subject, string Predicate, string Object)? Parse(ReadOnlySpan<char> text)
    {
        NTriplesLine line = new(text);
        line.SkipBlanks();
        if (line.Peek() is '\0' or '#')
            return null;
        string subject = line.Peek() == '<' ? line.Iri() : line.Blank("a subject must be an IRI or a blank node");
        line.SkipBlanks();
        string predicate = line.Peek() == '<' ? line.Iri() : throw line.Bad("a predicate must be an IRI");
        line.SkipBlanks();
        string target = line.Peek() switch
        {
            '<' => line.Iri(),
            '"' => line.Literal(),
            _ => line.Blank("an object must be an IRI, a blank node or a literal"),
        };
        line.SkipBlanks();
        if (line.Peek() != '.')
            throw line.Bad("a triple must end with a full stop");
        line._at++;
        line.SkipBlanks();
        return line.Peek() is '\0' or '#' ? (subject, predicate, target) : throw line.Bad("only a comment may follow a triple");
    }

    private readonly char Peek() => _at < _line.Length ? _line[_at] : '\0';

    private void SkipBlanks()
    {
        while (Peek() is ' ' or '\t')
            _at++;
    }

    private string Iri()
    {
        int start = ++_at, length = _line[_at..].IndexOf('>');
        if (length < 0)
            throw Bad("an IRI lacks its '>'");
        ReadOnlySpan<char> iri = _line.Slice(start, length);
        if (iri.ContainsAny(NotInIris))
            throw Bad("an IRI must not hold blanks, quotes or one of < { } | ^ `");
        string text = iri.Contains('\\') ? Unescape(length, onlyCodes: true) : iri.ToString();
        _at = start + length + 1;
        return text;
    }

    private string Blank(string otherwise)
    {
        if (!_line[_at..].StartsWith("_:"))
            throw Bad(otherwise);
        int start = _at;
        for (_at += 2; char.IsLetterOrDigit(Peek()) || Peek() is '_' or '-' or '.' or ':' or '\u00B7' || char.IsSurrogate(Peek());)
            _at++;
        // A label may hold full stops but not end with one: that one ends the triple.
        while (_line[_at - 1] == '.')
            _at--;
        return _at - start > 2 ? _line[start.._at].ToString() : throw Bad("a blank node needs a label after '_:'");
    }

    private string Literal()
    {
        int start = ++_at;
        while (Peek() != '"')
        {
            if (_at >= _line.Length)
                throw Bad("a literal lacks its closing quote");
            _at += Peek() == '\\' ? 2 : 1;
        }
        int end = _at;
        _at = start;
        string text = _line[start..end].Contains('\\') ? Unescape(end - start, onlyCodes: false) : _line[start..end].ToString();
        _at = end + 1;
        if (Peek() == '@')
        {
            int tag = _at++;
            while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '-')
                _at++;
            return _at > tag + 1 ? $"\"{text}\"{_line[tag.._at]}" : throw Bad("a language tag is empty");
        }
        if (!_line[_at..].StartsWith("^^"))
            return $"\"{text}\"";
        _at += 2;
        return Peek() == '<' ? $"\"{text}\"^^<{Iri()}>" : throw Bad("a datatype must be an IRI");
    }

    private string Unescape(int length, bool onlyCodes)
    {
        StringBuilder text = new(length);
        for (int end = _at + length; _at < end;)
        {
            char c = _line[_at++];
            if (c != '\\')
            {
                text.Append(c);
                continue;
            }
            char escape = _at < end ? _line[_at++] : '\0';
            if (escape is 'u' or 'U')
                text.Append(Code(escape == 'u' ? 4 : 8, end));
            else if (!onlyCodes && "tbnrf\"'\\".Contains(escape))
                text.Append(escape switch { 't' => '\t', 'b' => '\b', 'n' => '\n', 'r' => '\r', 'f' => '\f', _ => escape });
            else
                throw Bad("a backslash is not followed by a known escape");
        }
        return text.ToString();
    }

    private string Code(int digits, int end)
    {
        if (_at + digits > end || !uint.TryParse(_line.Slice(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code) || code > 0x10FFFF)
            throw Bad($"an escape needs {digits} hexadecimal digits of a character");
        _at += digits;
        // Java tools write characters beyond the first plane as two escapes, one per half.
        return code <= char.MaxValue ? ((char)code).ToString() : char.ConvertFromUtf32((int)code);
    }

    private readonly FormatException Bad(string what) => new($"{what} (column {_at + 1})");
}
