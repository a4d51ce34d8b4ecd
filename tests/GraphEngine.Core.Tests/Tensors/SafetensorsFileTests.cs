using System.Buffers.Binary;
using System.Text;
using CsCheck;
using GraphEngine.Tensors;
using Xunit;

namespace GraphEngine.Core.Tests.Tensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".safetensors");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_written_file_reads_back_equal() => Gen.Select(Gen.Float.Array[0, 20], Gen.Long.Array[0, 20], Gen.Byte.Array[0, 20], Gen.Int.Array[0, 20])
        .Sample(
            (floats, longs, bytes, ints) =>
            {
                Tensor[] tensors =
                [
                    Tensor.Of("bytes", bytes), Tensor.Of("floats", floats, floats.Length, 1), Tensor.Of("longs", longs, 1, longs.Length), Tensor.Of("ints", ints),
                ];
                SafetensorsFile.Write(_path, tensors, new Dictionary<string, string> { ["kind"] = "tést \"quoted\"" });
                SafetensorsFile file = SafetensorsFile.Read(_path);
                Assert.Equal("tést \"quoted\"", file.Metadata["kind"]);
                Assert.Equal(4, file.Tensors.Count);
                foreach (Tensor tensor in tensors)
                {
                    Assert.Equal(tensor.Type, file[tensor.Name].Type);
                    Assert.Equal(tensor.Shape, file[tensor.Name].Shape);
                    Assert.Equal(tensor.Bytes, file[tensor.Name].Bytes);
                }
                Assert.Equal(longs, file["longs"].ToLongs());
                Assert.Equal(ints, file["ints"].ToInts());
                Assert.Equal(floats, file["floats"].ToFloats());
            },
            iter: 50,
            threads: 1);

    [Fact]
    public void A_file_has_the_published_layout()
    {
        SafetensorsFile.Write(_path, [Tensor.Of("b", (byte[])[7]), Tensor.Of("a", (float[])[1f, 2f], 2, 1)]);
        byte[] bytes = File.ReadAllBytes(_path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd());
        Assert.Equal([0, 0, 128, 63, 0, 0, 0, 64, 7], bytes[(8 + length)..]);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "its tensors take 8 bytes, but 7 follow the header; it is truncated or damaged")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "its tensors take 8 bytes, but 9 follow the header; it is truncated or damaged")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "the tensor 'a' of type F32 and shape [3] takes 12 bytes, but its offsets span 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "the tensor 'a' has an axis of size -2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "the tensor 'a' has the data offsets [8, 0]; they must be a begin and an end")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", 4, "the tensor 'a' has the type F16; supported are F32, F64, I64, I32, U8")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}""", 7, "the tensor 'b' starts at byte 3, inside another that ends at byte 4")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}""", 9, "there is a gap between byte 4 and the tensor 'b' at byte 5")]
    [InlineData(
        """{"a":{"dtype":"F64","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,4]}}""",
        4,
        "the tensor 'a' of type F64 and shape [4611686018427387904, 4611686018427387904] takes 9223372036854775807 bytes, but its offsets span 4")]
    public void A_damaged_file_is_refused_with_a_sentence(string header, int dataBytes, string reason)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)text.Length);
        text.CopyTo(file, 8);
        File.WriteAllBytes(_path, file);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(_path));
        Assert.Equal($"{_path} is not a valid safetensors file: {reason}.", error.Message);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"a":3}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":["x"],"data_offsets":[0,0]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""")]
    public void A_header_that_is_not_a_header_is_refused(string header)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + text.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, (ulong)text.Length);
        text.CopyTo(file, 8);
        File.WriteAllBytes(_path, file);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(_path));
        Assert.StartsWith($"{_path} is not a valid safetensors file: its header cannot be read: ", error.Message);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 }, "it has 3 bytes, too few for the length of a header")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 1 }, "its header claims 18446744073709551615 bytes, but the file has 1 more")]
    public void A_file_that_ends_early_is_refused(byte[] file, string reason)
    {
        File.WriteAllBytes(_path, file);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Read(_path));
        Assert.Equal($"{_path} is not a valid safetensors file: {reason}.", error.Message);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        SafetensorsFile.Write(_path, [Tensor.Of("a", (int[])[1])]);
        Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(_path, [Tensor.Of("b", (int[])[1]), Tensor.Of("b", (int[])[2])]));
        Assert.NotNull(SafetensorsFile.Read(_path).Find("a"));
        Assert.Equal([_path], Directory.GetFiles(Path.GetDirectoryName(_path)!, Path.GetFileName(_path) + "*"));
    }
}
