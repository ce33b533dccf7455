using System.Collections.Immutable;
using Farm.Contracts.Catalog;
using Farm.Gateway.Http;
using Farm.Storage;

namespace Farm.Gateway.Catalog;

/// <summary>The files that a combo offers a tenant.</summary>
internal sealed class FileCombos(TenantFiles files)
{
    private const string VaeFolder = "vae";
    private const string ApproximationFolder = "vae_approx";

    /// <summary>Approximations of autoencoders, which the choice of a VAE offers where both of their files are there.</summary>
    private static readonly string[] Approximations = ["taesd", "taesdxl", "taesd3", "taef1"];

    private readonly IFileCatalog _catalog = files.Catalog;

    /// <summary>Makes the lists current; called before a request asks for them.</summary>
    public ValueTask RefreshAsync(CancellationToken cancel) => _catalog.RefreshAsync(cancel);

    /// <summary>The files of a combo, sorted. While nothing changes, the very same array.</summary>
    public ImmutableArray<string> Files(FileChoices choices) => choices.Folder switch
    {
        FileChoices.Input => _catalog.Inputs(choices.MediaTypes.IsDefault ? [] : choices.MediaTypes),
        FileChoices.InputFolders => _catalog.InputFolders(),
        _ => _catalog.Models(choices.Folder) ?? [],
    };

    /// <summary>All choices of a combo: its files, then those that are no files.</summary>
    public IEnumerable<string> Choices(FileChoices choices) => choices.Extra.IsDefaultOrEmpty ? Files(choices) : Files(choices).Concat(Named(choices)).Concat(choices.Extra);

    private IEnumerable<string> Named(FileChoices choices)
    {
        if (choices.Folder != VaeFolder) return [];
        var known = _catalog.Models(ApproximationFolder) ?? [];
        return Approximations.Where(name => HasPart(name + "_encoder.") && HasPart(name + "_decoder."));

        bool HasPart(string start) => known.Any(file => file.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>Whether a name, which may end in <c>[input]</c>, <c>[output]</c> or <c>[temp]</c>, is a file.</summary>
    public async ValueTask<bool> ExistsAsync(FileChoices choices, string name, CancellationToken cancel)
    {
        if (choices.Folder != FileChoices.Input)
            return _catalog.FindModel(choices.Folder, name) is not null;
        var (plain, area) = AnnotatedName.Split(name);
        return FileKey.TryCreate(area ?? FileArea.Input, out var key, plain) && await files.Store.FindAsync(key, cancel) is not null;
    }
}
