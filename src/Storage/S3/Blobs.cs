using Farm.Storage.Hashing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Farm.Storage.S3;

/// <summary>A content of the bucket.</summary>
/// <param name="Hash">Its hash, by which it is stored once.</param>
/// <param name="Size">Bytes.</param>
internal readonly record struct Blob(ContentHash Hash, long Size);

/// <summary>Contents by their hash.</summary>
internal sealed class Blobs(S3Bucket bucket, IOptions<S3Options> options, TimeProvider time, ILogger<Blobs> logger)
{
    /// <summary>How often and at what distance is looked whether a server has a whole object that it said it has.</summary>
    private const int Looks = 40;

    private static readonly TimeSpan LookDistance = TimeSpan.FromMilliseconds(50);

    /// <summary>Stores what <paramref name="write"/> fills a stream with; a content that is there already is not sent again.</summary>
    public async Task<Blob> WriteAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancel)
    {
        await using var upload = new BlobUpload(bucket, options.Value.PartSize, logger, cancel);
        await using (var hashing = new HashingStream(upload))
        {
            await write(hashing, cancel);
            var blob = new Blob(hashing.Hash, hashing.Length);
            if (!await IsWholeAsync(blob, cancel))
            {
                await upload.StoreAsync(S3Keys.Blob(blob.Hash), cancel);
                await WaitWholeAsync(blob, cancel);
            }
            return blob;
        }
    }

    /// <summary>The bytes of a content from a position on. Disposing the stream ends the request.</summary>
    public async Task<Stream> OpenAsync(Blob blob, long start, CancellationToken cancel)
    {
        var key = S3Keys.Blob(blob.Hash);
        var content = await bucket.OpenAsync(key, start, cancel);
        // A name was given to the content while the sweep took it for nobody's.
        if (content is null && await bucket.CopyAsync(S3Keys.Trashed(blob.Hash), key, cancel))
            content = await bucket.OpenAsync(key, start, cancel);
        return content ?? throw new IOException($"The bucket has no content {blob.Hash}.");
    }

    private async Task<bool> IsWholeAsync(Blob blob, CancellationToken cancel) =>
        await bucket.FindAsync(S3Keys.Blob(blob.Hash), cancel) is { } found && found.Size == blob.Size;

    /// <summary>Some servers answer before the last bytes are where readers find them.</summary>
    private async Task WaitWholeAsync(Blob blob, CancellationToken cancel)
    {
        for (var look = 1; !await IsWholeAsync(blob, cancel); look++)
        {
            if (look == Looks)
                throw new IOException($"The bucket took the content {blob.Hash} of {blob.Size} bytes and does not have it whole.");
            await Task.Delay(LookDistance, time, cancel);
        }
    }
}
