using Amazon.S3.Model;
using Microsoft.Extensions.Logging;

namespace Farm.Storage.S3;

/// <summary>
/// Takes a content whose hash is not known before its end: what fits one part is held back and sent to its place in one piece, more goes
/// to a staging key part by part. Disposing it forgets what was not stored.
/// </summary>
internal sealed partial class BlobUpload(S3Bucket bucket, int partSize, ILogger logger, CancellationToken cancel) : Stream
{
    /// <summary>Servers copy no more in one step.</summary>
    private const long LongestCopy = 5L << 30;

    private readonly string _staging = $"{S3Keys.Staging}{Guid.NewGuid():N}";
    private readonly List<PartETag> _parts = [];
    private byte[] _buffer = new byte[1 << 16];
    private int _filled;
    private long _length;
    private string? _upload;
    private bool _isStaged;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <summary>Lets what was written become the object of a key.</summary>
    public async Task StoreAsync(string key, CancellationToken stop)
    {
        if (_upload is null)
        {
            await bucket.PutAsync(key, _buffer.AsMemory(0, _filled), stop);
            return;
        }
        if (_filled > 0)
            await SendAsync(stop);
        await bucket.CompleteAsync(_staging, _upload, _parts, stop);
        _isStaged = true;
        if (!await bucket.CopyAsync(_staging, key, stop))
            throw new IOException("The bucket lost an upload that it had confirmed.");
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (_filled == partSize)
                await SendAsync(cancellationToken);
            buffer = buffer[Take(buffer.Span)..];
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (_filled == partSize)
                SendAsync(cancel).GetAwaiter().GetResult();
            buffer = buffer[Take(buffer)..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // Only whole parts are sent.
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (_isStaged)
                await bucket.DeleteAsync(_staging, CancellationToken.None);
            else if (_upload is not null)
                await bucket.AbortAsync(_staging, _upload, CancellationToken.None);
        }
        catch (FilesUnavailableException failure)
        {
            // The sweep removes what is staged, the bucket's own rule uploads that were never finished.
            LeftBehind(logger, failure, _staging);
        }
        await base.DisposeAsync();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int Take(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > LongestCopy)
            throw new IOException($"A file of S3 storage has {LongestCopy} bytes at the most.");
        var count = Math.Min(bytes.Length, partSize - _filled);
        if (_filled + count > _buffer.Length)
            Array.Resize(ref _buffer, (int)Math.Min(partSize, Math.Max(2L * _buffer.Length, _filled + count)));
        bytes[..count].CopyTo(_buffer.AsSpan(_filled));
        _filled += count;
        _length += count;
        return count;
    }

    private async Task SendAsync(CancellationToken stop)
    {
        _upload ??= await bucket.BeginAsync(_staging, stop);
        _parts.Add(await bucket.SendAsync(_staging, _upload, _parts.Count + 1, _buffer.AsMemory(0, _filled), stop));
        _filled = 0;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The upload {Key} could not be taken back")]
    private static partial void LeftBehind(ILogger logger, Exception failure, string key);
}
