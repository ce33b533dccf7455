using System.Collections.Concurrent;
using Farm.Contracts.Prompts;
using Farm.Contracts.Security;
using Farm.Gateway.Calls;
using Farm.Gateway.Identity;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security.Keys;

/// <summary>The keys as this gateway knows them: asked for once in a while, remembered in between.</summary>
internal sealed class KeyDirectory
{
    /// <summary>The id of the key that the configuration gives.</summary>
    public const string BootstrapId = "bootstrap";

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly IGrainFactory _grains;
    private readonly SecurityOptions _options;
    private readonly SignInFailures _failures;
    private readonly TimeProvider _clock;
    private readonly ApiKey? _bootstrap;

    public KeyDirectory(IGrainFactory grains, IOptions<SecurityOptions> options, IOptions<TenantHeaderOptions> tenants, SignInFailures failures, TimeProvider clock)
    {
        (_grains, _options, _failures, _clock) = (grains, options.Value, failures, clock);
        _bootstrap = _options.FirstKey is { Length: > 0 } key ? Bootstrap(key, tenants.Value.Operators, clock.GetUtcNow()) : null;
    }

    /// <summary>The living key of a text that a caller sent; null where it opens nothing.</summary>
    /// <param name="text">What was sent.</param>
    /// <param name="address">Where from: who tried too many is refused with 429. Null where the caller of this counts failures.</param>
    public async ValueTask<ApiKey?> OpenAsync(string text, string? address)
    {
        if (_bootstrap is not null && KeySecret.Fits(text, _bootstrap.Hash))
            return _bootstrap;
        if (KeySecret.IdOf(text) is not { } id)
        {
            Count(address);
            return null;
        }
        if (Remembered(id) is not { } known)
        {
            if (address is not null)
                _failures.Refuse(address);
            known = await AskAsync(id);
            if (known.Key is null)
                Count(address);
        }
        return known.Key is { } key && key.IsAlive(_clock.GetUtcNow()) && KeySecret.Fits(text, key.Hash) ? key : null;
    }

    /// <summary>A key by its id, whatever its state; null where there is none.</summary>
    public async ValueTask<ApiKey?> FindAsync(string id) =>
        id == BootstrapId ? _bootstrap : (Remembered(id) ?? await AskAsync(id)).Key;

    /// <summary>Forgets a key that this gateway itself changed.</summary>
    public void Forget(string id) => _known.TryRemove(id, out _);

    private void Count(string? address)
    {
        if (address is not null)
            _failures.Count(address);
    }

    private Known? Remembered(string id) => _known.TryGetValue(id, out var known) && _clock.GetUtcNow() - known.At < _options.KeyCacheTime ? known : null;

    private async Task<Known> AskAsync(string id)
    {
        var now = _clock.GetUtcNow();
        try
        {
            var known = new Known(await _grains.GetGrain<IKeysGrain>(IKeysGrain.Key).FindAsync(id), now);
            Remember(id, known, now);
            return known;
        }
        catch (Exception failure) when (
            (Unreachable.Is(failure) || failure is StoreUnavailableException)
            && _known.TryGetValue(id, out var old) && old.Key is not null && now - old.At < _options.KeyOutageTime)
        {
            return old;
        }
    }

    private void Remember(string id, Known known, DateTimeOffset now)
    {
        if (_known.Count >= _options.KeyCacheSize)
        {
            foreach (var (other, old) in _known)
            {
                if (now - old.At >= _options.KeyCacheTime)
                    _known.TryRemove(other, out _);
            }
            if (_known.Count >= _options.KeyCacheSize)
                _known.Clear();
        }
        _known[id] = known;
    }

    private static ApiKey Bootstrap(string text, string tenant, DateTimeOffset now) => new()
    {
        Id = BootstrapId, Hash = KeySecret.Hash(text), Tenant = tenant, Name = BootstrapId, CreatedAt = now, CreatedBy = "configuration",
        Scopes = AccessScopes.Read | AccessScopes.Submit | AccessScopes.Operate,
    };

    private sealed record Known(ApiKey? Key, DateTimeOffset At);
}
