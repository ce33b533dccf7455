using Farm.Nodes;

namespace Farm.Worker.Gpu.Tests.Fixtures;

/// <summary>Model files by kind and name, and a folder that large files are written to.</summary>
internal sealed class DiskFiles(string folder) : INodeFiles
{
    /// <summary>Paths by <c>kind/name</c>.</summary>
    public Dictionary<string, string> Models { get; } = new(StringComparer.Ordinal);

    /// <summary>What was written, in order.</summary>
    public List<string> Written { get; } = [];

    public async ValueTask<SavedFile> WriteNextAsync(
        NodeFolder kind, string subfolder, string prefix, string suffix, Func<Stream, CancellationToken, Task> write, long lowest = 1, CancellationToken cancel = default)
    {
        var file = new SavedFile($"{prefix}_{Written.Count + 1:D5}_{suffix}", subfolder, kind);
        var path = Path.Combine(folder, file.FileName);
        await using (var stream = File.Create(path)) await write(stream, cancel);
        Written.Add(path);
        return file;
    }

    public ValueTask<SavedFile?> WriteNewAsync(
        NodeFolder kind, string subfolder, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<FolderFile>> ListAsync(string subfolder, NodeFolder kind = NodeFolder.Input, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<Stream> OpenReadAsync(string name, NodeFolder kind = NodeFolder.Input, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<bool> ExistsAsync(string name, NodeFolder kind = NodeFolder.Input, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<string> HashAsync(string name, NodeFolder kind = NodeFolder.Input, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<string> ModelPathAsync(string kind, string name, CancellationToken cancel = default) =>
        new(Models.GetValueOrDefault($"{kind}/{name}") ?? throw NodeFailedException.FileNotFound(name));
}
