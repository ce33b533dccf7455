using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Farm.Clustering;
using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.EndToEnd.Harness;
using Farm.Gateway;
using Farm.Grains;
using Farm.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Farm.EndToEnd;

/// <summary>Two gateway replicas before one silo; the test is the worker, so that it says when a run goes on.</summary>
public sealed class ReplicaTests : IAsyncLifetime
{
    private const string Worker = "test-worker";
    private const string Manifest = "test-manifest";
    private static readonly string[] Steps = [.. Enumerable.Range(0, 60).Select(i => $"n{i}")];

    private readonly DataRoot _root = new();
    private readonly string _clientId = Guid.NewGuid().ToString();
    private IHost? _silo;
    private WebApplication? _first;
    private WebApplication? _second;

    private IGrainFactory Grains => _silo!.Services.GetRequiredService<IGrainFactory>();

    [Fact]
    public async Task Client_WhoseGatewayStopsDuringItsRun_GoesOnAtAnotherWithoutLossOrRepetition()
    {
        using var before = await ConnectAsync(_first!);
        await SubmitAsync(_first!);
        var job = await BeginAsync();
        var seen = new List<string>();

        await ReportAsync(job, 0, 20);
        await ReadAsync(before, seen, until: "n9");
        var stopping = _first!.StopAsync();
        await ReportAsync(job, 20, 30);
        await ReadToTheEndAsync(before, seen);
        await stopping;
        await ReportAsync(job, 30, 40);
        using var after = await ConnectAsync(_second!);
        await ReportAsync(job, 40, Steps.Length);
        await CompleteAsync(job);
        await ReadAsync(after, seen, until: "");

        // "" closes the run.
        Assert.Equal([.. Steps, ""], seen);
    }

    [Fact]
    public async Task Client_ThatTurnsToAnotherGateway_IsServedThereAlone()
    {
        using var before = await ConnectAsync(_first!);
        await SubmitAsync(_second!);
        var job = await BeginAsync();
        await ReportAsync(job, 0, 1);
        await ReadAsync(before, [], until: "n0");

        using var after = await ConnectAsync(_second!);
        await ReportAsync(job, 1, 2);
        await CompleteAsync(job);
        var seen = new List<string>();
        await ReadAsync(after, seen, until: "");

        Assert.Equal(["n1", ""], seen);
    }

    public async ValueTask InitializeAsync()
    {
        var (siloPort, gatewayPort) = (FreePort(), FreePort());
        Dictionary<string, string?> settings = new()
        {
            ["Farm:Data:Root"] = _root.Path,
            ["Farm:Cluster:Kind"] = "localhost",
            ["Farm:Cluster:SiloPort"] = $"{siloPort}",
            ["Farm:Cluster:GatewayPort"] = $"{gatewayPort}",
        };
        _silo = Silo(settings);
        await _silo.StartAsync();
        await Grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).RegisterAsync(WorkerManifest());
        (_first, _second) = (Gateway(settings), Gateway(settings));
        await Task.WhenAll(_first.StartAsync(), _second.StartAsync());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in new[] { _first!, _second! })
        {
            await gateway.StopAsync();
            await gateway.DisposeAsync();
        }
        await _silo!.StopAsync();
        _silo.Dispose();
        _root.Dispose();
    }

    private static IHost Silo(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddFarmStorage(builder.Configuration);
        builder.UseOrleans(silo => silo.UseFarmCluster(builder.Configuration, acceptsClients: true).AddFarmGrains(builder.Configuration));
        return builder.Build();
    }

    private static WebApplication Gateway(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.UseOrleansClient(client => client.UseFarmCluster(builder.Configuration));
        builder.Services.AddFarmGateway(builder.Configuration);
        return builder.Build().MapFarmGateway();
    }

    private static WorkerManifest WorkerManifest() => new()
    {
        WorkerId = Worker,
        ManifestHash = Manifest,
        Definitions =
        [
            new NodeDefinition
            {
                ClassType = "Output", Category = "test", PythonModule = "nodes", Required = [], Outputs = [], Traits = NodeTraits.OutputNode,
            },
        ],
        Host = "host",
        TorchVersion = "none",
        Status = new WorkerStatus { WorkerId = Worker, Devices = [] },
    };

    private static Uri AddressOf(WebApplication gateway) =>
        new(gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task<ClientWebSocket> ConnectAsync(WebApplication gateway)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(AddressOf(gateway)) { Scheme = "ws", Path = "/ws", Query = $"clientId={_clientId}" }.Uri, CancellationToken.None);
        // The first message comes when the session is attached.
        Assert.Equal("status", (await ReceiveAsync(socket))!.Value.GetProperty("type").GetString());
        return socket;
    }

    private async Task SubmitAsync(WebApplication gateway)
    {
        using var http = new HttpClient { BaseAddress = AddressOf(gateway) };
        var graph = new { n0 = new { class_type = "Output", inputs = new { } } };
        using var answer = await http.PostAsJsonAsync("/prompt", new { prompt = graph, client_id = _clientId });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task<PromptJob> BeginAsync()
    {
        var claim = new WorkerClaim { WorkerId = Worker, ManifestHash = Manifest, Patience = TimeSpan.FromSeconds(20) };
        var lease = await Grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).ClaimAsync(claim);
        return (await Grains.GetGrain<IPromptGrain>(lease!.RunId).BeginAsync(lease.Attempt, Worker))!;
    }

    private async Task ReportAsync(PromptJob job, int from, int to)
    {
        foreach (var node in Steps[from..to])
            await Grains.GetGrain<IPromptGrain>(job.RunId).ReportAsync(job.Attempt, [new NodeExecuting(node, node)]);
    }

    private Task CompleteAsync(PromptJob job) => Grains.GetGrain<IPromptGrain>(job.RunId).CompleteAsync(new RunResult
    {
        Attempt = job.Attempt,
        Outcome = RunOutcome.Success,
        Completed = true,
        Events = [new ExecutionSuccess(1)],
        Outputs = [],
    });

    /// <summary>Notes the nodes that are told to run, up to one of them; "" is the end of the run.</summary>
    private static async Task ReadAsync(ClientWebSocket socket, List<string> seen, string until)
    {
        while (await ReceiveAsync(socket) is { } message)
        {
            if (Note(message, seen) == until) return;
        }
        Assert.Fail($"The socket was closed before '{until}', after {string.Join(' ', seen)}.");
    }

    private static async Task ReadToTheEndAsync(ClientWebSocket socket, List<string> seen)
    {
        while (await ReceiveAsync(socket) is { } message) Note(message, seen);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    /// <summary>The node of an event of the run; what a client is told on its return, <c>{"node": …}</c> alone, is none.</summary>
    private static string? Note(JsonElement message, List<string> seen)
    {
        if (message.GetProperty("type").GetString() != "executing" || !message.GetProperty("data").TryGetProperty("prompt_id", out _)) return null;
        seen.Add(message.GetProperty("data").GetProperty("node").GetString() ?? "");
        return seen[^1];
    }

    private static async Task<JsonElement?> ReceiveAsync(ClientWebSocket socket)
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType is WebSocketMessageType.Close) return null;
            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return JsonDocument.Parse(text.ToArray()).RootElement;
        }
    }
}
