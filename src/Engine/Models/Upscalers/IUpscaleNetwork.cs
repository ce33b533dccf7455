using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>A network that makes pictures larger.</summary>
internal interface IUpscaleNetwork : IDisposable
{
    /// <summary>How much larger its pictures are along a side.</summary>
    int Scale { get; }

    /// <summary>[B, 3, H, W], 0…1 → [B, 3, s·H, s·W], the caller's.</summary>
    Tensor Forward(Tensor x);
}
