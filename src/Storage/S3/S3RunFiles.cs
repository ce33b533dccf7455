using System.Globalization;

namespace Farm.Storage.S3;

/// <summary>Numbered files of runs in the bucket: every file is journalled before its name appears, by the id of the write.</summary>
internal sealed class S3RunFiles(S3Bucket bucket, NameTable names, NameClaims claims, Blobs blobs, TimeProvider time) : IRunFiles, IDisposable
{
    /// <summary>Writers of one process draw numbers one after the other; those of several processes meet at the draw.</summary>
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async ValueTask<FileEntry> WriteNextAsync(
        RunAttempt attempt, FileSeries series, string suffix, Func<Stream, CancellationToken, Task> write, long lowest = 1, CancellationToken cancel = default)
    {
        // The name's parts are checked before anything is written; the number cannot make them unsafe.
        var first = Name(series, 1, suffix);
        if (first.Path.Contains('\n') || series.Prefix.Contains('/') || suffix.Contains('/'))
            throw new UnsafeFileNameException(first.Path);
        S3Keys.Check(first, bucket.Prefix);
        var blob = await blobs.WriteAsync(write, cancel);
        var turn = _turns[(uint)series.GetHashCode() % _turns.Length];
        await turn.WaitAsync(cancel);
        try
        {
            return await PublishAsync(attempt, series with { Folder = first.Folder }, suffix, blob, lowest, cancel);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask<FileEntry?> WriteNewAsync(
        RunAttempt attempt, FileKey key, Func<Stream, CancellationToken, Task> write, CancellationToken cancel = default)
    {
        if (key.Path.Contains('\n'))
            throw new UnsafeFileNameException(key.Path);
        S3Keys.Check(key, bucket.Prefix);
        return await names.FindAsync(key, cancel) is null ? await TryPublishAsync(attempt, key, await blobs.WriteAsync(write, cancel), cancel) : null;
    }

    public async ValueTask DiscardEarlierAsync(RunAttempt attempt, CancellationToken cancel = default)
    {
        var start = S3Keys.Journals(attempt.RunId);
        var earlier = new HashSet<int>();
        if (attempt.Attempt > 1)
            await foreach (var entry in bucket.ListAsync(start, cancel))
                if (int.TryParse(entry.Key.AsSpan(start.Length)[..entry.Key.AsSpan(start.Length).IndexOf('/')], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < attempt.Attempt)
                    earlier.Add(number);
        foreach (var number in earlier)
            await DiscardAsync(attempt with { Attempt = number }, cancel);
    }

    public async ValueTask DiscardAsync(RunAttempt attempt, CancellationToken cancel = default)
    {
        var start = S3Keys.Journals(attempt);
        await foreach (var found in bucket.ListAsync(start, cancel))
        {
            // A name that was noted but never taken, and then went to another write, has another id.
            if (S3Keys.Entry(found.Key, start) is { } entry && await names.FindAsync(entry.Key, cancel) is { } record && record.Id == entry.Id)
                await names.RemoveAsync(entry.Key, record, cancel);
            await bucket.DeleteAsync(found.Key, cancel);
        }
    }

    public async ValueTask KeepAsync(RunAttempt attempt, CancellationToken cancel = default)
    {
        await foreach (var entry in bucket.ListAsync(S3Keys.Journals(attempt), cancel))
            await bucket.DeleteAsync(entry.Key, cancel);
        // An earlier attempt that was thought dead may have written on until it was fenced off.
        await DiscardEarlierAsync(attempt, cancel);
    }

    public void Dispose() => Array.ForEach(_turns, turn => turn.Dispose());

    /// <summary>Draws numbers from the highest on until one is free and its name too.</summary>
    private async Task<FileEntry> PublishAsync(RunAttempt attempt, FileSeries series, string suffix, Blob blob, long lowest, CancellationToken cancel)
    {
        for (var number = Math.Max(lowest, await names.HighestAsync(series, cancel) + 1); ; number++)
        {
            // Whoever holds the draw may give the number to a name, unless another did so and let go of it before.
            var draw = S3Keys.Draw(series, number);
            var id = Guid.NewGuid().ToByteArray();
            if (!await claims.PutNewAsync(draw, id, there => there.AsSpan().SequenceEqual(id), cancel))
                continue;
            try
            {
                if (!await names.HasNumberAsync(series, number, cancel) && await TryPublishAsync(attempt, Name(series, number, suffix), blob, cancel) is { } file)
                    return file;
            }
            finally
            {
                await bucket.DeleteAsync(draw, CancellationToken.None);
            }
        }
    }

    private async Task<FileEntry?> TryPublishAsync(RunAttempt attempt, FileKey key, Blob blob, CancellationToken cancel)
    {
        var record = NameRecord.Of(blob, time);
        var entry = S3Keys.Journal(attempt, record.Id, key);
        await bucket.PutAsync(entry, Array.Empty<byte>(), cancel);
        if (await names.PutAsync(key, record, overwrite: false, cancel))
            return record.Entry(key);
        await bucket.DeleteAsync(entry, cancel);
        return null;
    }

    private static FileKey Name(FileSeries series, long number, string suffix) =>
        FileKey.Create(series.Area, series.Folder, string.Create(CultureInfo.InvariantCulture, $"{series.Prefix}_{number:D5}_{suffix}"));
}
