using Farm.Gateway.Http;

namespace Farm.Gateway.Replacements;

/// <summary><c>/node_replacements</c>: classes that were renamed or joined.</summary>
internal sealed class ReplacementEndpoints(NodeReplacements replacements) : IResource
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapRead("/node_replacements", _ => Task.FromResult(Answers.Json(replacements.Table.WriteTo)));
}
