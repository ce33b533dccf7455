namespace Farm.Gateway.Health;

/// <summary>
/// A gateway that stops asks who keeps a connection open to close it: a client behind a balancer of connections would else send its next request
/// into a server that is gone.
/// </summary>
internal sealed class LastAnswers(RequestDelegate next, IHostApplicationLifetime host)
{
    /// <summary>Runs the rest of the pipeline.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (host.ApplicationStopping.IsCancellationRequested && HttpProtocol.IsHttp11(context.Request.Protocol) && !context.WebSockets.IsWebSocketRequest)
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.Connection = "close";
                return Task.CompletedTask;
            });
        return next(context);
    }
}
