using System.Diagnostics;

namespace Farm.Gateway.Prompts;

/// <summary>The gateway's part of a prompt's trace, source <c>Farm.Gateway</c>: what follows belongs to this span.</summary>
internal static class SubmitTracing
{
    private static readonly ActivitySource Source = new("Farm.Gateway");

    /// <summary>Begins the span of a submission, inside its request's; null where nobody listens.</summary>
    public static Activity? Start(string tenant) => Source.StartActivity("submit", ActivityKind.Producer)?.SetTag("farm.tenant", tenant);

    /// <summary>What other processes go on with: W3C's <c>traceparent</c>; null when nobody listens.</summary>
    public static string? TraceParent(this Activity? span) => span?.Id;
}
