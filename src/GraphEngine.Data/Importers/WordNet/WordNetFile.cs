using System.Globalization;

namespace GraphEngine.Data.Importers.WordNet;

/// <summary>Parses a data file of WordNet in the format of its wndb manual page.</summary>
internal sealed class WordNetFile
{
    private readonly string _file;
    private int _line;
    private string[] _fields = [];
    private int _next;

    private WordNetFile(string file)
    {
        _file = file;
    }

    /// <summary>The extensions of the data files, by part.</summary>
    public static IReadOnlyList<string> Extensions { get; } = ["noun", "verb", "adj", "adv"];

    /// <summary>The synsets of one file, in file order.</summary>
    /// <exception cref="DatasetException">A line does not follow the format.</exception>
    public static List<WordNetSynset> Read(string file, CancellationToken cancellation)
    {
        WordNetFile parser = new(file);
        List<WordNetSynset> synsets = [];
        foreach (string line in File.ReadLines(file))
        {
            cancellation.ThrowIfCancellationRequested();
            parser._line++;
            if (!line.StartsWith("  ", StringComparison.Ordinal))
                synsets.Add(parser.Parse(line));
        }
        return synsets;
    }

    /// <summary>The licence that heads a file, without its line numbers.</summary>
    public static string Licence(string file)
    {
        IEnumerable<string> lines = File.ReadLines(file).TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal));
        return string.Concat(lines.Select(line => line.TrimStart().TrimStart("0123456789".ToCharArray()).Trim() + "\n"));
    }

    private WordNetSynset Parse(string line)
    {
        int bar = line.IndexOf('|', StringComparison.Ordinal);
        if (bar < 0)
            throw Bad("there is no '|' before a gloss");
        _fields = line[..bar].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _next = 0;
        int offset = Number("offset", NumberStyles.None);
        int lexFile = Number("lexicographer file", NumberStyles.None);
        if (lexFile >= WordNetLexFiles.Names.Count)
            throw Bad($"there is no lexicographer file {lexFile}");
        Field("synset type");
        int words = Number("word count", NumberStyles.AllowHexSpecifier);
        string firstWord = "";
        for (int w = 0; w < words; w++)
        {
            string word = Field("word");
            firstWord = w == 0 ? Plain(word) : firstWord;
            Number("lexical id", NumberStyles.AllowHexSpecifier);
        }
        if (words == 0)
            throw Bad("the synset has no word");
        WordNetPointer[] pointers = new WordNetPointer[Number("pointer count", NumberStyles.None)];
        for (int p = 0; p < pointers.Length; p++)
            pointers[p] = new WordNetPointer(Field("pointer symbol"), Number("pointer offset", NumberStyles.None), Part(Field("pointer part")), Number("pointer source and target", NumberStyles.AllowHexSpecifier) != 0);
        return new WordNetSynset(offset, lexFile, firstWord, pointers, line[(bar + 1)..].Trim());
    }

    /// <summary>A word without its syntactic marker such as (p), and with blanks for underscores.</summary>
    private static string Plain(string word)
    {
        int marker = word.EndsWith(')') ? word.LastIndexOf('(') : -1;
        return (marker > 0 ? word[..marker] : word).Replace('_', ' ');
    }

    private WordNetPart Part(string letter) => letter switch
    {
        "n" => WordNetPart.Noun,
        "v" => WordNetPart.Verb,
        "a" or "s" => WordNetPart.Adjective,
        "r" => WordNetPart.Adverb,
        _ => throw Bad($"'{letter}' is not a part of speech"),
    };

    private string Field(string what) => _next < _fields.Length ? _fields[_next++] : throw Bad($"the line ends before its {what}");

    private int Number(string what, NumberStyles style)
    {
        string field = Field(what);
        return int.TryParse(field, style, CultureInfo.InvariantCulture, out int number) ? number : throw Bad($"the {what} '{field}' is not a number");
    }

    private DatasetException Bad(string what) => new($"{_file}, line {_line}: {what}; take the file from WordNet 3.0 again.");
}
