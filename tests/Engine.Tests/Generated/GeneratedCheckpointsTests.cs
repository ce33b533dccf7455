using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Farm.Engine.Generated;
using Xunit;

namespace Farm.Engine.Tests.Generated;

public sealed class GeneratedCheckpointsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-generated-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>SHA-256 of the data sections, published with the reference checkpoints that ComfyUI 0.19.3's recordings were made with.</summary>
    [Theory]
    [InlineData("sd15-tiny", "e6c99c06599ddd539c08a3c9d4ee04c42dee0b5a27b9cdaac9c4552ba4c3e3b5")]
    [InlineData("vae-sd15", "a74976c5498d1699ec27ba29c0aa6ee90af7354a01e5ffcb860d66d4ee51710c")]
    public void Write_KnownName_DataSectionHasPublishedHash(string name, string sha256)
    {
        using var file = File.OpenRead(GeneratedFiles.PathOf(name));
        var length = new byte[8];
        file.ReadExactly(length);
        file.Seek(BinaryPrimitives.ReadInt64LittleEndian(length), SeekOrigin.Current);

        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(file)));
    }

    [Fact]
    public void Write_Progress_EndsAtOneAndLeavesOnlyTheFile()
    {
        var seen = new ConcurrentBag<double>();

        GeneratedCheckpoints.Write("vae-sd15", Path.Combine(_folder, "vae.safetensors"), new Collected(seen));

        Assert.Equal(1.0, seen.Max());
        Assert.Equal(["vae.safetensors"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void Write_Cancelled_LeavesNothing()
    {
        Assert.ThrowsAny<OperationCanceledException>(() =>
            GeneratedCheckpoints.Write("sd15-tiny", Path.Combine(_folder, "x.safetensors"), cancellationToken: new CancellationToken(canceled: true)));

        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_UnknownName_NamesTheKnown()
    {
        var error = Assert.Throws<ArgumentException>(() => GeneratedCheckpoints.Write("sd9", Path.Combine(_folder, "x")));

        Assert.Contains("sd15-tiny", error.Message, StringComparison.Ordinal);
    }

    private sealed class Collected(ConcurrentBag<double> seen) : IProgress<double>
    {
        public void Report(double value) => seen.Add(value);
    }
}
