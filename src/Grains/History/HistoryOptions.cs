using Microsoft.Extensions.Options;

namespace Farm.Grains.History;

/// <summary>How history is shown: section <c>Farm:History</c>.</summary>
public sealed class HistoryOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:History";

    /// <summary>
    /// How many of a tenant's newest entries a listing reaches; older ones stay in the store and are found by their id.
    /// 10,000 by default, where ComfyUI drops the oldest.
    /// </summary>
    public int Depth { get; set; } = 10_000;
}

/// <summary>Checks <see cref="HistoryOptions"/> at start.</summary>
internal sealed class HistoryOptionsValidator : IValidateOptions<HistoryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HistoryOptions options) => options.Depth < 1
        ? ValidateOptionsResult.Fail($"{HistoryOptions.Section}:Depth is {options.Depth}; it must be 1 or more.")
        : ValidateOptionsResult.Success;
}
