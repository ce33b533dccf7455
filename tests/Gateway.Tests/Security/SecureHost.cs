using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using Farm.Contracts.Security;
using Farm.Gateway.Security.Keys;
using Farm.Gateway.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Farm.Gateway.Tests.Security;

/// <summary>A gateway on a real socket, over a fake farm that several may share, with everything it logs.</summary>
internal sealed class SecureHost : IAsyncDisposable
{
    /// <summary>The first key of every host.</summary>
    public const string Bootstrap = "bootstrap-key-of-the-tests-0123456789";

    private readonly WebApplication _app;
    private readonly string _root;

    private SecureHost(WebApplication app, FakeFarm farm, string root, ConcurrentQueue<string> log)
    {
        (_app, Farm, _root, Log) = (app, farm, root, log);
        Address = new Uri(app.Urls.First());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
    }

    public FakeFarm Farm { get; }

    public Uri Address { get; }

    /// <summary>The data root.</summary>
    public string Root => _root;

    /// <summary>Follows no redirects and keeps no cookies.</summary>
    public HttpClient Client { get; }

    public ConcurrentQueue<string> Log { get; }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A host with a first key; nothing of a key is remembered unless an option says so.</summary>
    public static Task<SecureHost> StartAsync(params (string Key, string Value)[] options) => StartAsync(FakeFarm.Create(), null, options);

    /// <summary>A replica over a farm that others use too.</summary>
    public static Task<SecureHost> StartAsync(FakeFarm farm, TimeProvider? clock, params (string Key, string Value)[] options) =>
        StartOpenAsync(farm, clock, [("Farm:Security:BootstrapKey", Bootstrap), ("Farm:Security:KeyCacheTime", "00:00:00"), .. options]);

    /// <summary>A host with these options and no others.</summary>
    public static async Task<SecureHost> StartOpenAsync(FakeFarm farm, TimeProvider? clock, params (string Key, string Value)[] options)
    {
        var root = Directory.CreateTempSubdirectory("farm-guard-").FullName;
        var log = new ConcurrentQueue<string>();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = root });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new Listener(log));
        builder.Configuration.AddInMemoryCollection([new("Farm:Data:Root", root), .. options.Reverse().DistinctBy(o => o.Key).Select(o => KeyValuePair.Create(o.Key, (string?)o.Value))]);
        builder.Services.AddSingleton(farm.Grains);
        if (clock is not null)
            builder.Services.AddSingleton(clock);
        builder.Services.AddFarmGateway(builder.Configuration);
        var app = builder.Build();
        app.MapFarmGateway();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            Directory.Delete(root, recursive: true);
            throw;
        }
        return new SecureHost(app, farm, root, log);
    }

    /// <summary>Makes a key in the farm.</summary>
    public string AddKey(AccessScopes scopes, string tenant = "default", DateTimeOffset? expiresAt = null)
    {
        var (id, text) = KeySecret.Create();
        Farm.Security.Keys[id] = new ApiKey
        {
            Id = id, Hash = KeySecret.Hash(text), Tenant = tenant, Name = "test", Scopes = scopes, CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "test", ExpiresAt = expiresAt,
        };
        return text;
    }

    /// <summary>Sends a request with a key and other headers.</summary>
    public Task<HttpResponseMessage> SendAsync(string method, string path, string? key = null, HttpContent? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request);
    }

    /// <summary>Signs in at the page, as a browser there does; the session's cookie.</summary>
    public async Task<string> SignInAsync(string key)
    {
        var answer = await SendAsync("POST", "/farm/login", null, Form(key), ("Sec-Fetch-Site", "same-origin"));
        if (answer.StatusCode != HttpStatusCode.SeeOther)
            throw new InvalidOperationException($"The page answered {answer.StatusCode}.");
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    /// <summary>What the page sends.</summary>
    public static FormUrlEncodedContent Form(string key, string next = "/") => new([new("key", key), new("next", next)]);

    /// <summary>Opens a socket.</summary>
    public async Task<ClientWebSocket> ConnectAsync(params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in headers)
            socket.Options.SetRequestHeader(name, value);
        await socket.ConnectAsync(new Uri($"ws://{Address.Authority}/ws?clientId={Guid.NewGuid()}"), CancellationToken.None);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    private sealed class Listener(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue($"{formatter(state, exception)} {state} {exception}");

        public void Dispose()
        {
        }
    }
}
