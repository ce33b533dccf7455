using Microsoft.Extensions.Options;

namespace Farm.Gateway.Security.Limits;

/// <summary>
/// How many requests a second are served, bound from <c>Farm:Security:RateLimits</c>. Checked when the process starts; each gateway counts for
/// itself. An open gateway on loopback has none.
/// </summary>
public sealed class RateLimitOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Security:RateLimits";

    /// <summary>Requests a second of one key, or of one account of the OpenID provider; 0 for any number. Default: 500.</summary>
    public int PerCaller { get; set; } = 500;

    /// <summary>Requests a second of one tenant; 0 for any number. Default: 2000.</summary>
    public int PerTenant { get; set; } = 2000;

    /// <summary>Requests a second of one address from which nobody signed in; 0 for any number. Default: 50.</summary>
    public int PerAddress { get; set; } = 50;

    /// <summary>How many seconds' worth may come at once after a pause. Default: 10.</summary>
    public int Burst { get; set; } = 10;

    /// <summary>Says which option breaks which rule, or nothing.</summary>
    internal IEnumerable<string> Problems()
    {
        foreach (var (name, value) in new[] { (nameof(PerCaller), PerCaller), (nameof(PerTenant), PerTenant), (nameof(PerAddress), PerAddress) })
        {
            if (value is < 0 or > 1_000_000)
                yield return $"{Section}:{name} is {value}; it must be 0 to 1000000.";
        }
        if (Burst is < 1 or > 1000)
            yield return $"{Section}:{nameof(Burst)} is {Burst}; it must be 1 to 1000.";
    }
}

/// <summary>Checks <see cref="RateLimitOptions"/> at start.</summary>
internal sealed class RateLimitOptionsValidator : IValidateOptions<RateLimitOptions>
{
    public ValidateOptionsResult Validate(string? name, RateLimitOptions options) =>
        options.Problems().ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
