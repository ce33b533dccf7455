using System.Net.Http.Json;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.ExecutionRules;

/// <summary>A farm with the execution-test nodes as a pack in its folder, and one way of caching.</summary>
public abstract class RulesFarm : IAsyncLifetime
{
    private readonly DataRoot _root = new();
    private readonly string[] _arguments;

    private protected RulesFarm(bool keepsResults, params string[] arguments) => (KeepsResults, _arguments) = (keepsResults, arguments);

    /// <summary>The program.</summary>
    public FarmProcess Process { get; private set; } = null!;

    /// <summary>False where every run computes everything anew.</summary>
    public bool KeepsResults { get; }

    /// <summary>A folder of packs as an operator would fill it.</summary>
    public static string Packs => Path.Combine(AppContext.BaseDirectory, "node-packs");

    /// <summary>Another client, and nothing cached from the tests before.</summary>
    public async Task<RulesClient> ConnectAsync()
    {
        var client = await RulesClient.ConnectAsync(Process);
        using var answer = await client.Http.PostAsJsonAsync("/free", new { free_memory = true });
        answer.EnsureSuccessStatusCode();
        return client;
    }

    public async ValueTask InitializeAsync() => Process = await FarmProcess.StartAsync(
        _root, ["--Farm:Worker:Packs:Root", Packs, "--Farm:Worker:Packs:DefineTimeout", "00:00:01", "--Farm:Worker:Packs:ValidateTimeout", "00:00:01", .. _arguments]);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _root.Dispose();
    }
}

/// <summary>Results of the last prompt: the default, and <c>--cache-lru 0</c>.</summary>
public sealed class ClassicFarm() : RulesFarm(keepsResults: true);

/// <summary>As <c>--cache-lru 100</c>.</summary>
public sealed class LruFarm() : RulesFarm(keepsResults: true, "--Farm:Worker:Cache:Kind", "Lru", "--Farm:Worker:Cache:LruSize", "100");

/// <summary>As <c>--cache-none</c>.</summary>
public sealed class UncachedFarm() : RulesFarm(keepsResults: false, "--Farm:Worker:Cache:Kind", "None");

/// <summary>As <c>--cache-ram</c> with memory to spare: one byte is to be left free.</summary>
public sealed class RamFarm() : RulesFarm(keepsResults: true, "--Farm:Worker:Cache:Kind", "Ram", "--Farm:Worker:Cache:RamHeadroomBytes", "1");

/// <summary>As <c>--cache-ram</c> on a machine that never has as much free as is to be left.</summary>
public sealed class CrampedFarm() : RulesFarm(keepsResults: false, "--Farm:Worker:Cache:Kind", "Ram", "--Farm:Worker:Cache:RamHeadroomBytes", "1000000000000000");

/// <summary>With little memory: 3 GB.</summary>
public sealed class SmallFarm() : RulesFarm(keepsResults: true, "--Farm:Worker:MemoryLimitBytes", "3000000000");
