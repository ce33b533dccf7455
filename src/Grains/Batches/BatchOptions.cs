using Microsoft.Extensions.Options;

namespace Farm.Grains.Batches;

/// <summary>How batches are worked on: section <c>Farm:Batches</c>.</summary>
public sealed class BatchOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Batches";

    /// <summary>Indices that are handed in together, in one commit. 100 by default.</summary>
    public int StepSize { get; set; } = 100;

    /// <summary>
    /// How often a batch looks at what became of its prompts without being told, and unfinished batches are looked for whose silo died.
    /// 10 s by default.
    /// </summary>
    public TimeSpan ScanInterval { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>Checks <see cref="BatchOptions"/> at start.</summary>
internal sealed class BatchOptionsValidator : IValidateOptions<BatchOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BatchOptions options)
    {
        if (options.StepSize is < 1 or > 10_000)
            return ValidateOptionsResult.Fail($"{BatchOptions.Section}:StepSize is {options.StepSize}; it must be 1 to 10,000.");
        return options.ScanInterval < TimeSpan.FromMilliseconds(100)
            ? ValidateOptionsResult.Fail($"{BatchOptions.Section}:ScanInterval is {options.ScanInterval}; it must be at least 00:00:00.1.")
            : ValidateOptionsResult.Success;
    }
}
