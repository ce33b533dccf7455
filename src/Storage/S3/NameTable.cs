using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.S3.Model;
using Farm.Storage.Hashing;

namespace Farm.Storage.S3;

/// <summary>
/// The names of the bucket. Beside a name's record stand: a reference from its content, by which a content is found and the sweep knows
/// that it is used; and, for results, its number, by which the next of a series is drawn. Both are written before the record and removed after it.
/// </summary>
internal sealed class NameTable(S3Bucket bucket, NameClaims claims, TimeProvider time)
{
    private const int MostKnown = 100_000, MostAtOnce = 32;

    /// <summary>How often and at what distance a record is read that is not whole yet.</summary>
    private const int Looks = 40;

    private static readonly TimeSpan LookDistance = TimeSpan.FromMilliseconds(50);

    /// <summary>Records by name and entity tag, so that a listing reads each once.</summary>
    private readonly ConcurrentDictionary<string, (string Tag, DateTime? At, NameRecord Record)> _known = new(StringComparer.Ordinal);

    /// <summary>What a name stands for; null when there is none.</summary>
    public async Task<NameRecord?> FindAsync(FileKey key, CancellationToken cancel)
    {
        S3Keys.Check(key, bucket.Prefix);
        for (var look = 0; ; look++)
        {
            if (await bucket.ReadAsync(S3Keys.Name(key), cancel) is not { } bytes)
                return null;
            if (NameRecord.Read(bytes) is { } record)
                return record;
            // Some servers show an object while it is being written.
            if (look == Looks)
                throw new IOException($"The record of {key} in the bucket cannot be read.");
            await Task.Delay(LookDistance, time, cancel);
        }
    }

    /// <summary>Gives a name a content; false when it is taken and must stay.</summary>
    public async Task<bool> PutAsync(FileKey key, NameRecord record, bool overwrite, CancellationToken cancel)
    {
        S3Keys.Check(key, bucket.Prefix);
        await Task.WhenAll(Companions(key, record).Select(companion => bucket.PutAsync(companion, Array.Empty<byte>(), cancel)));
        if (overwrite)
        {
            await bucket.PutAsync(S3Keys.Name(key), record.Write(), cancel);
        }
        else if (!await claims.PutNewAsync(S3Keys.Name(key), record.Write(), there => NameRecord.Read(there)?.Id == record.Id, cancel))
        {
            await bucket.DeleteAsync(S3Keys.Reference(record.Blob.Hash, record.Id, key), cancel);
            return false;
        }
        await ChangedAsync(key, cancel);
        return true;
    }

    /// <summary>Removes a name that stands for a record.</summary>
    public async Task RemoveAsync(FileKey key, NameRecord record, CancellationToken cancel)
    {
        await bucket.DeleteAsync(S3Keys.Name(key), cancel);
        await Task.WhenAll(Companions(key, record).Select(companion => bucket.DeleteAsync(companion, cancel)));
        await ChangedAsync(key, cancel);
    }

    /// <summary>The names below a folder, in ordinal order of their paths.</summary>
    public async Task<List<(FileKey Key, S3Object Found)>> ListAsync(FileArea area, string folder, bool recursive, CancellationToken cancel)
    {
        var names = new List<(FileKey Key, S3Object Found)>();
        await foreach (var found in bucket.ListAsync(S3Keys.NamesIn(area, folder, recursive), cancel))
            if (S3Keys.NameOf(found.Key[S3Keys.Names.Length..]) is { } key)
                names.Add((key, found));
        names.Sort((one, other) => string.CompareOrdinal(one.Key.Path, other.Key.Path));
        return names;
    }

    /// <summary>Whether there is a name below a folder.</summary>
    public async Task<bool> AnyAsync(FileArea area, string folder, CancellationToken cancel) =>
        await bucket.ListAsync(S3Keys.NamesIn(area, folder, recursive: true), 1, cancel).AnyAsync(cancel);

