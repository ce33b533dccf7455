using Microsoft.AspNetCore.Http.Features;

namespace Farm.Gateway.Http;

/// <summary>The routes of one resource. Most stand at the bare path and under <c>/api</c>: <see cref="Map"/> is called for each.</summary>
internal interface IResource
{
    /// <summary>Whether the routes stand under <c>/api</c> too.</summary>
    bool IsUnderApi => true;

    /// <summary>Adds the resource's routes.</summary>
    void Map(IEndpointRouteBuilder routes);
}

/// <summary>Helpers for routes and what stands in them.</summary>
internal static class ResourceExtensions
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>A route that is read: GET, and HEAD as ComfyUI answers it.</summary>
    public static void MapRead(this IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task<IResult>> handler) =>
        routes.MapMethods(pattern, Reads, context => RunAsync(context, handler));

    /// <summary>A route that is posted to.</summary>
    public static void MapSend(this IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task<IResult>> handler) =>
        routes.MapPost(pattern, context => RunAsync(context, handler));

    /// <summary>
    /// A value of the path, decoded once from the request line: <c>a%2Fb</c> is one value <c>a/b</c>, and <c>a%252Fb</c> is <c>a%2Fb</c>.
    /// </summary>
    public static string PathValue(this HttpContext context, string name)
    {
        var pattern = ((RouteEndpoint)context.GetEndpoint()!).RoutePattern;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Length > 0 ? target.Split('?')[0] : context.Request.Path.ToUriComponent();
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < pattern.PathSegments.Count && i < segments.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is [Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart part] && part.Name == name)
                return Uri.UnescapeDataString(segments[i]);
        }
        return context.GetRouteValue(name) as string ?? "";
    }

    private static async Task RunAsync(HttpContext context, Func<HttpContext, Task<IResult>> handler) =>
        await (await handler(context)).ExecuteAsync(context);
}
