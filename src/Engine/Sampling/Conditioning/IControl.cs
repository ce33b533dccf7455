using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A control network with its picture: what it adds to a pass.</summary>
public interface IControl
{
    /// <summary>The residuals for a pass; null when it does not apply at this noise level.</summary>
    ControlResiduals? Compute(ControlCall call);
}

/// <summary>A pass as a control network sees it.</summary>
/// <param name="Model">The base model.</param>
/// <param name="X">The noisy latent, fp32 [B, C, h, w].</param>
/// <param name="Sigma">Its noise level.</param>
/// <param name="Context">Text states, fp32 [B, tokens, width].</param>
/// <param name="Y">The base model's vector conditioning.</param>
public sealed record ControlCall(IDiffusionModel Model, Tensor X, float Sigma, Tensor Context, Tensor? Y);
