using Farm.Storage;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Farm.Gateway.Frontend;

/// <summary>
/// Serves the files of a frontend build: real files only, so that a page can tell a missing help text or template by its 404. No path is
/// answered with index.html but the root.
/// </summary>
internal static class FrontendFiles
{
    /// <summary>The build names these after their content: they never change.</summary>
    private const string Hashed = "/assets/";

    /// <summary>Adds the configured folders, the extra ones before the build's own.</summary>
    public static void UseFrontendFiles(this IApplicationBuilder app, FrontendOptions options)
    {
        foreach (var (path, folder) in new[] { ("/templates", options.Templates), ("/docs", options.Docs), ("/extensions", options.Extensions), ("", options.Root) })
        {
            if (folder.Length > 0)
                app.UseStaticFiles(Of(path, folder));
        }
    }

    private static StaticFileOptions Of(string path, string folder) => new()
    {
        RequestPath = path,
        FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)),
        ContentTypeProvider = new FarmContentTypes(),
        ServeUnknownFileTypes = true,
        OnPrepareResponse = response => response.Context.Response.Headers.CacheControl =
            (response.Context.Request.Path.Value ?? "").StartsWith(Hashed, StringComparison.Ordinal)
                ? "public, max-age=31536000, immutable"
                : "no-cache",
    };

    /// <summary>The farm's own table first: scripts and JSON must have exactly the types a browser asks for.</summary>
    private sealed class FarmContentTypes : IContentTypeProvider
    {
        private readonly FileExtensionContentTypeProvider _others = new();

        public bool TryGetContentType(string subpath, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out string contentType)
        {
            contentType = MediaTypes.Of(subpath);
            return contentType is not null || _others.TryGetContentType(subpath, out contentType);
        }
    }
}
