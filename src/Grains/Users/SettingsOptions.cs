using Microsoft.Extensions.Options;

namespace Farm.Grains.Users;

/// <summary>Limits of what users store: section <c>Farm:Settings</c>.</summary>
public sealed class SettingsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Settings";

    /// <summary>Settings that one user may have. 10,000 by default; the official frontend has a few hundred.</summary>
    public int MaxCount { get; set; } = 10_000;
}

/// <summary>Checks <see cref="SettingsOptions"/> at start.</summary>
internal sealed class SettingsOptionsValidator : IValidateOptions<SettingsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SettingsOptions options) => options.MaxCount < 1
        ? ValidateOptionsResult.Fail($"{SettingsOptions.Section}:MaxCount is {options.MaxCount}; it must be 1 or more.")
        : ValidateOptionsResult.Success;
}
