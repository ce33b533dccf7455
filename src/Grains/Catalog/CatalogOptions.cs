using Microsoft.Extensions.Options;

namespace Farm.Grains.Catalog;

/// <summary>How the catalogue treats workers: section <c>Farm:Catalog</c>.</summary>
public sealed class CatalogOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Catalog";

    /// <summary>How long a worker counts as alive after its last heartbeat. 30 s by default.</summary>
    public TimeSpan WorkerLife { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Checks <see cref="CatalogOptions"/> at start.</summary>
internal sealed class CatalogOptionsValidator : IValidateOptions<CatalogOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, CatalogOptions options) => options.WorkerLife < TimeSpan.FromSeconds(1)
        ? ValidateOptionsResult.Fail($"{CatalogOptions.Section}:WorkerLife is {options.WorkerLife}; it must be 1 s or more.")
        : ValidateOptionsResult.Success;
}
