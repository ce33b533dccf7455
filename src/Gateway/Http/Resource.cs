using Microsoft.AspNetCore.Http.Features;

namespace Farm.Gateway.Http;

/// <summary>The routes of one resource. Most stand at the bare path and under <c>/api</c>: <see cref="Map"/> is called for each.</summary>
internal interface IResource
{
    /// <summary>Whether the routes stand under <c>/api</c> too.</summary>
    bool IsUnderApi => true;

    /// <summary>Whether the routes stand at the bare path too.</summary>
    bool IsBare => true;

    /// <summary>Adds the resource's routes.</summary>
    void Map(IEndpointRouteBuilder routes);
}

/// <summary>Helpers for routes and what stands in them. The handler's method is how a route gets into the API description.</summary>
internal static class ResourceExtensions
{
    private static readonly string[] Reads = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>A route that is read: GET, and HEAD as ComfyUI answers it.</summary>
    public static IEndpointConventionBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task<IResult>> handler) =>
        routes.MapMethods(pattern, Reads, context => RunAsync(context, handler)).WithMetadata(handler.Method);

    /// <summary>A route that is posted to.</summary>
    public static IEndpointConventionBuilder MapSend(this IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task<IResult>> handler) =>
        routes.MapPost(pattern, context => RunAsync(context, handler)).WithMetadata(handler.Method);

    /// <summary>A route by which something is removed.</summary>
    public static IEndpointConventionBuilder MapRemove(this IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task<IResult>> handler) =>
        routes.MapDelete(pattern, context => RunAsync(context, handler)).WithMetadata(handler.Method);

    /// <summary>A route by which something is changed in part.</summary>
    public static IEndpointConventionBuilder MapChange(this IEndpointRouteBuilder routes, string pattern, Func<HttpContext, Task<IResult>> handler) =>
        routes.MapPatch(pattern, context => RunAsync(context, handler)).WithMetadata(handler.Method);

    /// <summary>A route for one other method.</summary>
    public static IEndpointConventionBuilder MapOther(this IEndpointRouteBuilder routes, string method, string pattern, Func<HttpContext, Task<IResult>> handler) =>
        routes.MapMethods(pattern, [method], context => RunAsync(context, handler)).WithMetadata(handler.Method);

    /// <summary>
    /// A value of the path, decoded once from the request line: <c>a%2Fb</c> is one value <c>a/b</c>, and <c>a%252Fb</c> is <c>a%2Fb</c>.
    /// </summary>
    public static string PathValue(this HttpContext context, string name)
    {
        var pattern = ((RouteEndpoint)context.GetEndpoint()!).RoutePattern;
        var segments = SegmentsAsSent(context);
        for (var i = 0; i < pattern.PathSegments.Count && i < segments.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is [Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart part] && part.Name == name)
                return Uri.UnescapeDataString(segments[i]);
        }
        return context.GetRouteValue(name) as string ?? "";
    }

    /// <summary>The rest of the path, from the value of that name on, each segment decoded once.</summary>
    public static string PathTail(this HttpContext context, string name)
    {
        var start = ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.PathSegments.Count - 1;
        var segments = SegmentsAsSent(context).Skip(start).Select(Uri.UnescapeDataString);
        return string.Join('/', segments) is { Length: > 0 } tail ? tail : context.GetRouteValue(name) as string ?? "";
    }

    private static string[] SegmentsAsSent(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.StartsWith('/') ? target.Split('?')[0] : context.Request.Path.ToUriComponent();
        return path.Split('/', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task RunAsync(HttpContext context, Func<HttpContext, Task<IResult>> handler) =>
        await (await handler(context)).ExecuteAsync(context);
}
