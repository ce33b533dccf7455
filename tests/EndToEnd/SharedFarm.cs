using Farm.EndToEnd;
using Farm.EndToEnd.Harness;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(SharedFarm))]

// A farm keeps the results of the last prompt, so one test's prompt would push out another's.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Farm.EndToEnd;

/// <summary>A farm that tests share which neither stop it nor count its prompts.</summary>
public sealed class SharedFarm : IAsyncLifetime
{
    private readonly DataRoot _root = new();

    public FarmProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await FarmProcess.StartAsync(_root);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _root.Dispose();
    }
}
