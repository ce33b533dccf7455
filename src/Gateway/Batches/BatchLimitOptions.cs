using Microsoft.Extensions.Options;

namespace Farm.Gateway.Batches;

/// <summary>How large a batch may be, bound from <c>Farm:Batches</c>.</summary>
public sealed class BatchLimitOptions
{
    /// <summary>Where these options stand in the configuration.</summary>
    public const string Section = "Farm:Batches";

    /// <summary>Most indices of a batch. Default 1000000.</summary>
    public int MaxIndices { get; set; } = 1_000_000;

    /// <summary>Most bytes of a batch's graph and values together. Default 33554432 (32 MiB).</summary>
    public int MaxBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How many prompts of a batch may wait or run at a time where it does not say. Default 100.</summary>
    public int Concurrency { get; set; } = 100;

    /// <summary>The most that a batch may ask for. Default 10000.</summary>
    public int MaxConcurrency { get; set; } = 10_000;

    /// <summary>Most times an index may be tried again. Default 10.</summary>
    public int MaxRetries { get; set; } = 10;
}

/// <summary>Checks <see cref="BatchLimitOptions"/> at start.</summary>
internal sealed class BatchLimitOptionsValidator : IValidateOptions<BatchLimitOptions>
{
    public ValidateOptionsResult Validate(string? name, BatchLimitOptions options) =>
        Problems(options).ToArray() is { Length: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;

    private static IEnumerable<string> Problems(BatchLimitOptions options)
    {
        if (options.MaxIndices is < 1 or > 10_000_000)
            yield return $"{BatchLimitOptions.Section}:MaxIndices is {options.MaxIndices}; it must be 1 to 10000000.";
        if (options.MaxBytes < 1024)
            yield return $"{BatchLimitOptions.Section}:MaxBytes is {options.MaxBytes}; it must be at least 1024.";
        if (options.MaxConcurrency < 1)
            yield return $"{BatchLimitOptions.Section}:MaxConcurrency is {options.MaxConcurrency}; it must be at least 1.";
        if (options.Concurrency < 1 || options.Concurrency > options.MaxConcurrency)
            yield return $"{BatchLimitOptions.Section}:Concurrency is {options.Concurrency}; it must be 1 to MaxConcurrency ({options.MaxConcurrency}).";
        if (options.MaxRetries is < 0 or > 1000)
            yield return $"{BatchLimitOptions.Section}:MaxRetries is {options.MaxRetries}; it must be 0 to 1000.";
    }
}
