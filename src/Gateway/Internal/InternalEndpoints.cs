using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Storage;

namespace Farm.Gateway.Internal;

/// <summary><c>/internal</c>: what the frontend asks of the server's own folders. Not under <c>/api</c>.</summary>
internal sealed class InternalEndpoints(RequestFiles files) : IResource
{
    public bool IsUnderApi => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/internal/folder_paths", context => Task.FromResult(FolderPaths(files.Of(context).Folders)));
        routes.MapRead("/internal/files/{type}", FilesAsync);
    }

    private static IResult FolderPaths(DataFolders folders) => Answers.Json(writer =>
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
        var found = new List<FileEntry>();
        await foreach (var file in files.Of(context).Store.ListAsync(area, "", recursive: false, context.RequestAborted))
            found.Add(file);
        return Answers.Json(writer =>
        {
            writer.WriteStartArray();
            foreach (var file in found.OrderByDescending(f => f.ModifiedAt))
                writer.WriteStringValue($"{file.Key.Name} [{type}]");
            writer.WriteEndArray();
        });
    }
}
