using Microsoft.Extensions.Options;

namespace Farm.Hosting.Telemetry;

/// <summary>Where traces, metrics and logs go: section <c>Farm:Telemetry</c>.</summary>
public sealed class TelemetryOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Telemetry";

    /// <summary>Address of an OTLP collector (gRPC), such as <c>http://collector:4317</c>. Default: none, nothing is sent.</summary>
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>Share of prompts that are traced, 0 to 1, unless the client's own trace says otherwise. Default 1.</summary>
    public double TraceRatio { get; set; } = 1;
}

/// <summary>Checks the section at start.</summary>
internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        if (options.OtlpEndpoint.Length > 0 && (!Uri.TryCreate(options.OtlpEndpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")))
            return ValidateOptionsResult.Fail($"{TelemetryOptions.Section}:OtlpEndpoint is '{options.OtlpEndpoint}'; it must be an http or https address.");
        return options.TraceRatio is >= 0 and <= 1
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{TelemetryOptions.Section}:TraceRatio is {options.TraceRatio}; it must be 0 to 1.");
    }
}
