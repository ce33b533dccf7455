using Microsoft.Extensions.Options;

namespace Farm.Hosting.Management;

/// <summary>Where a process tells how it is: section <c>Farm:Management</c>.</summary>
public sealed class ManagementOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Management";

    /// <summary>
    /// The address of <c>/livez</c>, <c>/readyz</c>, <c>/metrics</c> and <c>/version</c>, such as <c>http://0.0.0.0:8190</c>. They need no
    /// key, so it is an address that only operators reach. Default: none, and nothing listens.
    /// </summary>
    public string Url { get; set; } = "";

    /// <summary>How long a check may take before it counts as failed. They run side by side. Default 5 s.</summary>
    public TimeSpan CheckTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Checks the section at start.</summary>
internal sealed class ManagementOptionsValidator : IValidateOptions<ManagementOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ManagementOptions options)
    {
        if (options.Url.Length > 0 && (!Uri.TryCreate(options.Url, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp || url.AbsolutePath != "/"))
            return ValidateOptionsResult.Fail($"{ManagementOptions.Section}:Url is '{options.Url}'; it must be http://ADDRESS:PORT.");
        return options.CheckTimeout > TimeSpan.Zero && options.CheckTimeout <= TimeSpan.FromMinutes(1)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{ManagementOptions.Section}:CheckTimeout is {options.CheckTimeout}; it must be more than zero and at most a minute.");
    }
}
