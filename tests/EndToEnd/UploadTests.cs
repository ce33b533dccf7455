using System.Net;
using System.Net.Http.Headers;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>Big files stream through: what they need is disk, not memory.</summary>
public sealed class UploadTests(ITestOutputHelper output)
{
    private const long Warm = 64L << 20, Big = 2L << 30;

    /// <summary>MiB of anonymous memory that an upload may add at its height.</summary>
    private const double Growth = 64;

    [Theory]
    [InlineData("/upload/image", "image", Warm)]
    [InlineData("/api/assets", "file", Warm)]
    public Task Upload_BiggerThanTheLimitOfMemory_StreamsThrough(string path, string field, long size) => StreamsThroughAsync(path, field, 2 * size);

    [Theory(Explicit = true)]
    [InlineData("/upload/image", "image")]
    [InlineData("/api/assets", "file")]
    public Task Upload_OfTwoGigabytes_StreamsThrough(string path, string field) => StreamsThroughAsync(path, field, Big);

    [Theory]
    [InlineData("/upload/image", "image", true)]
    [InlineData("/upload/image", "image", false)]
    [InlineData("/api/assets", "file", true)]
    public async Task Upload_BeyondTheLimit_Is413AndLeavesNothing(string path, string field, bool tellsLength)
    {
        using var root = new DataRoot();
        var staging = Directory.CreateDirectory(Path.Combine(root.WorkingFolder, "staging")).FullName;
        await using var farm = await FarmProcess.StartAsync(root, "--Farm:Gateway:MaxUploadSize", "1048576", "--Farm:Gateway:StagingFolder", staging);
        using var client = await ComfyClient.ConnectAsync(farm);

        var status = await SendAsync(client, path, field, "big.bin", 2 << 20, tellsLength);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Empty(Directory.GetFiles(staging));
        Assert.Empty(Directory.GetFiles(Path.Combine(root.Path, "input"), "*", SearchOption.AllDirectories));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(client, "/upload/image", "image", "small.bin", 1 << 19, tellsLength));
    }

    private async Task StreamsThroughAsync(string path, string field, long size)
    {
        using var root = new DataRoot();
        await using var farm = await FarmProcess.StartAsync(root, "--Farm:Gateway:MaxUploadSize", $"{Big + Warm}", "--Farm:Gateway:StagingFolder", root.WorkingFolder);
        using var client = await ComfyClient.ConnectAsync(farm);
        await SendAsync(client, path, field, "warm.bin", Warm);

        var (before, most) = await MemoryWatch.DuringAsync(farm, async () => Assert.True((int)await SendAsync(client, path, field, "big.bin", size) < 300));

        output.WriteLine($"{path}, {size >> 20} MiB: anonymous memory {before:F1} MiB before, {most:F1} MiB at its height");
        Assert.True(most - before < Growth, $"Anonymous memory rose from {before:F0} to {most:F0} MiB.");
        Assert.Equal([Warm, size], new DirectoryInfo(Path.Combine(root.Path, "input")).GetFiles().Select(file => file.Length).Order());
    }

    private static async Task<HttpStatusCode> SendAsync(ComfyClient client, string path, string field, string name, long size, bool tellsLength = true)
    {
        using var file = new StreamContent(new CountingStream(size), 1 << 20);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var form = new MultipartFormDataContent { { new StringContent("input"), "tags" }, { file, field, name } };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
        request.Headers.TransferEncodingChunked = !tellsLength;
        // A server that refuses a body by its length answers before it reads it.
        request.Headers.ExpectContinue = true;
        using var answer = await client.Http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>Bytes that nowhere repeat within a hash's chunk, made as they are read.</summary>
    private sealed class CountingStream(long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, length - Position);
            for (var i = 0; i < count; i += 512)
                BitConverter.TryWriteBytes(buffer[i..], Position + i);
            Position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
