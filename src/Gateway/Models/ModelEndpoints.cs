using System.Globalization;
using System.Text.Json;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Storage;

namespace Farm.Gateway.Models;

/// <summary>Model folders and their files: <c>/models</c>, <c>/experiment/models</c>, <c>/embeddings</c>, <c>/view_metadata</c>.</summary>
internal sealed class ModelEndpoints(RequestFiles files, ModelPreviews previews) : IResource
{
    /// <summary>Folders that hold no models.</summary>
    private static readonly string[] NoModels = ["configs", "custom_nodes"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/models", _ => Task.FromResult(Names(ModelFolders.All.Keys)));
        routes.MapRead("/models/{folder}", FilesAsync);
        routes.MapRead("/embeddings", EmbeddingsAsync);
        routes.MapRead("/experiment/models", context => Task.FromResult(Folders(files.Of(context).Folders)));
        routes.MapRead("/experiment/models/{folder}", DetailsAsync);
        routes.MapRead("/experiment/models/preview/{folder}/{index}/{**filename}", PreviewAsync);
        routes.MapRead("/view_metadata/{folder}", MetadataAsync);
    }

    private async Task<IResult> FilesAsync(HttpContext context)
    {
        var catalog = await CatalogAsync(context);
        return catalog.Models(context.PathValue("folder")) is { } names ? Names(names) : Answers.Empty(StatusCodes.Status404NotFound);
    }

    private async Task<IResult> EmbeddingsAsync(HttpContext context)
    {
        var catalog = await CatalogAsync(context);
        return Names((catalog.Models("embeddings") ?? []).Select(name => name[..^Path.GetExtension(name).Length]));
    }

    private static IResult Folders(DataFolders folders) => Answers.Json(writer =>
    {
        writer.WriteStartArray();
        foreach (var (name, folder) in ModelFolders.All.Where(f => !NoModels.Contains(f.Key, StringComparer.Ordinal)))
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteStartArray("folders");
            foreach (var path in folder.Paths)
                writer.WriteStringValue(folders.Of(path.Area, path.Folder));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    });

    private async Task<IResult> DetailsAsync(HttpContext context)
    {
        var folder = context.PathValue("folder");
        var (catalog, store) = (await CatalogAsync(context), files.Of(context).Store);
        if (catalog.Models(folder) is not { } names)
            return Answers.Empty(StatusCodes.Status404NotFound);
        var found = new List<(string Name, FileEntry File)>(names.Length);
        foreach (var name in names)
        {
            if (catalog.FindModel(folder, name) is { } key && await store.FindAsync(key, context.RequestAborted) is { } file)
                found.Add((name, file));
        }
        return Answers.Json(writer =>
        {
            writer.WriteStartArray();
            foreach (var (name, file) in found)
                WriteDetails(writer, ModelFolders.All[folder], name, file);
            writer.WriteEndArray();
        });
    }

    private static void WriteDetails(Utf8JsonWriter writer, ModelFolder folder, string name, FileEntry file)
    {
        var seconds = file.ModifiedAt.ToUnixTimeMilliseconds() / 1000.0;
        var index = folder.Paths.ToList().FindIndex(p => p.Area == file.Key.Area && file.Key.Path == $"{p.Folder}/{name}");
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteNumber("pathIndex", index);
        writer.WriteNumber("modified", seconds);
        writer.WriteNumber("created", seconds);
        writer.WriteNumber("size", file.Size);
        writer.WriteEndObject();
    }

    private async Task<IResult> MetadataAsync(HttpContext context)
    {
        var name = context.Request.Query["filename"].ToString();
        var catalog = await CatalogAsync(context);
        return catalog.FindModel(context.PathValue("folder"), name) is { } key && await SafetensorsMetadata.ReadAsync(files.Of(context).Store, key, context.RequestAborted) is { } found
            ? Answers.Json(found.WriteTo)
            : Answers.Empty(StatusCodes.Status404NotFound);
    }

    private async Task<IResult> PreviewAsync(HttpContext context)
    {
        if (!ModelFolders.All.TryGetValue(context.PathValue("folder"), out var folder))
            return Answers.Empty(StatusCodes.Status404NotFound);
        if (!int.TryParse(context.PathValue("index"), NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= folder.Paths.Count())
            throw new RequestRefusedException("not_found", "There is no such path", $"path_index: the folder has {folder.Paths.Count()} paths, counted from 0", StatusCodes.Status404NotFound);
        var path = folder.Paths.ElementAt(index);
        var found = FileKey.TryCreate(path.Area, out var model, path.Folder, context.PathTail("filename"))
            ? await previews.FindAsync(files.Of(context).Store, model, context.RequestAborted)
            : null;
        return found is null ? Answers.Empty(StatusCodes.Status404NotFound) : TypedResults.Bytes(found, "image/webp");
    }

    private async Task<IFileCatalog> CatalogAsync(HttpContext context)
    {
        var catalog = files.Of(context).Catalog;
        await catalog.RefreshAsync(context.RequestAborted);
        return catalog;
    }

    private static IResult Names(IEnumerable<string> names) => Answers.Json(writer =>
    {
        writer.WriteStartArray();
        foreach (var name in names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
    });
}
