using static TorchSharp.torch;

namespace Farm.Engine.Models.Vae;

/// <summary>A network between pixels and latents; results are the caller's.</summary>
internal interface IVaeNetwork : IDisposable
{
    /// <summary>Pixels [B, 3, H, W], −1…1 → latent [B, C, h, w], not scaled for a diffusion network.</summary>
    Tensor Encode(Tensor pixels);

    /// <summary>Latent [B, C, h, w], not scaled for a diffusion network → pixels [B, 3, H, W], −1…1.</summary>
    Tensor Decode(Tensor latent);
}
