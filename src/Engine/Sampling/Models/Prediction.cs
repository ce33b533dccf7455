using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>What a network over a continuous range of levels gives.</summary>
public enum EdmKind
{
    /// <summary>EDM's own preconditioning (arXiv 2206.00364).</summary>
    Edm,

    /// <summary>Velocity.</summary>
    V,

    /// <summary>Noise.</summary>
    Eps,

    /// <summary>A flow on σ/(σ+1) (Cosmos).</summary>
    Cosmos,
}

/// <summary>What a network's output means: how its input is scaled and how the clean latent x0 is read off.</summary>
public abstract class Prediction
{
    /// <summary>Noise prediction, x0 = x − σ·ε.</summary>
    public static Prediction Eps { get; } = new EpsPrediction();

    /// <summary>Velocity prediction (arXiv 2202.00512), x0 = x/(σ²+1) − v·σ/√(σ²+1).</summary>
    public static Prediction V { get; } = new VPrediction();

    /// <summary>The network gives x0 itself.</summary>
    public static Prediction X0 { get; } = new X0Prediction();

    /// <summary>Rectified flow (arXiv 2209.03003), x0 = x − σ·v on x = σ·noise + (1−σ)·latent.</summary>
    public static Prediction Flow { get; } = new FlowPrediction();

    /// <summary>Cosmos: a flow on s = σ/(σ+1) over noise that is added; x0 = x·(1−s) − v·s.</summary>
    public static Prediction CosmosFlow { get; } = new CosmosPrediction();

    /// <summary>The network turns a picture into another: its output is x0, its input not scaled.</summary>
    public static Prediction ImageToImage { get; } = new ImagePrediction();

    /// <summary>The same, started from the latent itself; the result is 1 − x.</summary>
    public static Prediction ImageToImageFlow { get; } = new ImageFlowPrediction();

    /// <summary>A prediction preconditioned for data of deviation <paramref name="sigmaData"/>.</summary>
    public static Prediction Edm(EdmKind kind, double sigmaData) => new EdmPrediction(kind, (float)sigmaData);

    /// <summary>Latent consistency: between the noisy latent and x0 by the timestep (arXiv 2310.04378).</summary>
    public static Prediction Lcm(SigmaTable table) => new LcmPrediction(table);

    /// <summary>Whether noise and latent are interpolated (σ in 0…1) instead of added.</summary>
    public virtual bool IsFlow => false;

    /// <summary>Whether the network's output is a velocity.</summary>
    public virtual bool IsVelocity => false;

    /// <summary>Whether the network's output is EDM's own (arXiv 2206.00364).</summary>
    public virtual bool IsEdm => false;

    /// <summary>The network's input for a noisy latent.</summary>
    public abstract Tensor ScaleInput(Tensor x, float sigma);

    /// <summary>The clean latent that an output stands for.</summary>
    public abstract Tensor Denoised(Tensor x, Tensor output, float sigma);

    /// <summary>The noisy latent that a run starts from; see <see cref="ModelSampling.AddNoise"/>.</summary>
    public virtual Tensor AddNoise(Tensor noise, Tensor latent, float sigma, bool fromPureNoise) =>
        noise * (fromPureNoise ? MathF.Sqrt(1 + sigma * sigma) : sigma) + latent;

    /// <summary>The latent that a run hands back.</summary>
    public virtual Tensor Finish(Tensor x, float lastSigma) => x.alias();

    private class EpsPrediction : Prediction
    {
        public override Tensor ScaleInput(Tensor x, float sigma) => x / MathF.Sqrt(sigma * sigma + 1);

        public override Tensor Denoised(Tensor x, Tensor output, float sigma) => x - output * sigma;
    }

    private sealed class VPrediction : EpsPrediction
    {
        public override bool IsVelocity => true;

        public override Tensor Denoised(Tensor x, Tensor output, float sigma) =>
            x / (sigma * sigma + 1) - output * sigma / MathF.Sqrt(sigma * sigma + 1);
    }

    private sealed class X0Prediction : EpsPrediction
    {
        public override Tensor Denoised(Tensor x, Tensor output, float sigma) => output.alias();
    }

    private sealed class EdmPrediction(EdmKind kind, float sigmaData) : Prediction
    {
        public override bool IsVelocity => kind == EdmKind.V;

        public override bool IsEdm => kind == EdmKind.Edm;

        public override Tensor ScaleInput(Tensor x, float sigma) => x / MathF.Sqrt(Variance(sigma));

        public override Tensor Denoised(Tensor x, Tensor output, float sigma)
        {
            if (kind == EdmKind.Eps) return x - output * sigma;
            var kept = x * (sigmaData * sigmaData / Variance(sigma));
            var change = output * (sigma * sigmaData / MathF.Sqrt(Variance(sigma)));
            return kind == EdmKind.V ? kept - change : kept + change;
        }

        private float Variance(float sigma) => sigma * sigma + sigmaData * sigmaData;
    }

    private sealed class LcmPrediction(SigmaTable table) : EpsPrediction
    {
        private const float Data = 0.5f;
        private const float TimestepScale = 10;

        public override Tensor Denoised(Tensor x, Tensor output, float sigma)
        {
            var t = table.Timestep(sigma) * TimestepScale;
            var variance = t * t + Data * Data;
            return (x - output * sigma) * (t / MathF.Sqrt(variance)) + x * (Data * Data / variance);
        }
    }

    private sealed class CosmosPrediction : Prediction
    {
        public override Tensor ScaleInput(Tensor x, float sigma) => x * (1 - Share(sigma));

        public override Tensor Denoised(Tensor x, Tensor output, float sigma) => x * (1 - Share(sigma)) - output * Share(sigma);

        public override Tensor AddNoise(Tensor noise, Tensor latent, float sigma, bool fromPureNoise) => noise * sigma + latent;

        private static float Share(float sigma) => sigma / (sigma + 1);
    }

    private class ImagePrediction : Prediction
    {
        public override Tensor ScaleInput(Tensor x, float sigma) => x.alias();

        public override Tensor Denoised(Tensor x, Tensor output, float sigma) => output.alias();
    }

    private sealed class ImageFlowPrediction : ImagePrediction
    {
        public override Tensor AddNoise(Tensor noise, Tensor latent, float sigma, bool fromPureNoise) => latent.alias();

        public override Tensor Finish(Tensor x, float lastSigma) => 1 - x;
    }

    private sealed class FlowPrediction : Prediction
    {
        public override bool IsFlow => true;

        public override Tensor AddNoise(Tensor noise, Tensor latent, float sigma, bool fromPureNoise) => noise * sigma + latent * (1 - sigma);

        public override Tensor Finish(Tensor x, float lastSigma) => x / (1 - lastSigma);

        public override Tensor ScaleInput(Tensor x, float sigma) => x.alias();

        public override Tensor Denoised(Tensor x, Tensor output, float sigma) => x - output * sigma;
    }
}
