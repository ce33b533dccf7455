using Microsoft.AspNetCore.Routing.Matching;

namespace Farm.Gateway.Http;

/// <summary>Routes match as ComfyUI's do: case counts, and <c>/prompt/</c> is not <c>/prompt</c>.</summary>
internal sealed class ExactPathPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    /// <inheritdoc />
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(e => e is RouteEndpoint);

    /// <inheritdoc />
    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var path = httpContext.Request.Path.Value ?? "";
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && candidates[i].Endpoint is RouteEndpoint endpoint && !Matches(endpoint, path))
                candidates.SetValidity(i, value: false);
        }
        return Task.CompletedTask;
    }

    private static bool Matches(RouteEndpoint endpoint, string path)
    {
        var pattern = endpoint.RoutePattern;
        if (pattern.Parameters.Any(p => p.IsCatchAll || p.IsOptional))
            return true;
        if (path.Length > 1 && path.EndsWith('/'))
            return false;
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.Length == pattern.PathSegments.Count && pattern.PathSegments.Zip(segments).All(pair =>
            pair.First.Parts is not [Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal] || literal.Content == pair.Second);
    }
}
