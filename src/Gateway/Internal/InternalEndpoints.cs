using Farm.Gateway.Http;
using Farm.Storage;

namespace Farm.Gateway.Internal;

/// <summary><c>/internal</c>: what the frontend asks of the server's own folders. Not under <c>/api</c>.</summary>
internal sealed class InternalEndpoints(IFileStore store, DataFolders folders) : IResource
{
    public bool IsUnderApi => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/internal/folder_paths", _ => Task.FromResult(FolderPaths()));
        routes.MapRead("/internal/files/{type}", FilesAsync);
    }

    private IResult FolderPaths() => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        foreach (var (name, folder) in ModelFolders.All)
        {
            writer.WriteStartArray(name);
            foreach (var path in folder.Paths)
                writer.WriteStringValue(folders.Of(path.Area, path.Folder));
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    });

    private async Task<IResult> FilesAsync(HttpContext context)
    {
        var type = context.PathValue("type");
        if (AnnotatedName.AreaOf(type) is not { } area)
            return Answers.Error("Invalid directory type", StatusCodes.Status400BadRequest);
        var files = new List<FileEntry>();
        await foreach (var file in store.ListAsync(area, "", recursive: false, context.RequestAborted))
            files.Add(file);
        return Answers.Json(writer =>
        {
            writer.WriteStartArray();
            foreach (var file in files.OrderByDescending(f => f.ModifiedAt))
                writer.WriteStringValue($"{file.Key.Name} [{type}]");
            writer.WriteEndArray();
        });
    }
}
