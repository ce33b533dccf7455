using Microsoft.Extensions.Options;

namespace Farm.Grains.Prompts;

/// <summary>How prompts are treated: section <c>Farm:Prompts</c>.</summary>
public sealed class PromptOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Prompts";

    /// <summary>How many attempts a prompt gets when its workers go silent, before it fails. 3 by default.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>
    /// Waiting prompts whose grains stay in memory, a silo; more are read from the store again when their turn comes.
    /// 10,000 by default.
    /// </summary>
    public int ResidentWaiting { get; set; } = 10_000;

    /// <summary>How long a waiting prompt's secrets are kept in memory; it then runs without them. 24 h by default.</summary>
    public TimeSpan SecretsLife { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long a run may show no progress, though its worker renews its lease, before it is taken from the worker and tried elsewhere; 0 for
    /// any time. A step of a node, a preview or a node that starts is progress. Longer than the longest that one node takes in silence,
    /// loading its models included. 30 min by default.
    /// </summary>
    public TimeSpan StepTimeout { get; set; } = TimeSpan.FromMinutes(30);
}

/// <summary>Checks <see cref="PromptOptions"/> at start.</summary>
internal sealed class PromptOptionsValidator : IValidateOptions<PromptOptions>
{
    private static readonly TimeSpan ShortestStep = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, PromptOptions options)
    {
        if (options.MaxAttempts is < 1 or > 100)
            return ValidateOptionsResult.Fail($"{PromptOptions.Section}:MaxAttempts is {options.MaxAttempts}; it must be 1 to 100.");
        if (options.SecretsLife <= TimeSpan.Zero)
            return ValidateOptionsResult.Fail($"{PromptOptions.Section}:SecretsLife is {options.SecretsLife}; it must be above 0.");
        if (options.StepTimeout < TimeSpan.Zero || (options.StepTimeout > TimeSpan.Zero && options.StepTimeout < ShortestStep))
            return ValidateOptionsResult.Fail($"{PromptOptions.Section}:StepTimeout is {options.StepTimeout}; it must be 0 or at least {ShortestStep}.");
        return options.ResidentWaiting < 0
            ? ValidateOptionsResult.Fail($"{PromptOptions.Section}:ResidentWaiting is {options.ResidentWaiting}; it must not be negative.")
            : ValidateOptionsResult.Success;
    }
}
