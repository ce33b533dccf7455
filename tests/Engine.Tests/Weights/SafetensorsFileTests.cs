using System.Buffers.Binary;
using System.Text;
using Farm.Engine.Tests.Fixtures;
using Farm.Engine.Tests.Generated;
using Farm.Engine.Weights;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Engine.Tests.Weights;

[Collection(nameof(Measured))]
public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-weights-").FullName;

    private string PathOf(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_ThenOpen_GivesEqualTensorsTypesAndMetadata()
    {
        using var scope = NewDisposeScope();
        var halves = arange(6, ScalarType.Float32).reshape(2, 3).to(ScalarType.Float16);
        var transposed = arange(6, ScalarType.Float32).reshape(2, 3).t();
        var scalar = tensor(7L);
        var none = zeros([0, 4], ScalarType.BFloat16);

        SafetensorsWriter.Write(PathOf("a.safetensors"), [new("halves", halves), new("transposed", transposed), new("scalar", scalar), new("none", none)],
            new Dictionary<string, string> { ["note"] = "é" });

        using var file = SafetensorsFile.Open(PathOf("a.safetensors"));
        Assert.Equal(["halves", "transposed", "scalar", "none"], file.Tensors.Select(info => info.Name));
        Assert.Equal("é", file.Metadata["note"]);
        Assert.True(Fixture.Same(file.OpenTensor("halves"), halves));
        Assert.True(Fixture.Same(file.OpenTensor("transposed"), transposed));
        Assert.Equal(7L, file.OpenTensor("scalar").item<long>());
        Assert.Equal([0L, 4], file.OpenTensor("none").shape);
    }

    [Fact]
    public void OpenTensor_LargeFile_CopiesNothingIntoManagedOrAnonymousMemory()
    {
        // The process's other threads may still be at work for tests before this one: what the reader itself takes, it takes in every round.
        var rounds = Enumerable.Range(0, 3).Select(_ => ReadAll()).ToArray();
        Assert.InRange(rounds.Min(round => round.Managed), 0, 16_000_000);
        Assert.InRange(rounds.Min(round => round.Anonymous), long.MinValue, 100_000_000);
    }

    /// <summary>How many bytes were allocated, and how many more are held, with every tensor of a large file open and read.</summary>
    private static (long Managed, long Anonymous) ReadAll()
    {
        var managed = GC.GetTotalAllocatedBytes(precise: true);
        var anonymous = AnonymousBytes();
        using var file = SafetensorsFile.Open(GeneratedFiles.PathOf("sd15-tiny"));
        var tensors = file.Tensors.Select(info => file.OpenTensor(info.Name)).ToArray();
        foreach (var tensor in tensors) tensor.sum(ScalarType.Float32).Dispose();

        var taken = (GC.GetTotalAllocatedBytes(precise: true) - managed, AnonymousBytes() - anonymous);
        foreach (var tensor in tensors) tensor.Dispose();
        return taken;
    }

    [Fact]
    public void Dispose_WithTensorsAlive_KeepsTheMapUntilTheLastIsGone()
    {
        using var values = arange(1000, ScalarType.Float32);
        SafetensorsWriter.Write(PathOf("b.safetensors"), [new("x", values)]);
        var file = SafetensorsFile.Open(PathOf("b.safetensors"));
        var alias = file.OpenTensor("x");
        var view = alias.narrow(0, 10, 5);

        file.Dispose();
        Assert.True(IsMapped("b.safetensors"));
        Assert.True(Fixture.Same(alias, values));
        alias.Dispose();
        using (var first = view[0]) Assert.Equal(10f, first.item<float>());
        view.Dispose();

        Assert.False(IsMapped("b.safetensors"));
    }

    [Fact]
    public void OpenTensor_UnknownName_SaysWhichFileAndName()
    {
        using var values = zeros(1);
        SafetensorsWriter.Write(PathOf("c.safetensors"), [new("x", values)]);
        using var file = SafetensorsFile.Open(PathOf("c.safetensors"));

        var error = Assert.Throws<WeightsFormatException>(() => file.OpenTensor("y"));

        Assert.Equal("c.safetensors: there is no tensor 'y'", error.Message);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "-8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "[8, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}""", "16 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "needs 12 bytes")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", "needs 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", "larger than any file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}""", "not a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "-2")]
    [InlineData("""{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", "'F33'")]
    [InlineData("""{"a":{"dtype":"F32","shape":"x","data_offsets":[0,8]}}""", "shape is no list")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "data_offsets [0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "lacks")]
    [InlineData("""{"a":3}""", "lacks")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", "listed twice")]
    [InlineData("""[1]""", "no JSON object")]
    [InlineData("""{"a":""", "no valid JSON")]
    public void Open_HostileHeader_SaysTensorAndRule(string header, string part)
    {
        var error = Assert.Throws<WeightsFormatException>(() => SafetensorsFile.Open(WriteRaw(header, Encoding.UTF8.GetByteCount(header))));

        Assert.StartsWith("raw.safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1L, "at most")]
    [InlineData(200_000_000L, "at most")]
    [InlineData(4096L, "cut off")]
    public void Open_HostileLength_IsRefusedBeforeReading(long claimed, string part)
    {
        var error = Assert.Throws<WeightsFormatException>(() => SafetensorsFile.Open(WriteRaw("{}", claimed)));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Open_FileTooShort_SaysSo(int length)
    {
        File.WriteAllBytes(PathOf("short.safetensors"), new byte[length]);

        Assert.Contains("too few", Assert.Throws<WeightsFormatException>(() => SafetensorsFile.Open(PathOf("short.safetensors"))).Message, StringComparison.Ordinal);
    }

    private string WriteRaw(string header, long claimedLength)
    {
        var bytes = new byte[8 + Encoding.UTF8.GetByteCount(header) + 16];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, claimedLength);
        Encoding.UTF8.GetBytes(header, bytes.AsSpan(8));
        File.WriteAllBytes(PathOf("raw.safetensors"), bytes);
        return PathOf("raw.safetensors");
    }

    private static bool IsMapped(string name) => File.ReadLines("/proc/self/maps").Any(line => line.EndsWith(name, StringComparison.Ordinal));

    private static long AnonymousBytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
}
