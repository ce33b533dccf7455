using Farm.Engine.Memory;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Vision;

/// <summary>What an image becomes for networks that are conditioned on images; fp32 on the CPU.</summary>
/// <param name="LastHidden">States of the last layer [B, tokens, width].</param>
/// <param name="Penultimate">States of the layer before it [B, tokens, width].</param>
/// <param name="Embeds">The projected summary [B, width]; null where the tower has none (SigLIP).</param>
public sealed record VisionEncoding(Tensor LastHidden, Tensor Penultimate, Tensor? Embeds);

/// <summary>An image tower: what flows between nodes as CLIP_VISION. Its weights are loaded when it is first run.</summary>
public sealed class ClipVision
{
    private readonly ModelSlot<CLIPVisionModel> _slot;
    private readonly bool _isSigLip;

    internal ClipVision(ModelSlot<CLIPVisionModel> slot, bool isSigLip)
    {
        _slot = slot;
        _isSigLip = isSigLip;
    }

    /// <summary>File and part, for reports.</summary>
    public string Name => _slot.Name;

    /// <summary>Encodes images; the result is the caller's.</summary>
    /// <param name="images">[B, H, W, 3 or more], 0…1.</param>
    /// <param name="crop">Cut to a square around the centre (true) or stretch.</param>
    public VisionEncoding Encode(Tensor images, bool crop)
    {
        if (images.dim() != 4 || images.shape[0] < 1 || images.shape[3] < 3)
            throw new ArgumentException($"an image to encode is [B, H, W, 3], with B at least 1; this one is [{string.Join(", ", images.shape)}]", nameof(images));
        return _slot.Run(network =>
        {
            using var scope = NewDisposeScope();
            var pixels = VisionImages.Prepare(images, network.Size, crop, _isSigLip).to(_slot.Memory.Device);
            var (last, penultimate, summary) = network.Forward(pixels);
            return new VisionEncoding(ToResult(last), ToResult(penultimate), summary is null ? null : ToResult(summary));
        });
    }

    private static Tensor ToResult(Tensor states) => states.to(ScalarType.Float32, CPU).contiguous().MoveToOuterDisposeScope();
}
