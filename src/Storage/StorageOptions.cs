using Microsoft.Extensions.Options;

namespace Farm.Storage;

/// <summary>Where files are kept; the section <c>Farm:Data</c>. Relative paths are relative to the working folder.</summary>
public sealed class StorageOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Data";

    /// <summary>
    /// The data root: everything below that has no folder of its own, the SQLite database, and the farm's notes in <c>.farm</c>. One farm a root; the processes
    /// of a cluster share it, on a shared volume. Default <c>data</c>.
    /// </summary>
    public string Root { get; set; } = "data";

    /// <summary>Uploads; default <c>{Root}/input</c>.</summary>
    public string? Input { get; set; }

    /// <summary>Results; default <c>{Root}/output</c>.</summary>
    public string? Output { get; set; }

    /// <summary>Previews; default <c>{Root}/temp</c>.</summary>
    public string? Temp { get; set; }

    /// <summary>Users' data; default <c>{Root}/user</c>.</summary>
    public string? User { get; set; }

    /// <summary>Models, in ComfyUI's folders: <c>checkpoints</c>, <c>vae</c>, <c>loras</c>, …; default <c>{Root}/models</c>.</summary>
    public string? Models { get; set; }

    /// <summary>Node packs; default <c>{Root}/custom_nodes</c>.</summary>
    public string? CustomNodes { get; set; }

    /// <summary>
    /// Where every tenant but <c>default</c> has a folder with its own input, output, temp and user folders. Default <c>{Root}/tenants</c>.
    /// </summary>
    public string? Tenants { get; set; }

    /// <summary>
    /// Absolute paths outside the areas into which symbolic links may lead, such as a model share. Default none: a link that leaves its
    /// area is treated as absent.
    /// </summary>
    public IList<string> LinkTargets { get; } = [];
}

/// <summary>Checks the folders' names at start.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Root))
            return ValidateOptionsResult.Fail($"{StorageOptions.Section}:Root is '{options.Root}'; it must name a folder.");
        var folders = new DataFolders(options);
        var areas = Enum.GetValues<FileArea>();
        var nested =
            from area in areas
            from other in areas
            where area != other && DataFolders.IsInside(folders.Of(area), folders.Of(other))
            select $"{StorageOptions.Section}:{area} ({folders.Of(area)}) lies in {StorageOptions.Section}:{other} ({folders.Of(other)}); areas must not share a folder.";
        var rootless =
            from target in options.LinkTargets
            where !Path.IsPathRooted(target)
            select $"{StorageOptions.Section}:LinkTargets holds '{target}'; it must be an absolute path.";
        var reachable =
            from place in areas.Select(area => (Name: area.ToString(), Path: folders.Of(area))).Concat(folders.LinkTargets.Select(target => (Name: nameof(options.LinkTargets), Path: target)))
            where DataFolders.IsInside(place.Path, folders.Tenants) || DataFolders.IsInside(folders.Tenants, place.Path)
            select $"{StorageOptions.Section}:Tenants is '{folders.Tenants}' and {StorageOptions.Section}:{place.Name} '{place.Path}'; neither must lie in the other, or one tenant reaches another's files.";
        string[] errors = [.. nested, .. rootless, .. reachable];
        return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
