using Farm.Gateway.Http;
using Farm.Gateway.Security;
using Farm.Gateway.Security.Keys;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Farm.Gateway.Frontend;

/// <summary>The server that unknown paths are passed to: a frontend's development server, or a real ComfyUI.</summary>
internal static class Upstream
{
    /// <summary>Not to be resolved: what is passed on is what was asked for.</summary>
    private static readonly UriCreationOptions AsSent = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Adds the proxy, with a route to the server where one is configured.</summary>
    public static void AddUpstream(this IServiceCollection services, FrontendOptions options) => services.AddReverseProxy()
        .LoadFromMemory(options.Upstream.Length > 0 ? [Everything] : [], options.Upstream.Length > 0 ? [Cluster(options.Upstream)] : [])
        .AddTransforms(KeepCredentials)
        .AddTransforms(route => route.AddRequestTransform(PassAsSent));

    /// <summary>Maps the route. Without an answer it says whose is missing.</summary>
    public static void MapUpstream(this WebApplication app, FrontendOptions options) => app.MapReverseProxy(proxy => proxy.Use(async (context, next) =>
    {
        RefuseDots(context);
        await next(context);
        if (context.GetForwarderErrorFeature() is not null && context.Response.StatusCode >= StatusCodes.Status502BadGateway && !context.Response.HasStarted)
            throw Silent(options, context);
    }));

    private static RequestRefusedException Silent(FrontendOptions options, HttpContext context)
    {
        var (server, option) = options.DevServer.Length > 0 ? ("The frontend's development server", nameof(options.DevServer)) : ("The ComfyUI behind the farm", nameof(options.ComfyServer));
        return new RequestRefusedException(
            "upstream_unreachable", $"{server} does not answer", $"{context.Request.Path} is not the farm's and was passed on, see {FrontendOptions.Section}:{option}.", context.Response.StatusCode);
    }

    // A path that goes up could mean one of the farm's own there, which that server is not to be asked for.
    private static void RefuseDots(HttpContext context)
    {
        var segments = Uri.UnescapeDataString(TargetOf(context).Split('?')[0]).Split('/', '\\');
        if (segments.Any(segment => segment is "." or ".."))
            throw new RequestRefusedException("not_found", "There is no such path", "A path that is passed on must not go up.", StatusCodes.Status404NotFound);
    }

    // Byte for byte, as %2F means one name with a slash in it, and %252F one with a percent sign.
    private static ValueTask PassAsSent(RequestTransformContext transform)
    {
        transform.ProxyRequest.RequestUri = new Uri(transform.DestinationPrefix.TrimEnd('/') + TargetOf(transform.HttpContext), AsSent);
        return ValueTask.CompletedTask;
    }

    private static string TargetOf(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget is ['/', ..] target ? target : context.Request.Path.ToUriComponent() + context.Request.QueryString;

    // What opens the farm is not told to the server behind it.
    private static void KeepCredentials(TransformBuilderContext route)
    {
        if (!route.Services.GetRequiredService<SecurityMode>().IsClosed)
            return;
        foreach (var header in new[] { HeaderNames.Authorization, HeaderNames.Cookie, KeyHandler.Header })
            route.AddRequestHeaderRemove(header);
    }

    // The host stays the one the browser knows: ComfyUI compares it with the page's origin.
    private static RouteConfig Everything => new()
    {
        RouteId = "unknown",
        ClusterId = "upstream",
        Order = int.MaxValue,
        Match = new RouteMatch { Path = "/{**rest}" },
        Transforms = [new Dictionary<string, string>(StringComparer.Ordinal) { ["RequestHeaderOriginalHost"] = "true" }],
    };

    private static ClusterConfig Cluster(string address) => new()
    {
        ClusterId = "upstream",
        Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["server"] = new() { Address = address } },
    };
}
