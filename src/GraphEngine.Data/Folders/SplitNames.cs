using GraphEngine.Graphs;

namespace GraphEngine.Data.Folders;

/// <summary>The words that stand for the splits in tables.</summary>
internal static class SplitNames
{
    /// <summary>The word of a split.</summary>
    public static string Of(Split split) => split switch
    {
        Split.Train => "train",
        Split.Valid => "valid",
        Split.Test => "test",
        _ => "none",
    };

    /// <summary>The split of a word, or null.</summary>
    public static Split? Parse(string text) => text switch
    {
        "train" => Split.Train,
        "valid" => Split.Valid,
        "test" => Split.Test,
        "none" => Split.None,
        _ => null,
    };
}
