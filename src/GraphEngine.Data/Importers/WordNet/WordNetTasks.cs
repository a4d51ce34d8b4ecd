using GraphEngine.Graphs;

namespace GraphEngine.Data.Importers.WordNet;

/// <summary>The topics of nouns and of verbs as classes, with fixed stratified splits of 10, 10 and 80 percent.</summary>
internal static class WordNetTasks
{
    /// <summary>The topic task of a part whose lexicographer files are <paramref name="first"/> to <paramref name="last"/>.</summary>
    public static NodeTask Topic(string name, string nodeType, WordNetPart part, List<WordNetSynset> synsets, int first, int last)
    {
        int[][] labels = new int[synsets.Count][];
        Split[] splits = new Split[synsets.Count];
        for (int row = 0; row < synsets.Count; row++)
        {
            int label = synsets[row].LexFile - first;
            labels[row] = label >= 0 && label <= last - first
                ? [label]
                : throw new DatasetException($"The synset {synsets[row].Offset:D8} of data.{WordNetFile.Extensions[(int)part]} lies in {WordNetLexFiles.Names[synsets[row].LexFile]}, which is of another part of speech.");
        }
        foreach (IGrouping<int, int> members in Enumerable.Range(0, synsets.Count).GroupBy(row => labels[row][0]))
        {
            // The order is a hash of the key, not a random draw: anyone can remake the split from its description.
            int[] order = [.. members.OrderBy(row => Fnv.Hash($"{WordNetFile.Extensions[(int)part]}/{synsets[row].Offset:D8}"))];
            int tenth = (order.Length + 9) / 10;
            for (int i = 0; i < order.Length; i++)
                splits[order[i]] = i < tenth ? Split.Train : i < 2 * tenth ? Split.Valid : Split.Test;
        }
        return new NodeTask(name, nodeType, [.. WordNetLexFiles.Names.Skip(first).Take(last - first + 1)], MultiLabel: false, labels, splits);
    }
}
