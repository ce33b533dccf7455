using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The folders that data set nodes read and write.</summary>
internal static class DatasetFolder
{
    /// <summary>A folder's files; none where there is no such folder.</summary>
    /// <exception cref="NodeFailedException">It leads elsewhere; names the input.</exception>
    public static IReadOnlyList<FolderFile> Files(NodeCall call, string input, string folder, NodeFolder root)
    {
        try
        {
            return call.Context.Files.List(folder, root);
        }
        catch (NodeFailedException error)
        {
            throw new NodeFailedException(error.Type, $"{input}: {error.Message}", error);
        }
    }

    /// <summary>What changes when a folder's files do: names, sizes and times.</summary>
    public static async ValueTask<object?> FingerprintAsync(NodeCall call, string folder, NodeFolder root, CancellationToken cancel) =>
        (await call.Context.Files.ListAsync(folder, root, cancel)).Select(file => (object?)new object?[] { file.Name, file.Size, file.ModifiedAt.UtcTicks }).ToArray();
}
