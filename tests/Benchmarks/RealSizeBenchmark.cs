using System.Diagnostics;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using Farm.TestSupport;
using static TorchSharp.torch;

namespace Farm.Benchmarks;

/// <summary>A picture of 512×512 in 4 steps with a checkpoint of SD 1.5's size on the CPU: loading, a step, and how much memory it takes beside its weights.</summary>
internal static class RealSizeBenchmark
{
    private const int Steps = 4;
    private const double MostSeconds = 3, MostOfWeights = 1.4;
    private const long SmallBudget = 1 << 30;

    public static Task RunAsync(BenchmarkContext context) => MeasureAsync(context, "real-size", budget: 0, MostSeconds, MostOfWeights);

    /// <summary>The same with room for a quarter of the denoising network: the rest is brought in block by block in each pass.</summary>
    public static Task StreamedAsync(BenchmarkContext context) => MeasureAsync(context, "real-size-streamed", SmallBudget);

    private static Task MeasureAsync(BenchmarkContext context, string name, long budget, double? mostSeconds = null, double? mostOfWeights = null)
    {
        var path = BenchmarkContext.Checkpoint("sd15-full");
        ReadOnce(path);
        using var memory = new ModelMemory(CPU, budget);
        using var peak = new PeakMemory();
        var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var checkpoint = new CheckpointLoader(memory).Load(path);
        checkpoint.Model.Hold().Dispose();
        context.Add(name, "open to denoising network ready", watch.Elapsed.TotalSeconds, "s", mostSeconds);
        context.Add(name, "the same, processor time of all threads", (Environment.CpuUsage.TotalTime - processor).TotalSeconds, "s");
        var weights = Render(context, name, checkpoint);
        context.Add(name, "weights in the compute type", weights / 1e6, "MB");
        context.Add(name, "peak RssAnon", peak.Bytes / 1e6, "MB");
        context.Add(name, "peak RssAnon to weights", peak.Bytes / (double)weights, "", mostOfWeights);
        return Task.CompletedTask;
    }

    /// <summary>Bytes of the weights of all networks that the picture took.</summary>
    private static long Render(BenchmarkContext context, string name, LoadedCheckpoint checkpoint)
    {
        using var inference = TorchRuntime.Inference();
        var watch = Stopwatch.StartNew();
        using var positive = checkpoint.Clip!.Encode("a photo of a cat");
        using var negative = checkpoint.Clip.Encode("");
        context.Add(name, "two texts, encoder loaded for the first", watch.Elapsed.TotalSeconds, "s");
        using var empty = zeros(1, 4, 64, 64);
        watch.Restart();
        using var latent = KSampler.Sample(checkpoint.Model, new KSamplerSettings(1, Steps, 7, "euler", "normal"), [new(positive.Cond)], [new(negative.Cond)], new LatentImage(empty));
        context.Add(name, $"a step of {Steps}, 512×512, CFG, {get_num_threads()} threads", watch.Elapsed.TotalSeconds / Steps, "s");
        watch.Restart();
        using var picture = checkpoint.Vae!.Decode(latent);
        context.Add(name, "decode, VAE loaded for it", watch.Elapsed.TotalSeconds, "s");
        return checkpoint.Clip.Parts.Append(checkpoint.Model.Part).Append(checkpoint.Vae.Part).Sum(part => part.Stored.BytesAt(sizeof(float)));
    }

    /// <summary>Brings the file into the page cache.</summary>
    private static void ReadOnce(string path)
    {
        var buffer = new byte[1 << 20];
        using var file = File.OpenRead(path);
        while (file.Read(buffer) > 0) { }
    }
}
