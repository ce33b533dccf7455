using System.Diagnostics;
using Farm.Engine;
using Farm.Engine.Families;
using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Benchmarks;

/// <summary>What a GPU gives: pictures of every sampler that draws no noise of its own, beside the CPU's in fp32, and steps a second at real sizes.</summary>
internal static class CudaBenchmark
{
    /// <summary>Its name; it runs only when it is asked for.</summary>
    public const string Name = "cuda";

    private const double LeastSsim = 0.99;
    private const int PictureSteps = 8, Side = 32; // 256×256 pixels
    private const int WarmUp = 3, Steps = 20;

    /// <summary>The samplers whose only noise is the initial one.</summary>
    private static readonly string[] Quiet =
    [
        "euler", "euler_cfg_pp", "heun", "heunpp2", "exp_heun_2_x0", "dpm_2", "lms", "dpm_fast", "dpm_adaptive", "dpmpp_2m", "dpmpp_2m_cfg_pp", "ipndm", "ipndm_v", "deis",
        "res_multistep", "res_multistep_cfg_pp", "gradient_estimation", "gradient_estimation_cfg_pp", "ddim", "uni_pc", "uni_pc_bh2",
    ];

    private static readonly ComputePrecision[] Halves = [ComputePrecision.Fp16, ComputePrecision.Bf16];

    public static Task RunAsync(BenchmarkContext context)
    {
        if (!cuda.is_available())
            throw new BenchmarkRefusedException($"'{Name}' needs a GPU that libtorch sees; this one (libtorch {TorchRuntime.Version}) sees none. Build with -p:TorchBackend=cuda, or with -p:LibTorchPath=DIR of a libtorch for CUDA.");
        ComparePictures(context);
        foreach (var precision in Halves)
        {
            MeasureSteps(context, "sd15-full", precision, side: 64, textWidth: 768, vectorWidth: null);
            MeasureSteps(context, "sdxl-unet", precision, side: 128, textWidth: 2048, vectorWidth: 2816);
        }
        return Task.CompletedTask;
    }

    private static void ComparePictures(BenchmarkContext context)
    {
        var path = BenchmarkContext.Checkpoint("sd15-tiny");
        var expected = Pictures(path, ComputePrecision.Fp32, CPU);
        foreach (var precision in Halves)
        {
            var actual = Pictures(path, precision, CUDA);
            foreach (var sampler in Quiet)
                context.Add(Name, $"{sampler}, {precision}: SSIM against the CPU's fp32", Ssim.Of(actual[sampler], expected[sampler]), "", least: precision == ComputePrecision.Fp16 ? LeastSsim : null);
            foreach (var picture in actual.Values) picture.Dispose();
        }
        foreach (var picture in expected.Values) picture.Dispose();
    }

    private static Dictionary<string, Tensor> Pictures(string path, ComputePrecision precision, Device device)
    {
        using var memory = new ModelMemory(device);
        using var inference = TorchRuntime.Inference();
        var checkpoint = new CheckpointLoader(memory, precision).Load(path);
        using var positive = checkpoint.Clip!.Encode("a photo of a cat");
        using var negative = checkpoint.Clip.Encode("blurry");
        using var empty = zeros(1, 4, Side, Side);
        return Quiet.ToDictionary(sampler => sampler, sampler =>
        {
            using var latent = KSampler.Sample(checkpoint.Model, new KSamplerSettings(1, PictureSteps, 7, sampler, "karras"), [new(positive.Cond)], [new(negative.Cond)], new LatentImage(empty));
            return checkpoint.Vae!.Decode(latent);
        });
    }

    /// <summary>Steps of euler with guidance, so two rows of the network for each picture; the walk's end brings the latent back to the host, which waits for the device.</summary>
    private static void MeasureSteps(BenchmarkContext context, string name, ComputePrecision precision, long side, long textWidth, long? vectorWidth)
    {
        using var memory = new ModelMemory(CUDA);
        using var inference = TorchRuntime.Inference();
        using var scope = NewDisposeScope();
        var model = new CheckpointLoader(memory, precision).LoadDiffusion(BenchmarkContext.Checkpoint(name));
        using var held = model.Hold();
        using var random = new Generator(1);
        var (positive, negative) = (Entry(), Entry());
        foreach (var batch in (long[])[1, 8])
        {
            Walk(WarmUp);
            var watch = Stopwatch.StartNew();
            Walk(Steps);
            context.Add(Name, $"{name}, {precision}, {side * 8}×{side * 8}, batch {batch}", Steps / watch.Elapsed.TotalSeconds, "steps/s");

            void Walk(int steps) => KSampler.Sample(model, new KSamplerSettings(1, steps, 7, "euler", "normal"), [positive], [negative], new LatentImage(zeros(batch, 4, side, side))).Dispose();
        }

        ConditioningEntry Entry() => new(randn([1, 77, textWidth], generator: random), vectorWidth is { } wide ? randn([1, wide], generator: random) : null);
    }
}
