using System.Buffers.Binary;

namespace GraphEngine.Data.Folders;

/// <summary>
/// Walks over the footer of a Parquet file, which is in Thrift's compact protocol, and checks that it ends where it should. The decoder takes
/// whatever it finds and goes round for ever on some damaged footers.
/// </summary>
internal ref struct ParquetFooter
{
    private const int DeepestNesting = 32;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;

    private ParquetFooter(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    /// <summary>Checks a whole file.</summary>
    /// <exception cref="InvalidDataException">The footer is damaged or missing.</exception>
    public static void Check(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file[..4].SequenceEqual("PAR1"u8) || !file[^4..].SequenceEqual("PAR1"u8))
            throw new InvalidDataException("The file does not begin and end with PAR1.");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(file[^8..]);
        if (length > file.Length - 12)
            throw new InvalidDataException("The footer is longer than the file.");
        ParquetFooter footer = new(file[^(8 + (int)length)..^8]);
        footer.Struct(0);
        if (footer._at != footer._bytes.Length)
            throw Damaged();
    }

    private void Struct(int depth)
    {
        for (byte header = Byte(); header != 0; header = Byte())
        {
            // The number of the field is a difference in the header, or follows.
            if (header >> 4 == 0)
                Number();
            Value(header & 15, depth, inList: false);
        }
    }

    private void Value(int type, int depth, bool inList)
    {
        if (depth > DeepestNesting)
            throw Damaged();
        switch (type)
        {
            // A boolean field lies in its header; one in a list takes a byte.
            case 1 or 2:
                Skip(inList ? 1UL : 0);
                break;
            case 3:
                Skip(1);
                break;
            case 4 or 5 or 6:
                Number();
                break;
            case 7:
                Skip(8);
                break;
            case 8:
                Skip(Number());
                break;
            case 9 or 10:
                List(depth);
                break;
            case 12:
                Struct(depth + 1);
                break;
            default:
                throw Damaged();
        }
    }

    private void List(int depth)
    {
        byte header = Byte();
        ulong count = header >> 4 == 15 ? Number() : (ulong)(header >> 4);
        // Every element takes a byte or more, so a larger count is damage, found before the loop.
        if (count > (ulong)(_bytes.Length - _at))
            throw Damaged();
        for (ulong i = 0; i < count; i++)
            Value(header & 15, depth + 1, inList: true);
    }

    private ulong Number()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte part = Byte();
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
                return value;
        }
        throw Damaged();
    }

    private byte Byte() => _at < _bytes.Length ? _bytes[_at++] : throw Damaged();

    private void Skip(ulong count) => _at = count <= (ulong)(_bytes.Length - _at) ? _at + (int)count : throw Damaged();

    private static InvalidDataException Damaged() => new("The footer is damaged.");
}
