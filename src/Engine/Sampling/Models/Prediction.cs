using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

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

    /// <summary>Whether noise and latent are interpolated (σ in 0…1) instead of added.</summary>
    public virtual bool IsFlow => false;

    /// <summary>The network's input for a noisy latent.</summary>
    public abstract Tensor ScaleInput(Tensor x, float sigma);

    /// <summary>The clean latent that an output stands for.</summary>
    public abstract Tensor Denoised(Tensor x, Tensor output, float sigma);

    private class EpsPrediction : Prediction
    {
        public override Tensor ScaleInput(Tensor x, float sigma) => x / MathF.Sqrt(sigma * sigma + 1);

        public override Tensor Denoised(Tensor x, Tensor output, float sigma) => x - output * sigma;
    }

    private sealed class VPrediction : EpsPrediction
    {
        public override Tensor Denoised(Tensor x, Tensor output, float sigma) =>
            x / (sigma * sigma + 1) - output * sigma / MathF.Sqrt(sigma * sigma + 1);
    }

    private sealed class X0Prediction : EpsPrediction
    {
        public override Tensor Denoised(Tensor x, Tensor output, float sigma) => output.alias();
    }

    private sealed class FlowPrediction : Prediction
    {
        public override bool IsFlow => true;

        public override Tensor ScaleInput(Tensor x, float sigma) => x.alias();

        public override Tensor Denoised(Tensor x, Tensor output, float sigma) => x - output * sigma;
    }
}
