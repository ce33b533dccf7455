using Farm.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Farm.Gateway.Tests.Fakes;

/// <summary>The gateway in memory over a fake farm and a real file store in a folder of its own.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _root;

    private GatewayHost(WebApplication app, FakeFarm farm, string root)
    {
        (_app, Farm, _root) = (app, farm, root);
        Client = app.GetTestClient();
    }

    public FakeFarm Farm { get; }

    public HttpClient Client { get; }

    public IFileStore Files => FilesOf(TenantName.Default).Store;

    public TenantFiles FilesOf(string tenant) => _app.Services.GetRequiredService<IFarmFiles>().Of(tenant);

    public TestServer Server => _app.GetTestServer();

    public string Root => _root;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Sends a path as it stands: a client's own URI would resolve dots in it.</summary>
    public Task<HttpContext> SendAsync(string method, string path) => Server.SendAsync(context =>
    {
        context.Request.Method = method;
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = path;
        // What a server makes of it before anything sees it.
        context.Request.Path = new Uri("http://host" + path).AbsolutePath;
        context.Request.Host = new HostString("host");
    });

    public static async Task<GatewayHost> StartAsync(params (string Key, string Value)[] options)
    {
        var root = Directory.CreateTempSubdirectory("farm-gateway-").FullName;
        var farm = FakeFarm.Create();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Farm:Data:Root", root), .. options.Select(o => KeyValuePair.Create(o.Key, (string?)o.Value))]);
        builder.Services.AddSingleton(farm.Grains);
        builder.Services.AddFarmGateway(builder.Configuration);
        var app = builder.Build();
        app.MapFarmGateway();
        await app.StartAsync();
        return new GatewayHost(app, farm, root);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
