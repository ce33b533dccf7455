using Microsoft.Extensions.Options;

namespace Farm.Storage;

/// <summary>What keeps the files that users and prompts write; the section <c>Farm:Storage</c>.</summary>
public sealed class FileStoreOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Storage";

    /// <summary>
    /// <c>Local</c>: the folders above, on one machine or a shared volume; or <c>S3</c>: a bucket of S3-compatible storage for input, output, temp and user.
    /// Models and node packs lie in folders in both. Default <c>Local</c>.
    /// </summary>
    public FileStoreKind Kind { get; set; } = FileStoreKind.Local;
}

/// <summary>The kinds of file stores.</summary>
public enum FileStoreKind
{
    /// <summary>Folders of this machine or a shared volume.</summary>
    Local,

    /// <summary>A bucket of S3-compatible storage.</summary>
    S3,
}

/// <summary>Checks the kind at start.</summary>
internal sealed class FileStoreOptionsValidator : IValidateOptions<FileStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, FileStoreOptions options) => Enum.IsDefined(options.Kind)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{FileStoreOptions.Section}:Kind is '{options.Kind}'; it must be one of {string.Join(", ", Enum.GetNames<FileStoreKind>())}.");
}
