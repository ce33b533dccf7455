namespace Farm.Nodes;

/// <summary>The farm's folders that nodes read and write.</summary>
public enum NodeFolder
{
    /// <summary>What users upload.</summary>
    Input,

    /// <summary>What prompts produce.</summary>
    Output,

    /// <summary>Previews.</summary>
    Temp,
}

/// <summary>
/// Files, by names that come from prompts: a name that leaves its folder is refused. File names may carry ComfyUI's annotation
/// (<c>a.png [output]</c>), which names the folder.
/// </summary>
public interface INodeFiles
{
    /// <summary>
    /// Writes the next numbered file of a series, <c>{prefix}_{counter:05}_{suffix}</c>. The counter is the farm's: no two writers get the
    /// same. What an attempt wrote is removed again when another attempt takes its place.
    /// </summary>
    /// <param name="folder">Output or temp.</param>
    /// <param name="subfolder">Folder inside it; empty for its root.</param>
    /// <param name="prefix">The name before the counter.</param>
    /// <param name="suffix">What follows the counter, such as <c>.png</c>.</param>
    /// <param name="write">Fills the file.</param>
    /// <param name="lowest">The least number to take, for files of several series that count on together.</param>
    /// <param name="cancel">Gives up.</param>
    ValueTask<SavedFile> WriteNextAsync(
        NodeFolder folder, string subfolder, string prefix, string suffix, Func<Stream, CancellationToken, Task> write, long lowest = 1,
        CancellationToken cancel = default);

    /// <summary>
    /// Writes a file of the output or temp folder under a name of its own; null, and nothing written, when the name is taken. What an attempt
    /// wrote is removed again when another attempt takes its place.
    /// </summary>
    ValueTask<SavedFile?> WriteNewAsync(
        NodeFolder folder, string subfolder, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancel = default);

    /// <summary>The files right inside a folder, in ordinal order of their names; none where there is no such folder.</summary>
    /// <exception cref="NodeFailedException">ValueError when the subfolder is empty or leads out of the folder.</exception>
    ValueTask<IReadOnlyList<FolderFile>> ListAsync(string subfolder, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default);

    /// <summary>Opens a file for reading, seekable; <paramref name="folder"/> counts where the name has no annotation.</summary>
    /// <exception cref="NodeFailedException">FileNotFoundError when there is none.</exception>
    ValueTask<Stream> OpenReadAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default);

    /// <summary>Whether the file exists.</summary>
    ValueTask<bool> ExistsAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default);

    /// <summary>The SHA-256 of a file's bytes in lower-case hex: the usual fingerprint of a node that reads it.</summary>
    /// <exception cref="NodeFailedException">FileNotFoundError when there is none.</exception>
    ValueTask<string> HashAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default);

    /// <summary>A local path of a model file: <paramref name="kind"/> is <c>checkpoints</c>, <c>vae</c>, …</summary>
    /// <exception cref="NodeFailedException">FileNotFoundError when there is none.</exception>
    ValueTask<string> ModelPathAsync(string kind, string name, CancellationToken cancel = default);
}

/// <summary>The same for nodes that run on the engine thread and wait.</summary>
public static class NodeFilesExtensions
{
    /// <inheritdoc cref="INodeFiles.WriteNextAsync" />
    public static SavedFile WriteNext(
        this INodeFiles files, NodeFolder folder, string subfolder, string prefix, string suffix, Action<Stream> write, long lowest = 1) =>
        files.WriteNextAsync(folder, subfolder, prefix, suffix, (stream, _) =>
        {
            write(stream);
            return Task.CompletedTask;
        }, lowest).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="INodeFiles.WriteNewAsync" />
    public static SavedFile? WriteNew(this INodeFiles files, NodeFolder folder, string subfolder, string name, ReadOnlyMemory<byte> content) =>
        files.WriteNewAsync(folder, subfolder, name, (stream, cancel) => stream.WriteAsync(content, cancel).AsTask()).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="INodeFiles.ListAsync" />
    public static IReadOnlyList<FolderFile> List(this INodeFiles files, string subfolder, NodeFolder folder = NodeFolder.Input) =>
        files.ListAsync(subfolder, folder).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="INodeFiles.OpenReadAsync" />
    public static Stream OpenRead(this INodeFiles files, string name, NodeFolder folder = NodeFolder.Input) =>
        files.OpenReadAsync(name, folder).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="INodeFiles.ModelPathAsync" />
    public static string ModelPath(this INodeFiles files, string kind, string name) =>
        files.ModelPathAsync(kind, name).AsTask().GetAwaiter().GetResult();
}

/// <summary>A file of a folder.</summary>
/// <param name="Name">The last part of its path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When it was last written.</param>
public sealed record FolderFile(string Name, long Size, DateTimeOffset ModifiedAt);

/// <summary>A written file, as clients ask for it at <c>/view</c>.</summary>
/// <param name="FileName">The last part of its path.</param>
/// <param name="Subfolder">Folder inside <paramref name="Folder"/>; empty for its root.</param>
/// <param name="Folder">Where it lies.</param>
public sealed record SavedFile(string FileName, string Subfolder, NodeFolder Folder)
{
    /// <summary>The object of a UI output: filename, subfolder, type.</summary>
    public IReadOnlyDictionary<string, object?> ToUi() => new OrderedDictionary<string, object?>
    {
        ["filename"] = FileName,
        ["subfolder"] = Subfolder,
        ["type"] = Folder switch { NodeFolder.Output => "output", NodeFolder.Temp => "temp", _ => "input" },
    };
}
