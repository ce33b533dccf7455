using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Security;

/// <summary>A gateway that ends TLS itself, configured as docs/security.md says.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-tls-").FullName;
    private readonly X509Certificate2 _certificate = Make();

    public void Dispose()
    {
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Endpoint_WithACertificate_ServesRequestsAndSockets()
    {
        await using var host = await StartAsync();
        using var client = Client(host);
        using var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, given, _, _) => IsOurs(given);

        var stats = await client.GetFromJsonAsync<JsonElement>("/system_stats");
        await socket.ConnectAsync(new Uri($"wss://{host.Address.Authority}/ws?clientId=c"), CancellationToken.None);
        var buffer = new byte[4096];
        var first = await socket.ReceiveAsync(buffer, CancellationToken.None);

        Assert.Equal("https", host.Address.Scheme);
        Assert.True(stats.TryGetProperty("devices", out _));
        Assert.Contains("\"type\":\"status\"", Encoding.UTF8.GetString(buffer, 0, first.Count).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_OverTls_HasASecureCookie()
    {
        await using var host = await StartAsync(("Farm:Security:BootstrapKey", SecureHost.Bootstrap));
        using var client = Client(host);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/farm/login") { Content = SecureHost.Form(SecureHost.Bootstrap) };
        request.Headers.Add("Origin", $"https://{host.Address.Authority}");

        var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Contains("; secure", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
    }

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=farm.test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }

    private async Task<SecureHost> StartAsync(params (string Key, string Value)[] options)
    {
        var (certificate, key) = (Path.Combine(_folder, "tls.crt"), Path.Combine(_folder, "tls.key"));
        await File.WriteAllTextAsync(certificate, _certificate.ExportCertificatePem());
        using var privateKey = _certificate.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(key, privateKey.ExportPkcs8PrivateKeyPem());
        return await SecureHost.StartOpenAsync(
            FakeFarm.Create(), null,
            [
                ("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"), ("Kestrel:Endpoints:Https:Certificate:Path", certificate), ("Kestrel:Endpoints:Https:Certificate:KeyPath", key), .. options,
            ]);
    }

    private HttpClient Client(SecureHost host) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, given, _, _) => IsOurs(given) },
    })
    { BaseAddress = host.Address };

    // Nobody signed it: it is known by itself.
    private bool IsOurs(X509Certificate? given) => given is not null && given.GetRawCertData().AsSpan().SequenceEqual(_certificate.RawData);
}
