using Microsoft.Extensions.Options;

namespace Farm.Grains.Sessions;

/// <summary>How clients' events are kept and delivered: section <c>Farm:Sessions</c>.</summary>
public sealed class SessionOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Sessions";

    /// <summary>Events a client's log keeps for a socket that comes back. 2,000 by default.</summary>
    public int LogEvents { get; set; } = 2_000;

    /// <summary>Bytes of images that the log keeps; previews are never kept. 32 MiB by default.</summary>
    public long LogImageBytes { get; set; } = 32 << 20;

    /// <summary>
    /// How long after its socket was lost a client that comes back under its id is sent what it missed; later it is only told the node
    /// that runs, as by ComfyUI. 1 min by default.
    /// </summary>
    public TimeSpan ResumeWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a gateway may take to queue a delivery before it counts as gone. 2 s by default.</summary>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>Checks <see cref="SessionOptions"/> at start.</summary>
internal sealed class SessionOptionsValidator : IValidateOptions<SessionOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SessionOptions options)
    {
        if (options.LogEvents < 1)
            return ValidateOptionsResult.Fail($"{SessionOptions.Section}:LogEvents is {options.LogEvents}; it must be 1 or more.");
        if (options.LogImageBytes < 0)
            return ValidateOptionsResult.Fail($"{SessionOptions.Section}:LogImageBytes is {options.LogImageBytes}; it must not be negative.");
        if (options.ResumeWindow < TimeSpan.Zero)
            return ValidateOptionsResult.Fail($"{SessionOptions.Section}:ResumeWindow is {options.ResumeWindow}; it must not be negative.");
        return options.DeliveryTimeout <= TimeSpan.Zero || options.DeliveryTimeout > TimeSpan.FromSeconds(25)
            ? ValidateOptionsResult.Fail($"{SessionOptions.Section}:DeliveryTimeout is {options.DeliveryTimeout}; it must be above 0 and at most 25 s.")
            : ValidateOptionsResult.Success;
    }
}
