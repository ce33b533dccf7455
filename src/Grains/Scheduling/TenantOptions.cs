using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>What tenants get: section <c>Farm:Tenants</c>. <c>Farm:Tenants:Of:NAME</c> holds what differs for one of them.</summary>
public sealed class TenantOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Tenants";

    /// <summary>A tenant's share of the workers' time, as a weight against those of others. 1 by default.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>Seconds of workers' time that a tenant which used none for a while may have ahead of the others. 30 s by default.</summary>
    public TimeSpan Burst { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Prompts of one tenant that may wait; another one is refused with 429; 0 for any number. Default 0.</summary>
    public int MaxPending { get; set; }

    /// <summary>Prompts of one tenant that run at a time; others wait; 0 for any number. Default 0.</summary>
    public int MaxRunning { get; set; }

    /// <summary>What differs for a tenant, by its name.</summary>
    public IDictionary<string, TenantQuota> Of { get; } = new Dictionary<string, TenantQuota>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Checks <see cref="TenantOptions"/> at start.</summary>
internal sealed class TenantOptionsValidator : IValidateOptions<TenantOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TenantOptions options)
    {
        string[] failures =
        [
            .. Broken("", options.Weight, options.MaxPending, options.MaxRunning),
            .. options.Of.SelectMany(t => Broken($"Of:{t.Key}:", t.Value.Weight, t.Value.MaxPending, t.Value.MaxRunning)),
            .. options.Burst < TimeSpan.Zero ? [$"{TenantOptions.Section}:Burst is {options.Burst}; it must not be negative."] : Array.Empty<string>(),
        ];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Broken(string of, double? weight, int? pending, int? running)
    {
        if (weight is { } share && !(share is >= 0.001 and <= 1_000_000))
            yield return $"{TenantOptions.Section}:{of}Weight is {share}; it must be 0.001 to 1,000,000.";
        if (pending < 0)
            yield return $"{TenantOptions.Section}:{of}MaxPending is {pending}; it must not be negative.";
        if (running < 0)
            yield return $"{TenantOptions.Section}:{of}MaxRunning is {running}; it must not be negative.";
    }
}
