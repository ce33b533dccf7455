using System.Collections.Immutable;
using Farm.Contracts.Catalog;
using Farm.Gateway.Http;
using Farm.Storage;

namespace Farm.Gateway.Catalog;

/// <summary>The files that a combo offers.</summary>
internal sealed class FileCombos(IFileCatalog catalog, IFileStore store)
{
    private const string InputFolder = "input";

    /// <summary>Makes the lists current; called before a request asks for them.</summary>
    public ValueTask RefreshAsync(CancellationToken cancel) => catalog.RefreshAsync(cancel);

    /// <summary>The files of a combo, sorted. While nothing changes, the very same array.</summary>
    public ImmutableArray<string> Files(FileChoices choices) => choices.Folder == InputFolder
        ? catalog.Inputs(choices.MediaTypes.IsDefault ? [] : choices.MediaTypes)
        : catalog.Models(choices.Folder) ?? [];

    /// <summary>All choices of a combo: its files, then those that are no files.</summary>
    public IEnumerable<string> Choices(FileChoices choices) => choices.Extra.IsDefaultOrEmpty ? Files(choices) : Files(choices).Concat(choices.Extra);

    /// <summary>Whether a name, which may end in <c>[input]</c>, <c>[output]</c> or <c>[temp]</c>, is a file.</summary>
    public async ValueTask<bool> ExistsAsync(FileChoices choices, string name, CancellationToken cancel)
    {
        if (choices.Folder != InputFolder)
            return catalog.FindModel(choices.Folder, name) is not null;
        var (plain, area) = AnnotatedName.Split(name);
        return FileKey.TryCreate(area ?? FileArea.Input, out var key, plain) && await store.FindAsync(key, cancel) is not null;
    }
}
