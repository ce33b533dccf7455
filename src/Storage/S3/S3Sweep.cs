using System.Globalization;
using System.Text;
using Farm.Storage.Hashing;
using Microsoft.Extensions.Options;

namespace Farm.Storage.S3;

/// <summary>
/// Removes contents that no name stands for, in two steps: to the bucket's trash, and from there only after another grace. A writer that
/// finds a content just before it is taken away has named it long before the second step, which then brings it back.
/// </summary>
internal sealed class S3Sweep(S3Bucket bucket, NameTable names, IOptions<S3Options> options, TimeProvider time)
{
    private const string Mark = "sweep";

    /// <summary>Sweeps, unless any process of the farm did so within the interval.</summary>
    public async Task RunIfDueAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var last = await bucket.ReadAsync(Mark, cancel) is { } mark
            && DateTimeOffset.TryParse(Encoding.UTF8.GetString(mark), CultureInfo.InvariantCulture, out var at) ? at : DateTimeOffset.MinValue;
        if (now - last < options.Value.SweepInterval)
            return;
        await bucket.PutAsync(Mark, Encoding.UTF8.GetBytes(now.ToString("O", CultureInfo.InvariantCulture)), cancel);
        await RunAsync(cancel);
    }

    /// <summary>Sweeps now.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var oldest = (time.GetUtcNow() - options.Value.SweepGrace).UtcDateTime;
        await foreach (var hash in OldAsync(S3Keys.Trash, oldest, cancel))
        {
            if (await IsUsedAsync(hash, oldest, cancel) && await bucket.FindAsync(S3Keys.Blob(hash), cancel) is null)
                await bucket.CopyAsync(S3Keys.Trashed(hash), S3Keys.Blob(hash), cancel);
            await bucket.DeleteAsync(S3Keys.Trashed(hash), cancel);
        }
        await foreach (var hash in OldAsync(S3Keys.Blobs, oldest, cancel))
            if (!await IsUsedAsync(hash, oldest, cancel) && await bucket.CopyAsync(S3Keys.Blob(hash), S3Keys.Trashed(hash), cancel))
                await bucket.DeleteAsync(S3Keys.Blob(hash), cancel);
        foreach (var leftBehind in (string[])[S3Keys.Staging, S3Keys.Claims, S3Keys.Draws])
            await foreach (var found in bucket.ListAsync(leftBehind, cancel))
                if (found.LastModified < oldest)
                    await bucket.DeleteAsync(found.Key, cancel);
    }

    private async IAsyncEnumerable<ContentHash> OldAsync(string start, DateTime oldest, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var found in bucket.ListAsync(start, cancel))
            if (found.LastModified < oldest && ContentHash.TryParse("blake3:" + found.Key[start.Length..], out var hash))
                yield return hash;
    }

    /// <summary>Whether a name stands for a content, or a write that may still give it one has begun; removes what refers to it no more.</summary>
    private async Task<bool> IsUsedAsync(ContentHash hash, DateTime oldest, CancellationToken cancel)
    {
        await foreach (var reference in names.ReferencesAsync(hash, cancel))
        {
            if (reference.Record is not null || reference.At >= oldest)
                return true;
            await bucket.DeleteAsync(reference.ObjectKey, cancel);
        }
        return false;
    }
}
