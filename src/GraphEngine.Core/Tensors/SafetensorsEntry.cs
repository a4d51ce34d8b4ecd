using System.Text.Json;

namespace GraphEngine.Tensors;

/// <summary>What the header of a safetensors file says about one tensor: its type, shape and byte range within the data.</summary>
internal sealed record SafetensorsEntry(string Name, ElementType Type, long[] Shape, long Begin, long End)
{
    /// <summary>The header key that holds free text instead of a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Parses a header and checks each entry on its own.</summary>
    public static List<SafetensorsEntry> ParseHeader(string path, byte[] header, Dictionary<string, string> metadata)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            List<SafetensorsEntry> entries = [];
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataKey)
                {
                    foreach (JsonProperty text in property.Value.EnumerateObject())
                        metadata.Add(text.Name, text.Value.GetString() ?? throw SafetensorsFile.Bad(path, $"the metadata '{text.Name}' is null"));
                }
                else
                {
                    entries.Add(ParseEntry(path, property.Name, property.Value));
                }
            }
            return entries;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{path} is not a valid safetensors file: its header cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Writes the entry of a tensor whose bytes start at <paramref name="offset"/>.</summary>
    public static void Write(Utf8JsonWriter json, Tensor tensor, long offset)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.ToString());
        json.WriteStartArray("shape");
        foreach (long size in tensor.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + tensor.Bytes.Length);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static SafetensorsEntry ParseEntry(string path, string name, JsonElement value)
    {
        string dtype = value.GetProperty("dtype").GetString() ?? "null";
        if (!Enum.GetNames<ElementType>().Contains(dtype, StringComparer.Ordinal))
            throw SafetensorsFile.Bad(path, $"the tensor '{name}' has the type {dtype}; supported are {string.Join(", ", Enum.GetNames<ElementType>())}");
        ElementType type = Enum.Parse<ElementType>(dtype);
        long[] shape = [.. value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        long[] offsets = [.. value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
            throw SafetensorsFile.Bad(path, $"the tensor '{name}' has the data offsets [{string.Join(", ", offsets)}]; they must be a begin and an end");
        if (Array.Find(shape, size => size < 0) is var negative && negative < 0)
            throw SafetensorsFile.Bad(path, $"the tensor '{name}' has an axis of size {negative}");
        Int128 bytes = Tensor.ByteCount(type, shape);
        if (bytes != offsets[1] - offsets[0])
        {
            throw SafetensorsFile.Bad(
                path, $"the tensor '{name}' of type {dtype} and shape [{string.Join(", ", shape)}] takes {bytes} bytes, but its offsets span {offsets[1] - offsets[0]}");
        }
        if (bytes > Array.MaxLength)
            throw SafetensorsFile.Bad(path, $"the tensor '{name}' takes {bytes} bytes; at most {Array.MaxLength} are supported");
        return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
    }
}
