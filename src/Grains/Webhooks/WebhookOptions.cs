using Microsoft.Extensions.Options;

namespace Farm.Grains.Webhooks;

/// <summary>How addresses are told of ends: section <c>Farm:Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Webhooks";

    /// <summary>The key that messages are signed with, at least 16 characters. None by default: messages are then not sent.</summary>
    public string Secret { get; set; } = "";

    /// <summary>A file that holds the key, instead of <see cref="Secret"/>. None by default.</summary>
    public string SecretFile { get; set; } = "";

    /// <summary>Whether loopback, private, link-local and other addresses that are not public may be told. False by default.</summary>
    public bool AllowPrivateTargets { get; set; }

    /// <summary>How long one try may take. 10 s by default.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a message is tried before it is given up. 12 by default.</summary>
    public int MaxTries { get; set; } = 12;

    /// <summary>The pause after the first failed try; it doubles with each. 10 s by default.</summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause. 1 h by default.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Messages that a silo sends at a time. 16 by default.</summary>
    public int Parallelism { get; set; } = 16;

    /// <summary>How often messages that are due are looked for. 2 s by default.</summary>
    public TimeSpan ScanInterval { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>Checks <see cref="WebhookOptions"/> at start. Says nothing of the key itself.</summary>
internal sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    private const int ShortestKey = 16;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var failures = new List<string>();
        if (options.Secret.Length > 0 && options.SecretFile.Length > 0)
            failures.Add($"{WebhookOptions.Section}:Secret and SecretFile are both given; one of them must be empty.");
        if (options.Secret.Length is > 0 and < ShortestKey)
            failures.Add($"{WebhookOptions.Section}:Secret is shorter than {ShortestKey} characters.");
        if (options.SecretFile.Length > 0 && !File.Exists(options.SecretFile))
            failures.Add($"{WebhookOptions.Section}:SecretFile is '{options.SecretFile}'; the file must exist.");
        if (options.MaxTries is < 1 or > 1000) failures.Add($"{WebhookOptions.Section}:MaxTries is {options.MaxTries}; it must be 1 to 1000.");
        if (options.Parallelism is < 1 or > 1000) failures.Add($"{WebhookOptions.Section}:Parallelism is {options.Parallelism}; it must be 1 to 1000.");
        Above(nameof(options.TimeLimit), options.TimeLimit);
        Above(nameof(options.FirstDelay), options.FirstDelay);
        Above(nameof(options.LongestDelay), options.LongestDelay);
        Above(nameof(options.ScanInterval), options.ScanInterval);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Above(string option, TimeSpan value)
        {
            if (value <= TimeSpan.Zero) failures.Add($"{WebhookOptions.Section}:{option} is {value}; it must be above 0.");
        }
    }
}
