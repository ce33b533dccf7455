using Farm.Engine.Memory;
using Farm.Engine.Models.Vision;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Style;

/// <summary>A style model: what flows between nodes as STYLE_MODEL. Its weights are loaded when it is first run.</summary>
public sealed class StyleModel
{
    private readonly ModelSlot<IStyleNetwork> _slot;

    internal StyleModel(ModelSlot<IStyleNetwork> slot) => _slot = slot;

    /// <summary>The tokens of an image, fp32 [B, m, text width] on the CPU and the caller's.</summary>
    public Tensor Tokens(VisionEncoding image) => _slot.Run(network =>
    {
        using var scope = NewDisposeScope();
        return network.Forward(image.LastHidden.to(_slot.Memory.Device)).to(ScalarType.Float32, CPU).contiguous().MoveToOuterDisposeScope();
    });
}
