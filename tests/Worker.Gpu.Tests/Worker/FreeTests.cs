using Farm.Contracts.Workers;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Worker.Gpu.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Tests.Worker;

public sealed class FreeTests
{
    /// <summary>What POST /free asks of each worker.</summary>
    [Fact]
    public async Task Free_UnloadModels_LeavesNoneLoadedAndCachesAloneKeepThem()
    {
        await using var silo = await WorkerSilo.StartAsync();
        var memory = silo.Services.GetRequiredService<ModelMemory>();
        var worker = silo.Grains.GetGrain<IWorkerGrain>("w1");
        Decode(memory);

        await worker.FreeAsync(unloadModels: false, dropCaches: true);
        Assert.Single(memory.Residents);

        await worker.FreeAsync(unloadModels: true, dropCaches: false);
        Assert.Empty(memory.Residents);
        Assert.Equal(0, memory.ResidentBytes);
    }

    /// <summary>Loads a VAE by using it.</summary>
    private static void Decode(ModelMemory memory)
    {
        using var latent = zeros(1, 4, 2, 2);
        using var picture = new CheckpointLoader(memory).LoadVae(Checkpoints.PathOf("vae-sd15")).Decode(latent);
        Assert.Single(memory.Residents);
    }
}
