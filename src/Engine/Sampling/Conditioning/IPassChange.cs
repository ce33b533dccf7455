using Farm.Engine.Models.UNet;
using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A change to the passes of a conditioning, such as boxes that texts belong in. Conditionings of one object share passes.</summary>
public interface IPassChange
{
    /// <summary>The changes of a pass with this one.</summary>
    /// <param name="patches">The changes so far.</param>
    /// <param name="x">The noisy latent [B, C, h, w].</param>
    /// <param name="sets">For each equal run of rows, which conditioning it is: 0 the positive, 1 the negative, …</param>
    UNetPatches Apply(UNetPatches patches, Tensor x, IReadOnlyList<int> sets);
}
