using System.Diagnostics;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Benchmarks;

/// <summary>A forward pass of the UNet at SD 1.5's sizes: 512×512 pixels, one prompt with CFG, so a batch of two.</summary>
internal static class UNetBenchmark
{
    private const int Rounds = 3;

    public static Task RunAsync(BenchmarkContext context)
    {
        var path = BenchmarkContext.Checkpoint("sd15-full");
        foreach (var precision in (ComputePrecision[])[ComputePrecision.Fp32, ComputePrecision.Bf16])
            context.Add("unet", $"forward [2, 4, 64, 64], {precision}, {get_num_threads()} threads", Forward(path, precision), "ms");
        return Task.CompletedTask;
    }

    private static double Forward(string path, ComputePrecision precision)
    {
        using var memory = new ModelMemory(CPU);
        var model = new CheckpointLoader(memory, precision).Load(path).Model;
        using var inference = TorchRuntime.Inference();
        using var scope = NewDisposeScope();
        using var held = model.Hold();
        using var random = new Generator(1);
        var (x, timesteps, context) = (randn([2, 4, 64, 64], generator: random), full([2], 500f), randn([2, 77, 768], generator: random));
        model.Predict(x, timesteps, new ModelInputs(context, null)).Dispose();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Rounds; i++)
            model.Predict(x, timesteps, new ModelInputs(context, null)).Dispose();
        return watch.Elapsed.TotalMilliseconds / Rounds;
    }
}
