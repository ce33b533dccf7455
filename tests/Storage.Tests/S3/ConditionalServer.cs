using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Farm.Storage.Tests.S3;

/// <summary>Stands before an S3 server that does not know <c>If-None-Match: *</c> and answers for it as Amazon's does: 412 where there is an object.</summary>
public sealed class ConditionalServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);
    private readonly HttpClient _server;
    private readonly WebApplication _app;

    private ConditionalServer(Uri server)
    {
        _server = new HttpClient { BaseAddress = server };
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>How many requests were refused by their condition.</summary>
    public int Refused { get; private set; }

    public static async Task<ConditionalServer> StartAsync(Uri server)
    {
        var own = new ConditionalServer(server);
        await own._app.StartAsync();
        own.Address = new Uri(own._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return own;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _server.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsPut(context.Request.Method))
        {
            await ForwardAsync(context);
            return;
        }
        var turn = _turns.GetOrAdd(context.Request.Path, _ => new SemaphoreSlim(1));
        await turn.WaitAsync();
        try
        {
            if (context.Request.Headers.IfNoneMatch != "*" || !await ExistsAsync(context))
            {
                await ForwardAsync(context);
                return;
            }
            Refused++;
            context.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
            await context.Response.WriteAsync("<Error><Code>PreconditionFailed</Code><Message>At least one of the pre-conditions you specified did not hold</Message></Error>");
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<bool> ExistsAsync(HttpContext context)
    {
        using var head = new HttpRequestMessage(HttpMethod.Head, Target(context));
        using var answer = await _server.SendAsync(head);
        return answer.IsSuccessStatusCode;
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), Target(context));
        if (context.Request.ContentLength > 0)
            request.Content = new StreamContent(context.Request.Body);
        else if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            request.Content = new ByteArrayContent([]);
        foreach (var (name, value) in context.Request.Headers.Where(header => header.Key is not ("Host" or "If-None-Match")))
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
        using var answer = await _server.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Connection" or "Keep-Alive")))
            context.Response.Headers[name] = values.ToArray();
        if (!HttpMethods.IsHead(context.Request.Method))
            await answer.Content.CopyToAsync(context.Response.Body);
    }

    private Uri Target(HttpContext context) =>
        new(_server.BaseAddress!, context.Features.Get<IHttpRequestFeature>()!.RawTarget);
}
