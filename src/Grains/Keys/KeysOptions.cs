using Microsoft.Extensions.Options;

namespace Farm.Grains.Keys;

/// <summary>How API keys are kept: section <c>Farm:Keys</c>.</summary>
public sealed class KeysOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Keys";

    /// <summary>Keys that may be alive at a time; revoked ones do not count. 10,000 by default.</summary>
    public int MaxCount { get; set; } = 10_000;

    /// <summary>How exactly a key's last use is told: it is written down once in this time. 10 min by default.</summary>
    public TimeSpan UseInterval { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>Checks <see cref="KeysOptions"/> at start.</summary>
internal sealed class KeysOptionsValidator : IValidateOptions<KeysOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, KeysOptions options)
    {
        var failures = new List<string>();
        if (options.MaxCount < 1)
            failures.Add($"{KeysOptions.Section}:MaxCount is {options.MaxCount}; it must be 1 or more.");
        if (options.UseInterval < TimeSpan.FromSeconds(1))
            failures.Add($"{KeysOptions.Section}:UseInterval is {options.UseInterval}; it must be a second or more.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
