using Farm.Gateway.Http;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Frontend;

/// <summary>
/// The page: a build of ComfyUI's frontend where one is configured, or its development server, else a plain page of our own. By option,
/// paths that nobody here has go to a real ComfyUI.
/// </summary>
internal static class FrontendRoutes
{
    private const string OwnPage = "page.html";

    /// <summary>Adds the proxy, with a route to where unknown paths go.</summary>
    public static void AddFarmFrontend(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FrontendOptions>().Bind(configuration.GetSection(FrontendOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FrontendOptions>, FrontendOptionsValidator>();
        services.AddUpstream(configuration.GetSection(FrontendOptions.Section).Get<FrontendOptions>() ?? new FrontendOptions());
    }

    /// <summary>Serves files before routes are looked for: the proxy's route would take every path. The API's paths are no files.</summary>
    public static void UseFarmFrontend(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<FrontendOptions>>().Value;
        app.UseWhen(
            context => context.Request.Path.Value is { } path && !path.StartsWith("/api/", StringComparison.Ordinal) && !path.StartsWith("/internal/", StringComparison.Ordinal),
            branch => branch.UseFrontendFiles(options));
    }

    /// <summary>Maps the root, and the proxy where unknown paths go somewhere.</summary>
    public static void MapFarmFrontend(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<FrontendOptions>>().Value;
        if (options.DevServer.Length == 0)
            app.MapRead("/", context => RootAsync(context, options));
        if (options.Upstream.Length > 0)
            app.MapUpstream(options);
    }

    private static Task<IResult> RootAsync(HttpContext context, FrontendOptions options)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store, must-revalidate";
        headers.Pragma = "no-cache";
        headers.Expires = "0";
        var page = options.Root.Length > 0
            ? File.OpenRead(Path.Combine(options.Root, "index.html"))
            : typeof(FrontendRoutes).Assembly.GetManifestResourceStream(OwnPage)!;
        return Task.FromResult<IResult>(TypedResults.Stream(page, "text/html"));
    }
}
