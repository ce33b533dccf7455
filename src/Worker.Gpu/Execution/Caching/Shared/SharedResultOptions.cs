using Microsoft.Extensions.Options;

namespace Farm.Worker.Execution.Caching.Shared;

/// <summary>How a worker shares small results with the others, <c>Farm:Worker:SharedResults</c>.</summary>
public sealed class SharedResultOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Worker:SharedResults";

    /// <summary>Whether encoded texts and other small results are shared with all workers. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Bytes of a result; a larger one stays on its worker. Default: 16 MiB.</summary>
    public int MaxEntryBytes { get; set; } = 16 << 20;

    /// <summary>How long to wait for a result that another worker computes at this moment. Default: 5 s.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the farm may take to answer beyond that. Default: 1 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing is asked or stored after the farm did not answer. Default: 10 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a node waits for the hash of a model file, which is read once in a worker's life; then it runs and shares nothing.
    /// Default: 1 s.
    /// </summary>
    public TimeSpan HashPatience { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Checks the options at start.</summary>
internal sealed class SharedResultOptionsValidator : IValidateOptions<SharedResultOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(25);

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, SharedResultOptions options)
    {
        (string Name, object Value, bool Holds, string Rule)[] rules =
        [
            (nameof(options.MaxEntryBytes), options.MaxEntryBytes, options.MaxEntryBytes > 0, "1 or more"),
            (nameof(options.Patience), options.Patience, IsTime(options.Patience), $"0 to {Longest}"),
            (nameof(options.Timeout), options.Timeout, IsTime(options.Timeout) && options.Timeout > TimeSpan.Zero, $"above 0, at most {Longest}"),
            (nameof(options.RetryDelay), options.RetryDelay, options.RetryDelay >= TimeSpan.Zero, "0 or more"),
            (nameof(options.HashPatience), options.HashPatience, options.HashPatience >= TimeSpan.Zero, "0 or more"),
        ];
        string[] errors = [.. rules.Where(r => !r.Holds).Select(r => $"{SharedResultOptions.Section}:{r.Name} is {r.Value}; it must be {r.Rule}.")];
        return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static bool IsTime(TimeSpan time) => time >= TimeSpan.Zero && time <= Longest;
}
