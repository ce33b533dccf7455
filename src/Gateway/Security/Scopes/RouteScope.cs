using Farm.Contracts.Security;
using Farm.Gateway.OpenApi;

namespace Farm.Gateway.Security.Scopes;

/// <summary>What a caller must be allowed for a route; stands among the route's metadata.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="IsFile">Whether it answers with a file that somebody else may have made.</param>
internal sealed record RouteScope(AccessScopes Scope, bool IsFile)
{
    private static readonly PathString Internal = "/internal";
    private static readonly PathString FarmApi = "/farm/api";

    /// <summary>Whether a request is an operator's action, which is written down: it operates, or names a tenant to do it for, and does more than to read.</summary>
    public static bool IsAction(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RouteScope>() is { } route && ByMethod(context.Request.Method) == AccessScopes.Submit
        && (route.Scope == AccessScopes.Operate ? !context.Request.Path.StartsWithSegments(Internal, StringComparison.Ordinal) : TenantNamed(context) is not null);

    /// <summary>The tenant that a request of the farm's own API names; null for none.</summary>
    public static string? TenantNamed(HttpContext context) =>
        context.Request.Path.StartsWithSegments(FarmApi, StringComparison.Ordinal) && context.Request.Query["tenant"] is [{ Length: > 0 } tenant, ..] ? tenant : null;

    /// <summary>Of the route that a request met; by its method where the route says nothing or there is none.</summary>
    public static AccessScopes Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<RouteScope>()?.Scope ?? ByMethod(context.Request.Method);

    /// <summary>Whether a request is answered with a file.</summary>
    public static bool SendsFiles(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<RouteScope>()?.IsFile == true;

    private static AccessScopes ByMethod(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? AccessScopes.Read : AccessScopes.Submit;
}

/// <summary>Gives routes the scopes of operations.txt.</summary>
internal static class RouteScopes
{
    private const string Api = "/api";

    /// <summary>Looks up every route that is mapped below.</summary>
    public static RouteGroupBuilder WithScopes(this RouteGroupBuilder routes)
    {
        ((IEndpointConventionBuilder)routes).Finally(builder =>
        {
            if (builder is RouteEndpointBuilder { RoutePattern.RawText: { } path } && builder.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: [var method, ..] } && Find(method, path) is { } facts)
                builder.Metadata.Add(new RouteScope(facts.Scope, facts.Answers.Any(a => a.Kind == "file")));
        });
        return routes;
    }

    private static OperationFacts? Find(string method, string path)
    {
        var plain = string.Join('/', path.Split('/').Select(Plain));
        // The table has each operation once: at its path under /api, or at the bare one.
        string[] paths = plain.StartsWith(Api + '/', StringComparison.Ordinal) ? [plain, plain[Api.Length..]] : [plain, Api + plain];
        return paths.Select(known => OperationTable.All.GetValueOrDefault($"{method} {known}")).FirstOrDefault(facts => facts is not null);
    }

    // Without the marks of a rest of the path and of a rule for the value.
    private static string Plain(string segment) => segment.StartsWith('{') ? $"{{{segment.TrimStart('{', '*').Split(':', '}')[0]}}}" : segment;
}
