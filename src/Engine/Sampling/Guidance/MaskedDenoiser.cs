using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Repaints the masked part of a latent: the rest is put back, noised, before every call and clean after it.</summary>
internal sealed class MaskedDenoiser(Denoiser inner, ModelSampling model, Tensor mask, Tensor latent, Tensor noise, MaskSchedule? schedule, IReadOnlyList<float> levels)
{
    public Denoised Denoise(Tensor x, float sigma)
    {
        var painted = schedule?.Invoke(sigma, mask, levels, model) ?? mask;
        var kept = 1 - painted;
        var noisy = x * painted + model.AddNoise(noise, latent, sigma) * kept;
        var denoised = inner(noisy, sigma);
        return denoised with { X0 = denoised.X0 * painted + latent * kept };
    }
}
