using Farm.Gateway.Http;
using Yarp.ReverseProxy.Configuration;

namespace Farm.Gateway.Frontend;

/// <summary>The root page: a frontend's development server where one is configured, else a line that says what this is.</summary>
internal static class FrontendRoutes
{
    private const string Page = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Farm</title></head>
        <body><h1>Farm</h1><p>This server speaks ComfyUI's API: <a href="/queue">queue</a>, <a href="/system_stats">devices</a>,
        <a href="/history?max_items=20">last prompts</a>.</p></body></html>
        """;

    /// <summary>Adds the proxy, with a route to the development server where <see cref="FrontendOptions.DevServer"/> names one.</summary>
    public static void AddFarmFrontend(this IServiceCollection services, IConfiguration configuration)
    {
        var server = configuration.GetSection(FrontendOptions.Section).Get<FrontendOptions>()?.DevServer ?? "";
        var proxy = services.AddReverseProxy();
        if (server.Length == 0)
        {
            proxy.LoadFromMemory([], []);
            return;
        }
        if (!Uri.TryCreate(server, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new InvalidOperationException($"{FrontendOptions.Section}:{nameof(FrontendOptions.DevServer)} is '{server}'; it must be an http or https address.");
        proxy.LoadFromMemory(
            [new RouteConfig { RouteId = "frontend", ClusterId = "frontend", Order = int.MaxValue, Match = new RouteMatch { Path = "/{**rest}" } }],
            [new ClusterConfig
            {
                ClusterId = "frontend",
                Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal) { ["server"] = new() { Address = server } },
            }]);
    }

    /// <summary>Maps the root.</summary>
    public static void MapFarmFrontend(this WebApplication app)
    {
        if (app.Configuration.GetSection(FrontendOptions.Section)[nameof(FrontendOptions.DevServer)] is { Length: > 0 })
            app.MapReverseProxy();
        else
            app.MapRead("/", RootAsync);
    }

    private static Task<IResult> RootAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store, must-revalidate";
        headers.Pragma = "no-cache";
        headers.Expires = "0";
        return Task.FromResult<IResult>(TypedResults.Content(Page, "text/html"));
    }
}
