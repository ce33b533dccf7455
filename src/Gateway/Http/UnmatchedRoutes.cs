namespace Farm.Gateway.Http;

/// <summary>
/// What ComfyUI says where no route fits. Its root serves static files, so an unknown GET is a missing file, and another method there is
/// told that GET would do; <c>/internal</c> is an application of its own with plain texts.
/// </summary>
internal sealed class UnmatchedRoutes(RequestDelegate next)
{
    private static readonly string[] Static = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Runs the pipeline, then gives the answer where no endpoint did.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.GetEndpoint() is RouteEndpoint || context.Response.HasStarted)
            return;
        if (context.Response.StatusCode is StatusCodes.Status404NotFound)
            await AnswerAsync(context, []);
        else if (context.Response.StatusCode is StatusCodes.Status405MethodNotAllowed)
            await AnswerAsync(context, context.Response.Headers.Allow.ToString().Split(',', StringSplitOptions.TrimEntries));
    }

    private static Task AnswerAsync(HttpContext context, string[] allowed)
    {
        var path = context.Request.Path.Value ?? "";
        var hasFiles = !path.StartsWith("/internal/", StringComparison.Ordinal) && !path.StartsWith("//", StringComparison.Ordinal);
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        context.Response.Headers.Remove("Allow");
        if (hasFiles && reads)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.ContentType = "application/octet-stream";
            return Task.CompletedTask;
        }
        var methods = hasFiles ? allowed.Union(Static) : allowed;
        var allow = string.Join(',', methods.Order(StringComparer.Ordinal));
        if (allow.Length == 0)
            return Answers.Text("404: Not Found", StatusCodes.Status404NotFound).ExecuteAsync(context);
        context.Response.Headers.Allow = allow;
        return Answers.Text("405: Method Not Allowed", StatusCodes.Status405MethodNotAllowed).ExecuteAsync(context);
    }
}