    /// <summary>The files of listed names; those that went meanwhile are left out.</summary>
    public async IAsyncEnumerable<FileEntry> EntriesAsync(List<(FileKey Key, S3Object Found)> names, [EnumeratorCancellation] CancellationToken cancel)
    {
        // Whoever wants to know only whether there is a file reads one record, not thirty.
        for (int start = 0, count = 1; start < names.Count; start += count, count = Math.Min(MostAtOnce, count * 2))
        {
            var records = await Task.WhenAll(names.Skip(start).Take(count).Select(name => KnownAsync(name.Key, name.Found, cancel)));
            for (var i = 0; i < records.Length; i++)
                if (records[i] is { } record)
                    yield return record.Entry(names[start + i].Key);
        }
    }

    /// <summary>Which names stand for a content, and since when the reference stands, the oldest first.</summary>
    public async IAsyncEnumerable<NameReference> ReferencesAsync(ContentHash hash, [EnumeratorCancellation] CancellationToken cancel)
    {
        var start = S3Keys.References(hash);
        await foreach (var found in bucket.ListAsync(start, cancel))
        {
            if (S3Keys.Entry(found.Key, start) is not { } entry)
                continue;
            var record = await FindAsync(entry.Key, cancel);
            yield return new NameReference(found.Key, found.LastModified, entry.Key, record?.Id == entry.Id ? record : null);
        }
    }

    /// <summary>The highest number that a file of a series carries; 0 when there is none.</summary>
    public async Task<long> HighestAsync(FileSeries series, CancellationToken cancel)
    {
        var start = S3Keys.Numbers(series.Area, series.Folder, series.Prefix);
        await foreach (var found in bucket.ListAsync(start, 1, cancel))
            return S3Keys.NumberOf(found.Key, start);
        return 0;
    }

    /// <summary>Whether a file of a series carries a number.</summary>
    public async Task<bool> HasNumberAsync(FileSeries series, long number, CancellationToken cancel) =>
        await bucket.ListAsync(S3Keys.Numbered(series, number), 1, cancel).AnyAsync(cancel);

    /// <summary>Tells listings that others keep that there is something new: the input folder's, and those of models among results.</summary>
    private Task ChangedAsync(FileKey key, CancellationToken cancel) => S3FileCatalog.ListingOf(key) is { } listing
        ? bucket.PutAsync(S3Keys.Changes + listing, Guid.NewGuid().ToByteArray(), cancel)
        : Task.CompletedTask;

    private async Task<NameRecord?> KnownAsync(FileKey key, S3Object found, CancellationToken cancel)
    {
        if (_known.TryGetValue(found.Key, out var known) && known.Tag == found.ETag && known.At == found.LastModified)
            return known.Record;
        var record = await FindAsync(key, cancel);
        if (_known.Count >= MostKnown)
            _known.Clear();
        if (record is not null)
            _known[found.Key] = (found.ETag, found.LastModified, record);
        return record;
    }

    private static IEnumerable<string> Companions(FileKey key, NameRecord record)
    {
        yield return S3Keys.Reference(record.Blob.Hash, record.Id, key);
        if (key.Area is not (FileArea.Output or FileArea.Temp))
            yield break;
        // A name may belong to several series: a_1_2_x.png is number 1 of "a" and number 2 of "a_1".
        var name = key.Name;
        for (var at = name.IndexOf('_'); at >= 0; at = name.IndexOf('_', at + 1))
            if (name.IndexOf('_', at + 1) is var end && end > at + 1
                && long.TryParse(name.AsSpan()[(at + 1)..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                yield return S3Keys.Number(key.Area, key.Folder, name[..at], number, name[(end + 1)..]);
            }
    }
}

/// <summary>That a write gave a content to a name.</summary>
/// <param name="ObjectKey">The reference's own key.</param>
/// <param name="At">Since when it stands, by the server's clock.</param>
/// <param name="Key">The name.</param>
/// <param name="Record">The name's record; null when the name stands for something else by now.</param>
internal readonly record struct NameReference(string ObjectKey, DateTime? At, FileKey Key, NameRecord? Record);
