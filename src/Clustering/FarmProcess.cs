using System.Data.Common;
using Farm.Storage;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Farm.Clustering;

/// <summary>What the farm's programs have in common: where their options stand, how they start, and how they tell what is wrong.</summary>
public static class FarmProcess
{
    private static readonly Dictionary<string, string?> Defaults = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
        ["Logging:LogLevel:Orleans"] = "Warning",
        ["Logging:LogLevel:Orleans.Runtime.Silo"] = "Error",
        ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
        // A failed statement is an exception of whoever asked, and told there; of a new database the first one always fails.
        ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "Critical",
        ["Logging:LogLevel:Polly"] = "Warning",
        // What is not ready is told to who asks, again and again while the process starts.
        ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
    };

    /// <summary>
    /// Arguments with which a host reads its files of options once. By default it watches them, and with them its working folder and all below:
    /// where that holds the farm's data, each file that any process writes wakes every process.
    /// </summary>
    /// <param name="args">The program's own.</param>
    public static string[] ReadingOnce(string[] args) => ["--hostBuilder:reloadConfigOnChange=false", .. args];

    /// <summary>
    /// Adds the options of the process: defaults of the log, then <c>appsettings.json</c>, then its own file (<c>gateway.json</c>,
    /// <c>grains.json</c>, <c>worker.json</c> of the working folder, or what <c>--config FILE</c> names), then files of secrets, then the environment,
    /// then the command line.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="file">Name of the process's own file.</param>
    public static TBuilder AddFarmConfiguration<TBuilder>(this TBuilder builder, string file)
        where TBuilder : IHostApplicationBuilder
    {
        var sources = builder.Configuration.Sources;
        sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        var named = builder.Configuration["config"];
        var own = new JsonConfigurationSource { Path = Path.GetFullPath(named ?? file), Optional = named is null, ReloadOnChange = false };
        own.ResolveFileProvider();
        sources.Insert(1 + sources.ToList().FindLastIndex(source => source is JsonConfigurationSource), own);
        return builder.AddSecretFiles();
    }

    /// <summary>
    /// Builds the process and runs it until it is told to stop, beside others on the same data root. What the operator can mend is told
    /// in a line, without a stack trace.
    /// </summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(Func<IHost> build)
    {
        try
        {
            using var host = build();
            using var root = DataRootLock.TakeShared(host.Services.GetRequiredService<DataFolders>());
            await host.RunAsync();
            return 0;
        }
        catch (Exception error) when (error is OptionsValidationException or DataRootInUseException or IOException or InvalidDataException or RedisException or DbException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }
}
