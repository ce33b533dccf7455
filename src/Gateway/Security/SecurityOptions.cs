using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security;

/// <summary>
/// Who is let in, bound from <c>Farm:Security</c>. Checked when the process starts. A gateway is open, and asks nobody, where no key and no
/// OpenID provider is configured; it then listens on loopback addresses only, unless <see cref="AllowOpen"/> says otherwise.
/// </summary>
public sealed class SecurityOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Security";

    private const int ShortestKey = 32;

    /// <summary>A first key, of the operators' tenant and with every scope, to make others with: at least 32 characters. None by default.</summary>
    public string BootstrapKey { get; set; } = "";

    /// <summary>A file that holds the first key, for a secret that is mounted. None by default.</summary>
    public string BootstrapKeyFile { get; set; } = "";

    /// <summary>Whether callers must sign in though neither a first key nor a provider is configured: by keys that were made before. False by default.</summary>
    public bool Require { get; set; }

    /// <summary>Whether an open gateway may listen on addresses that others reach. False by default: it then refuses to start.</summary>
    public bool AllowOpen { get; set; }

    /// <summary>How long a gateway believes what it knows of a key; so long may a revoked one still open something. Default: 5 s.</summary>
    public TimeSpan KeyCacheTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it goes on to believe it while the farm cannot be asked. Default: 1 min.</summary>
    public TimeSpan KeyOutageTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Keys that a gateway remembers. Default: 10000.</summary>
    public int KeyCacheSize { get; set; } = 10_000;

    /// <summary>How long a session lives without being used. Default: 12 h.</summary>
    public TimeSpan SessionIdleTime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long a session lives at the most. Default: 7 days.</summary>
    public TimeSpan SessionLife { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often open sockets are asked for again whether their key or session is still good. Default: 5 s.</summary>
    public TimeSpan SocketCheckInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Wrong keys that an address may try in a minute, at the page or by header; more get a 429. Default: 60.</summary>
    public int FailuresPerMinute { get; set; } = 60;

    /// <summary>
    /// Proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed: addresses, or networks such as <c>10.0.0.0/8</c>. None by
    /// default.
    /// </summary>
    public IList<string> Proxies { get; } = [];

    /// <summary>The first key, wherever it stands; empty where there is none.</summary>
    internal string FirstKey => BootstrapKeyFile.Length > 0 ? File.ReadAllText(BootstrapKeyFile).Trim() : BootstrapKey;

    /// <summary>Says which option breaks which rule, or nothing. Says nothing of the key itself.</summary>
    internal IEnumerable<string> Problems()
    {
        if (BootstrapKey.Length > 0 && BootstrapKeyFile.Length > 0)
            yield return $"{Section}:{nameof(BootstrapKey)} and {nameof(BootstrapKeyFile)} are both given; one of them must be empty.";
        else if (BootstrapKeyFile.Length > 0 && !File.Exists(BootstrapKeyFile))
            yield return $"{Section}:{nameof(BootstrapKeyFile)} is '{BootstrapKeyFile}'; the file must exist.";
        else if (FirstKey.Length < ShortestKey && BootstrapKey.Length + BootstrapKeyFile.Length > 0)
            yield return $"{Section}:{nameof(BootstrapKey)} is shorter than {ShortestKey} characters.";
        else if (FirstKey.Any(c => c is <= ' ' or > '~'))
            yield return $"{Section}:{nameof(BootstrapKey)} must be of printable ASCII characters without spaces: it is sent in a header.";
        foreach (var (name, time) in new[]
        {
            (nameof(SessionIdleTime), SessionIdleTime), (nameof(SessionLife), SessionLife), (nameof(SocketCheckInterval), SocketCheckInterval),
        })
        {
            if (time < TimeSpan.FromSeconds(1))
                yield return $"{Section}:{name} is {time}; it must be a second or more.";
        }
        foreach (var (name, time) in new[] { (nameof(KeyCacheTime), KeyCacheTime), (nameof(KeyOutageTime), KeyOutageTime) })
        {
            if (time < TimeSpan.Zero || time > TimeSpan.FromHours(1))
                yield return $"{Section}:{name} is {time}; it must be 0 to 1 hour.";
        }
        if (KeyCacheSize < 1)
            yield return $"{Section}:{nameof(KeyCacheSize)} is {KeyCacheSize}; it must be at least 1.";
        if (FailuresPerMinute < 1)
            yield return $"{Section}:{nameof(FailuresPerMinute)} is {FailuresPerMinute}; it must be at least 1.";
        foreach (var proxy in Proxies.Where(p => ForwardedSetup.NetworkOf(p) is null))
            yield return $"{Section}:{nameof(Proxies)} has '{proxy}'; each must be an IP address or a network such as 10.0.0.0/8.";
    }
}

/// <summary>Checks <see cref="SecurityOptions"/> at start.</summary>
internal sealed class SecurityOptionsValidator : IValidateOptions<SecurityOptions>
{
    public ValidateOptionsResult Validate(string? name, SecurityOptions options) =>
        options.Problems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
