using System.Net;
using System.Net.Sockets;
using Farm.Clustering;
using Farm.Gateway;
using Farm.Grains;
using Farm.Hosting;
using Farm.Storage;
using Farm.Worker;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Farm.Standalone;

/// <summary>Gateway, grains and worker in one process: composition, nothing else.</summary>
internal static class FarmHost
{
    private static readonly Dictionary<string, string?> Defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        ["urls"] = "http://127.0.0.1:8188",
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
        ["Logging:LogLevel:Orleans"] = "Warning",
        ["Logging:LogLevel:Orleans.Runtime.Silo"] = "Error",
        ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
        ["Logging:LogLevel:Polly"] = "Warning",
        // What is not ready is told to who asks, again and again while the process starts.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
        // In one process the worker dies with the scheduler: nobody will renew a lease of before.
        ["Farm:Scheduling:RecoveryGrace"] = "00:00:00",
        ["Farm:Worker:OwnsProcess"] = "false",
    };

    /// <summary>The farm, not started yet.</summary>
    /// <param name="arguments">Configuration: <c>--key value</c>.</param>
    public static WebApplication Build(string[] arguments)
    {
        var builder = WebApplication.CreateBuilder(FarmProcess.ReadingOnce(arguments));
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        builder.AddSecretFiles();
        builder.AddFarmHosting("standalone");
        builder.Services.AddFarmStorage(builder.Configuration);
        builder.Host.UseOrleans(silo => UseOwnLoopback(silo).AddFarmGrains(builder.Configuration).AddFarmWorker(builder.Configuration));
        builder.Services.AddFarmGateway(builder.Configuration);
        var app = builder.Build();
        app.MapFarmGateway();
        return app;
    }

    /// <summary>Serves until the process is asked to stop.</summary>
    public static async Task ServeAsync(string[] arguments)
    {
        await using var app = Build(arguments);
        using var rootLock = TakeDataRoot(app);
        await app.RunAsync();
    }

    /// <summary>Refuses to start on a data root that another farm uses.</summary>
    public static DataRootLock TakeDataRoot(WebApplication app) => DataRootLock.Take(app.Services.GetRequiredService<DataFolders>());

    /// <summary>Runs a command; what the user can mend is told in a line, without a stack trace.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> GuardAsync(Func<Task> command)
    {
        try
        {
            await command();
            return 0;
        }
        catch (Exception error) when (error is DataRootInUseException or OptionsValidationException or IOException or Demo.DemoException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }

    /// <summary>
    /// The silo talks to itself only, on a loopback address of its own (127.x.y.z by process id): several farms run on one
    /// machine and no port is taken between being found free and being used.
    /// </summary>
    private static ISiloBuilder UseOwnLoopback(ISiloBuilder silo)
    {
        var id = Environment.ProcessId;
        var address = new IPAddress([127, (byte)(1 + (id >> 16) % 254), (byte)(id >> 8), (byte)id]);
        using var probe = new TcpListener(address, 0);
        probe.Start();
        var endpoint = (IPEndPoint)probe.LocalEndpoint;
        return silo.UseDevelopmentClustering(endpoint).Configure<EndpointOptions>(options =>
            (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (endpoint.Address, endpoint.Port, 0));
    }
}
