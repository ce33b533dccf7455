using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Repaints the masked part of a latent: the rest is put back, noised, before every call and clean after it.</summary>
internal sealed class MaskedDenoiser(Denoiser inner, ModelSampling model, Tensor mask, Tensor latent, Tensor noise)
{
    private readonly Tensor _kept = 1 - mask;

    public Denoised Denoise(Tensor x, float sigma)
    {
        var noisy = x * mask + model.AddNoise(noise, latent, sigma) * _kept;
        var denoised = inner(noisy, sigma);
        return denoised with { X0 = denoised.X0 * mask + latent * _kept };
    }
}
