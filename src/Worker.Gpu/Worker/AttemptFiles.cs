using System.Security.Cryptography;
using Farm.Nodes;
using Farm.Storage;

namespace Farm.Worker;

/// <summary>The files of a prompt's tenant, as the nodes of one attempt read and write them.</summary>
internal sealed class AttemptFiles(RunAttempt attempt, TenantFiles own) : INodeFiles
{
    private volatile bool _hasWritten;

    /// <summary>Whether the attempt has written anything that is to be kept or discarded.</summary>
    public bool HasWritten => _hasWritten;

    /// <inheritdoc />
    public async ValueTask<SavedFile> WriteNextAsync(
        NodeFolder folder, string subfolder, string prefix, string suffix, Func<Stream, CancellationToken, Task> write, long lowest = 1,
        CancellationToken cancel = default)
    {
        _hasWritten = true;
        var series = new FileSeries(AreaOf(folder), subfolder, prefix);
        var file = await own.Runs.WriteNextAsync(attempt, series, suffix, write, lowest, cancel);
        return new SavedFile(file.Key.Name, file.Key.Folder, folder);
    }

    /// <inheritdoc />
    public async ValueTask<SavedFile?> WriteNewAsync(
        NodeFolder folder, string subfolder, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancel = default)
    {
        _hasWritten = true;
        var file = await own.Runs.WriteNewAsync(attempt, FileKey.Create(AreaOf(folder), subfolder, name), write, cancel);
        return file is null ? null : new SavedFile(file.Key.Name, file.Key.Folder, folder);
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<FolderFile>> ListAsync(string subfolder, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default)
    {
        if (!FileKey.TryCreate(AreaOf(folder), out var key, subfolder))
            throw NodeFailedException.ValueError($"'{subfolder}' is not the name of a folder inside the {folder.ToString().ToLowerInvariant()} folder");
        List<FolderFile> files = [];
        await foreach (var file in own.Store.ListAsync(key.Area, key.Path, recursive: false, cancel))
            files.Add(new FolderFile(file.Key.Name, file.Size, file.ModifiedAt));
        return files;
    }

    /// <inheritdoc />
    public async ValueTask<Stream> OpenReadAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default)
    {
        try
        {
            return await own.Store.OpenReadAsync(KeyOf(name, folder), cancel);
        }
        catch (FileNotFoundException)
        {
            throw Missing(name);
        }
    }

    /// <inheritdoc />
    public async ValueTask<bool> ExistsAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default) =>
        await own.Store.FindAsync(KeyOf(name, folder), cancel) is not null;

    /// <inheritdoc />
    public async ValueTask<string> HashAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default)
    {
        await using var stream = await OpenReadAsync(name, folder, cancel);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancel));
    }

    /// <inheritdoc />
    public async ValueTask<string> ModelPathAsync(string kind, string name, CancellationToken cancel = default)
    {
        await own.Catalog.RefreshAsync(cancel);
        return own.Catalog.FindModel(kind, name) is { } key
            ? await own.Store.MaterializeAsync(key, cancel)
            : throw NodeFailedException.FileNotFound($"Model in folder '{kind}' with filename '{name}' not found.");
    }

    private static FileKey KeyOf(string name, NodeFolder folder)
    {
        var (path, annotated) = SplitAnnotation(name);
        return FileKey.TryCreate(AreaOf(annotated ?? folder), out var key, path) ? key : throw Missing(name);
    }

    private static (string Path, NodeFolder? Folder) SplitAnnotation(string name)
    {
        (string Text, NodeFolder Folder)[] annotations = [("[output]", NodeFolder.Output), ("[input]", NodeFolder.Input), ("[temp]", NodeFolder.Temp)];
        foreach (var (text, folder) in annotations)
        {
            if (name.EndsWith(text, StringComparison.Ordinal))
                return (name[..^text.Length].TrimEnd(' '), folder);
        }
        return (name, null);
    }

    private static FileArea AreaOf(NodeFolder folder) => folder switch
    {
        NodeFolder.Output => FileArea.Output,
        NodeFolder.Temp => FileArea.Temp,
        _ => FileArea.Input,
    };

    private static NodeFailedException Missing(string name) => NodeFailedException.FileNotFound($"[Errno 2] No such file or directory: '{name}'");
}
