using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Webhooks;

/// <summary>
/// Sends signed messages. The address is judged as it is resolved at the moment of connecting, so that a name cannot lead elsewhere than it did when it was
/// checked; no proxy, no redirect, no cookie; of the answer only the status is read.
/// </summary>
internal sealed class WebhookSender : IDisposable
{
    private const int MaxHeaderKilobytes = 16;

    private readonly WebhookOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;
    private readonly byte[] _key;

    /// <summary>Reads the key.</summary>
    public WebhookSender(IOptions<WebhookOptions> options, TimeProvider clock)
    {
        (_options, _clock) = (options.Value, clock);
        _key = Encoding.UTF8.GetBytes(_options.SecretFile.Length > 0 ? File.ReadAllText(_options.SecretFile).Trim() : _options.Secret);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a message once; answers what went wrong, or null.</summary>
    public async Task<string?> SendAsync(WebhookMessage message, CancellationToken cancel)
    {
        if (_key.Length == 0) return $"{WebhookOptions.Section}:Secret is not set";
        using var limit = new CancellationTokenSource(_options.TimeLimit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            using var request = Sign(message);
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return answer.IsSuccessStatusCode ? null : $"answered {(int)answer.StatusCode}";
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return $"no answer within {_options.TimeLimit}";
        }
        catch (HttpRequestException failure)
        {
            return failure.InnerException is TargetRefusedException refused ? refused.Message : $"not reached: {failure.HttpRequestError}";
        }
    }

    /// <summary>The hex digits of HMAC-SHA256 over the time in seconds, a dot and the body.</summary>
    public static string Signature(ReadOnlySpan<byte> key, long time, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{time}.{body}")));

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Sign(WebhookMessage message)
    {
        var time = _clock.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, message.Url) { Content = new StringContent(message.Body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Farm-Delivery", message.Id.ToString());
        request.Headers.Add("X-Farm-Event", message.Event);
        request.Headers.Add("X-Farm-Signature", $"t={time},v1={Signature(_key, time, message.Body)}");
        return request;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var found = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel);
        var allowed = _options.AllowPrivateTargets ? found : Array.FindAll(found, TargetGuard.IsPublic);
        if (allowed.Length == 0) throw new TargetRefusedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The name leads to addresses that are not public.</summary>
    private sealed class TargetRefusedException() : IOException($"the address is not public ({WebhookOptions.Section}:AllowPrivateTargets)");
}
