using System.Security.Cryptography;
using System.Text;

namespace Farm.Storage.S3;

/// <summary>
/// Writes objects that must not replace others. Where the server knows <c>If-None-Match</c> that is one request. Where it does not,
/// whoever wants a key first puts a claim beside it and then lists the claims: alone, it may write. Of two that come together
/// the later sees the claim of the earlier, or both see both and draw back; never do both write.
/// </summary>
internal sealed class NameClaims(S3Bucket bucket, TimeProvider time) : IDisposable
{
    /// <summary>A claim older than others by this much is a dead writer's; a writer that took half of it starts anew.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Writers of one process take turns, so that only processes compete.</summary>
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    private bool _serverKnowsConditions;

    /// <summary>The claims of other keys at the same server.</summary>
    public NameClaims For(S3Bucket other) => other == bucket ? this : new NameClaims(other, time) { _serverKnowsConditions = _serverKnowsConditions };

    /// <summary>Finds out what the server knows, by trying.</summary>
    public async Task ProbeAsync(CancellationToken cancel)
    {
        var key = $"{S3Keys.Claims}probe/{Guid.NewGuid():N}/-";
        await bucket.PutAsync(key, "first"u8.ToArray(), cancel);
        _serverKnowsConditions = !await bucket.PutNewAsync(key, "second"u8.ToArray(), cancel);
        await bucket.DeleteAsync(key, cancel);
    }

    /// <summary>Whether the server refuses to replace when asked to.</summary>
    public bool ServerKnowsConditions => _serverKnowsConditions;

    /// <summary>Writes an object under a key that is free; false when it is taken. <paramref name="isOwn"/> says whether what is there is what was to be written.</summary>
    public async Task<bool> PutNewAsync(string key, byte[] body, Func<byte[], bool> isOwn, CancellationToken cancel)
    {
        if (!_serverKnowsConditions)
            return await PutClaimedAsync(key, body, cancel);
        while (!await bucket.PutNewAsync(key, body, cancel))
        {
            // An answer may have been lost and the request repeated; or two requests met, and neither was taken.
            if (await bucket.ReadAsync(key, cancel) is { } there)
                return isOwn(there);
        }
        return true;
    }

    public void Dispose() => Array.ForEach(_turns, turn => turn.Dispose());

    private async Task<bool> PutClaimedAsync(string key, byte[] body, CancellationToken cancel)
    {
        var claims = $"{S3Keys.Claims}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}/";
        var turn = _turns[(uint)claims.GetHashCode(StringComparison.Ordinal) % _turns.Length];
        await turn.WaitAsync(cancel);
        try
        {
            for (var pause = TimeSpan.FromMilliseconds(20); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                if (await bucket.FindAsync(key, cancel) is not null)
                    return false;
                if (await TryClaimedAsync(key, body, claims, cancel))
                    return true;
                await Task.Delay(pause * RandomNumberGenerator.GetInt32(50, 150) / 100, time, cancel);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>False when there is another claim, or the key was taken meanwhile.</summary>
    private async Task<bool> TryClaimedAsync(string key, byte[] body, string claims, CancellationToken cancel)
    {
        var own = $"{claims}{Guid.NewGuid():N}/-";
        var started = time.GetTimestamp();
        await bucket.PutAsync(own, Array.Empty<byte>(), cancel);
        try
        {
            var standing = await bucket.ListAsync(claims, cancel).ToListAsync(cancel);
            var oldest = standing.Find(claim => claim.Key == own)?.LastModified - Life;
            var isAlone = oldest is not null && standing.TrueForAll(claim => claim.Key == own || claim.LastModified < oldest);
            if (!isAlone || await bucket.FindAsync(key, cancel) is not null || time.GetElapsedTime(started) > Life / 2)
                return false;
            await bucket.PutAsync(key, body, cancel);
            return true;
        }
        finally
        {
            await bucket.DeleteAsync(own, CancellationToken.None);
        }
    }
}
