using Microsoft.Extensions.Options;

namespace Farm.Grains.Caching;

/// <summary>What a silo keeps of the results that workers share: section <c>Farm:SharedResults</c>.</summary>
public sealed class SharedResultsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:SharedResults";

    /// <summary>Bytes of one result; a larger one is not kept. 16 MiB by default.</summary>
    public int MaxEntryBytes { get; set; } = 16 << 20;

    /// <summary>Bytes of all results of a silo; the longest unused go first. 512 MiB by default.</summary>
    public long MaxTotalBytes { get; set; } = 512L << 20;

    /// <summary>How long an unused result is kept. 24 h by default.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a worker may wait for another's result, and how long that one counts as at work. 10 s by default.</summary>
    public TimeSpan MaxPatience { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>Checks <see cref="SharedResultsOptions"/> at start.</summary>
internal sealed class SharedResultsOptionsValidator : IValidateOptions<SharedResultsOptions>
{
    /// <summary>A waiting call must end before Orleans gives it up, at 30 s.</summary>
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(25);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SharedResultsOptions options)
    {
        if (options.MaxEntryBytes < 1)
            return Fail(nameof(options.MaxEntryBytes), options.MaxEntryBytes, "1 or more");
        if (options.MaxTotalBytes < options.MaxEntryBytes)
            return Fail(nameof(options.MaxTotalBytes), options.MaxTotalBytes, "no less than MaxEntryBytes");
        if (options.TimeToLive <= TimeSpan.Zero)
            return Fail(nameof(options.TimeToLive), options.TimeToLive, "above 0");
        return options.MaxPatience < TimeSpan.Zero || options.MaxPatience > LongestPatience
            ? Fail(nameof(options.MaxPatience), options.MaxPatience, $"0 to {LongestPatience}")
            : ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult Fail(string option, object value, string rule) =>
        ValidateOptionsResult.Fail($"{SharedResultsOptions.Section}:{option} is {value}; it must be {rule}.");
}
