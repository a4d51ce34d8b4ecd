using System.Buffers.Binary;
using System.Text.Json;

namespace GraphEngine.Tensors;

/// <summary>
/// A safetensors file: an 8-byte little-endian header length, a JSON header, then the raw elements of all tensors without gaps.
/// The format is the one published with the Python library of that name, restricted to the types of <see cref="ElementType"/>.
/// </summary>
public sealed class SafetensorsFile
{
    // The bound of the published format; it keeps a damaged length from being taken for a header of gigabytes.
    private const long LongestHeader = 100_000_000;

    private readonly Dictionary<string, Tensor> _byName;

    private SafetensorsFile(IReadOnlyList<Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        Tensors = tensors;
        Metadata = metadata;
        _byName = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Free text about the file, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">No tensor has that name.</exception>
    public Tensor this[string name] => Find(name)
        ?? throw new KeyNotFoundException($"There is no tensor '{name}'; the file has {string.Join(", ", Tensors.Select(t => t.Name))}.");

    /// <summary>The tensor of a name, or null.</summary>
    /// <param name="name">Its name.</param>
    public Tensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads a file and checks it: the header, every type, every size, and that the tensors fill the file without gap or overlap.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is damaged or holds something that is not supported; the message says what.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Read(string path)
    {
        using FileStream stream = InputFile.OpenRead(path);
        Span<byte> lengthBytes = stackalloc byte[8];
        if (stream.ReadAtLeast(lengthBytes, 8, throwOnEndOfStream: false) < 8)
            throw Bad(path, $"it has {stream.Length} bytes, too few for the length of a header");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (length > LongestHeader || length > (ulong)(stream.Length - 8))
            throw Bad(path, $"its header claims {length} bytes, but the file has {stream.Length - 8} more");
        byte[] header = new byte[length];
        stream.ReadExactly(header);

        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        List<SafetensorsEntry> entries = SafetensorsEntry.ParseHeader(path, header, metadata);
        entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        CheckLayout(path, entries, stream.Length - 8 - (long)length);
        List<Tensor> tensors = [];
        foreach (SafetensorsEntry entry in entries)
        {
            byte[] bytes = new byte[entry.End - entry.Begin];
            stream.ReadExactly(bytes);
            tensors.Add(new Tensor(entry.Name, entry.Type, entry.Shape, bytes));
        }
        return new SafetensorsFile(tensors, metadata);
    }

    /// <summary>Writes a file: first to a sibling, which then replaces the target, so that an interruption leaves the old file whole.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="tensors">The tensors, with unique names.</param>
    /// <param name="metadata">Free text about the file, by key.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or one is named <c>__metadata__</c>.</exception>
    public static void Write(string path, IEnumerable<Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Wide elements first: every tensor then starts at a multiple of its element size, which readers that map the file rely on.
        List<Tensor> ordered = [.. tensors.OrderByDescending(t => Tensor.SizeOf(t.Type))];
        byte[] header = Header(ordered, metadata);
        WholeFile.Write(path, place =>
        {
            using FileStream stream = File.Create(place);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (Tensor tensor in ordered)
                stream.Write(tensor.Bytes);
        });
    }

    private static byte[] Header(List<Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsEntry.MetadataKey);
                foreach ((string key, string value) in metadata)
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            HashSet<string> names = new(StringComparer.Ordinal) { SafetensorsEntry.MetadataKey };
            long offset = 0;
            foreach (Tensor tensor in tensors)
            {
                if (!names.Add(tensor.Name))
                    throw new ArgumentException($"The tensor name '{tensor.Name}' is taken; give each tensor its own name.", nameof(tensors));
                SafetensorsEntry.Write(json, tensor, offset);
                offset += tensor.Bytes.Length;
            }
            json.WriteEndObject();
        }
        // Blanks after the JSON are allowed, and align the elements.
        while (stream.Length % 8 != 0)
            stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    private static void CheckLayout(string path, List<SafetensorsEntry> sorted, long dataBytes)
    {
        long end = 0;
        foreach (SafetensorsEntry entry in sorted)
        {
            if (entry.Begin < end)
                throw Bad(path, $"the tensor '{entry.Name}' starts at byte {entry.Begin}, inside another that ends at byte {end}");
            if (entry.Begin > end)
                throw Bad(path, $"there is a gap between byte {end} and the tensor '{entry.Name}' at byte {entry.Begin}");
            end = entry.End;
        }
        if (end != dataBytes)
            throw Bad(path, $"its tensors take {end} bytes, but {dataBytes} follow the header; it is truncated or damaged");
    }

    internal static InvalidDataException Bad(string path, string what) => new($"{path} is not a valid safetensors file: {what}.");
}
