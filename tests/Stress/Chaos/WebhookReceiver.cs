using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Farm.Stress.Chaos;

/// <summary>A message that came.</summary>
/// <param name="Id">By which one that comes again is known.</param>
/// <param name="IsSigned">Whether the signature is of this body.</param>
/// <param name="Body">What it says.</param>
internal sealed record Delivery(string Id, bool IsSigned, string Body);

/// <summary>Receives webhooks on the loopback. Every message is refused once, so that it has to come again.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private const string Secret = "the stress tool's own secret";

    private readonly WebApplication _app;

    private WebhookReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true").ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/", ReceiveAsync);
    }

    /// <summary>The options that let the farm send here, signed with a secret known here.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Options =>
    [
        new("Farm__Webhooks__Secret", Secret),
        new("Farm__Webhooks__AllowPrivateTargets", "true"),
        new("Farm__Webhooks__FirstDelay", "00:00:01"),
    ];

    /// <summary>All that came.</summary>
    public ConcurrentQueue<Delivery> Deliveries { get; } = new();

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Starts one.</summary>
    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var delivery = new Delivery(context.Request.Headers["X-Farm-Delivery"].ToString(), IsSigned(context.Request.Headers["X-Farm-Signature"].ToString(), body), body);
        context.Response.StatusCode = Deliveries.Any(earlier => earlier.Id == delivery.Id) ? StatusCodes.Status204NoContent : StatusCodes.Status503ServiceUnavailable;
        Deliveries.Enqueue(delivery);
    }

    /// <summary>As docs/api.md says: <c>t=seconds,v1=hex</c>, over the seconds, a dot and the body.</summary>
    private static bool IsSigned(string signature, string body)
    {
        var parts = signature.Split(',').Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        return parts.TryGetValue("t", out var time) && parts.TryGetValue("v1", out var hex)
            && hex == Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{time}.{body}")));
    }
}
