using Farm.Gateway.Http;

namespace Farm.Gateway.Extensions;

/// <summary>
/// What extensions of the page may bring: scripts, texts and workflow templates. The farm's node packs bring none, so these
/// are empty; a frontend asks for all of them when it starts.
/// </summary>
internal sealed class ExtensionEndpoints : IResource
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/extensions", _ => EmptyAsync("[]"));
        routes.MapRead("/i18n", _ => EmptyAsync("{}"));
        routes.MapRead("/workflow_templates", _ => EmptyAsync("{}"));
    }

    private static Task<IResult> EmptyAsync(string json) => Task.FromResult(Answers.Json(writer => writer.WriteRawValue(json)));
}
