namespace GraphEngine.Data.Folders;

/// <summary>
/// The definition and repetition levels of a list column of one row group: repetition 0 starts a row; a definition below the highest is a
/// missing element, an empty list or a missing list.
/// </summary>
internal readonly ref struct ListLevels(ReadOnlySpan<int> definitions, ReadOnlySpan<int> repetitions, int defined)
{
    private readonly ReadOnlySpan<int> _definitions = definitions;
    private readonly ReadOnlySpan<int> _repetitions = repetitions;

    /// <summary>Whether there are <paramref name="rows"/> lists of exactly <paramref name="width"/> elements, none missing.</summary>
    public bool AllOfLength(int rows, int width)
    {
        if (_repetitions.Length != rows * width || _definitions.ContainsAnyExcept(defined))
            return false;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<int> one = _repetitions.Slice(row * width, width);
            if (one[0] != 0 || one[1..].ContainsAnyExcept(1))
                return false;
        }
        return true;
    }

    /// <summary>The error of the first list that has another length or lacks an element.</summary>
    public DatasetException FirstOtherThan(int width, string file, string column, int firstRow)
    {
        int row = 0;
        for (int i = 0; i < _repetitions.Length; row++)
        {
            int length = 0, start = i;
            do
            {
                length += _definitions[i] == defined ? 1 : 0;
                i++;
            }
            while (i < _repetitions.Length && _repetitions[i] != 0);
            if (length != width || i - start != width)
                return new DatasetException($"{file}, row {firstRow + row}, column '{column}': the list has {length} elements instead of {width}; every row needs the width that {DatasetManifest.FileName} declares.");
        }
        return new DatasetException($"{file} cannot be read as Parquet: it is truncated or damaged; import or copy the data set again.");
    }

    /// <summary>The length of each list; a missing list counts as empty, a missing element is refused.</summary>
    public int[] Lengths(int rows, string file, string column, int firstRow)
    {
        int[] lengths = new int[rows];
        int row = -1;
        for (int i = 0; i < _repetitions.Length; i++)
        {
            bool starts = _repetitions[i] == 0;
            row += starts ? 1 : 0;
            bool alone = starts && (i + 1 == _repetitions.Length || _repetitions[i + 1] == 0);
            if (_definitions[i] == defined)
                lengths[row]++;
            else if (!alone)
                throw new DatasetException($"{file}, row {firstRow + row}, column '{column}': an element of the list is missing; leave it out or fill it in.");
        }
        return lengths;
    }
}
