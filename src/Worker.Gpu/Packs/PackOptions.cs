using Microsoft.Extensions.Options;

namespace Farm.Worker.Packs;

/// <summary>Node packs; the section <c>Farm:Worker:Packs</c>.</summary>
public sealed class PackOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Worker:Packs";

    /// <summary>The folder that holds a folder a pack. Default: <c>custom_nodes</c> of the data root. A folder that is missing holds none.</summary>
    public string? Root { get; set; }

    /// <summary>Packs loaded at the most; those beyond are reported. Default 200.</summary>
    public int MaxPacks { get; set; } = 200;

    /// <summary>Node classes of one pack at the most. Default 2000.</summary>
    public int MaxClassesPerPack { get; set; } = 2000;

    /// <summary>Characters that one definition may take in all its lists and option objects. Default 1,000,000.</summary>
    public int MaxDefinitionLength { get; set; } = 1_000_000;

    /// <summary>How long the constructor and the definition of one class may take at start. Default 10 seconds.</summary>
    public TimeSpan DefineTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a class's validator may take. Default 5 seconds, below what a gateway waits.</summary>
    public TimeSpan ValidateTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Validators that run at a time. Default 16.</summary>
    public int MaxParallelChecks { get; set; } = 16;
}

/// <summary>Checks the section at start.</summary>
internal sealed class PackOptionsValidator : IValidateOptions<PackOptions>
{
    public ValidateOptionsResult Validate(string? name, PackOptions options)
    {
        (string Name, object Value, bool Holds, string Rule)[] rules =
        [
            (nameof(options.MaxPacks), options.MaxPacks, options.MaxPacks >= 0, "0 or more"),
            (nameof(options.MaxClassesPerPack), options.MaxClassesPerPack, options.MaxClassesPerPack > 0, "1 or more"),
            (nameof(options.MaxDefinitionLength), options.MaxDefinitionLength, options.MaxDefinitionLength > 0, "1 or more"),
            (nameof(options.MaxParallelChecks), options.MaxParallelChecks, options.MaxParallelChecks > 0, "1 or more"),
            (nameof(options.DefineTimeout), options.DefineTimeout, IsTime(options.DefineTimeout), "between 0 and 10 minutes"),
            (nameof(options.ValidateTimeout), options.ValidateTimeout, IsTime(options.ValidateTimeout), "between 0 and 10 minutes"),
        ];
        string[] errors = [.. rules.Where(r => !r.Holds).Select(r => $"{PackOptions.Section}:{r.Name} is {r.Value}; it must be {r.Rule}.")];
        return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static bool IsTime(TimeSpan time) => time > TimeSpan.Zero && time <= TimeSpan.FromMinutes(10);
}
