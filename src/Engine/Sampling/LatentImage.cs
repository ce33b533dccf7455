using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A batch of latents as nodes pass it around.</summary>
/// <param name="Samples">VAE latents, fp32 [B, C, h, w].</param>
/// <param name="NoiseMask">Where to paint, 1 = repaint, [1 or B, h, w] of any size; null paints everywhere.</param>
/// <param name="BatchIndex">Places of the rows in the batch they were taken from; null for a whole batch.</param>
public sealed record LatentImage(Tensor Samples, Tensor? NoiseMask = null, IReadOnlyList<int>? BatchIndex = null);
