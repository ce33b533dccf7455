using Farm.Gateway.Http;

namespace Farm.Gateway.Extensions;

/// <summary>
/// What extensions of the page may bring: scripts, texts and workflow templates. The farm's node packs bring no texts and templates, so these
/// are empty; a frontend asks for all of them when it starts.
/// </summary>
internal sealed class ExtensionEndpoints(PageScripts scripts) : IResource
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/extensions", ScriptsAsync);
        routes.MapRead("/i18n", _ => EmptyAsync());
        routes.MapRead("/workflow_templates", _ => EmptyAsync());
    }

    private async Task<IResult> ScriptsAsync(HttpContext context)
    {
        var paths = await scripts.ListAsync(context.RequestAborted);
        return Answers.Json(writer =>
        {
            writer.WriteStartArray();
            foreach (var path in paths)
                writer.WriteStringValue(path);
            writer.WriteEndArray();
        });
    }

    private static Task<IResult> EmptyAsync() => Task.FromResult(Answers.Json(writer => writer.WriteRawValue("{}")));
}
