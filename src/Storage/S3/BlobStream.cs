namespace Farm.Storage.S3;

/// <summary>Reads a content straight from the bucket, from wherever it is sought to; a connection that breaks is made again.</summary>
internal sealed class BlobStream(Blobs blobs, Blob blob) : Stream
{
    private const int Retries = 3;

    private Stream? _open;
    private long _position;
    private int _broken;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => blob.Size;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= blob.Size || buffer.Length == 0)
            return 0;
        while (true)
        {
            try
            {
                _open ??= await blobs.OpenAsync(blob, _position, cancellationToken);
                var read = await _open.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                    throw new EndOfStreamException($"The content {blob.Hash} ended at {_position} of {blob.Size} bytes.");
                _position += read;
                return read;
            }
            catch (IOException) when (_open is not null && ++_broken <= Retries)
            {
                Close(ref _open);
            }
        }
    }

    public override int Read(Span<byte> buffer)
    {
        var copy = new byte[buffer.Length];
        var read = ReadAsync(copy).AsTask().GetAwaiter().GetResult();
        copy.AsSpan(0, read).CopyTo(buffer);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = offset + origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => _position, _ => blob.Size };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        if (target != _position)
            Close(ref _open);
        return _position = target;
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close(ref _open);
        base.Dispose(disposing);
    }

    private static void Close(ref Stream? open)
    {
        open?.Dispose();
        open = null;
    }
}
