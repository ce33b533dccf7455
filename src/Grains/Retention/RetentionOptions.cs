using Microsoft.Extensions.Options;

namespace Farm.Grains.Retention;

/// <summary>What is kept how long: section <c>Farm:Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Retention";

    /// <summary>How often what the rules let go is removed; 0 for never by itself. Default 1 h.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether runs only tell what they would remove. Default false.</summary>
    public bool DryRun { get; set; }

    /// <summary>Things that are removed together, rows in one commit. Default 200.</summary>
    public int BatchSize { get; set; } = 200;

    /// <summary>The pause between two such steps, in which others write. Default 50 ms.</summary>
    public TimeSpan Pause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Things of a kind and tenant that a look at the next run counts; beyond them it only says that there are more. Default 10,000.</summary>
    public int MostCounted { get; set; } = 10_000;

    /// <summary>Waiting and running prompts whose graphs are searched for names of files; while there are more, no file is removed. Default 100,000.</summary>
    public int MostSearched { get; set; } = 100_000;

    /// <summary>The rules by kind.</summary>
    public IDictionary<string, RetentionRule> Rules { get; } = new Dictionary<string, RetentionRule>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What differs for a tenant.</summary>
    public IDictionary<string, TenantRetention> Of { get; } = new Dictionary<string, TenantRetention>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>How long things of a kind are kept. What is past any of the two goes.</summary>
public sealed class RetentionRule
{
    /// <summary>How long things of the kind NAME are kept, at least a minute; 0 for ever. Default: as in the list above.</summary>
    public TimeSpan? Age { get; set; }

    /// <summary>How many things of the kind NAME a tenant keeps, the newest; 0 for any number. Default: any number.</summary>
    public long? Count { get; set; }
}

/// <summary>Rules of one tenant.</summary>
public sealed class TenantRetention
{
    /// <summary>Its rules by kind; what they leave out is as for all.</summary>
    public IDictionary<string, RetentionRule> Rules { get; } = new Dictionary<string, RetentionRule>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>Checks <see cref="RetentionOptions"/> at start.</summary>
internal sealed class RetentionOptionsValidator : IValidateOptions<RetentionOptions>
{
    private static readonly TimeSpan ShortestAge = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RetentionOptions options)
    {
        string[] failures =
        [
            .. options.Interval != TimeSpan.Zero && options.Interval < ShortestAge ? [Rule("Interval", options.Interval, $"it must be 0 or {ShortestAge} or more")] : Array.Empty<string>(),
            .. options.BatchSize is < 1 or > 500 ? [Rule("BatchSize", options.BatchSize, "it must be 1 to 500")] : Array.Empty<string>(),
            .. options.Pause < TimeSpan.Zero || options.Pause > ShortestAge ? [Rule("Pause", options.Pause, $"it must be 0 to {ShortestAge}")] : Array.Empty<string>(),
            .. options.MostCounted < 1 ? [Rule("MostCounted", options.MostCounted, "it must be 1 or more")] : Array.Empty<string>(),
            .. options.MostSearched < 0 ? [Rule("MostSearched", options.MostSearched, "it must not be negative")] : Array.Empty<string>(),
            .. Broken("", options.Rules),
            .. options.Of.SelectMany(tenant => Broken($"Of:{tenant.Key}:", tenant.Value.Rules)),
        ];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Broken(string of, IDictionary<string, RetentionRule> rules)
    {
        foreach (var (kind, rule) in rules)
        {
            if (!RetentionKinds.All.Contains(kind, StringComparer.OrdinalIgnoreCase))
                yield return Rule($"{of}Rules:{kind}", "given", $"the kinds are {string.Join(", ", RetentionKinds.All)}");
            if (rule.Age is { } age && age != TimeSpan.Zero && age < ShortestAge)
                yield return Rule($"{of}Rules:{kind}:Age", age, $"it must be 0 or {ShortestAge} or more");
            if (rule.Count < 0)
                yield return Rule($"{of}Rules:{kind}:Count", rule.Count, "it must not be negative");
        }
    }

    private static string Rule(string option, object? value, string rule) => $"{RetentionOptions.Section}:{option} is {value}; {rule}.";
}
