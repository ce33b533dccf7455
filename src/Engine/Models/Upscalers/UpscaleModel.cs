using Farm.Engine.Memory;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>An upscaler in terms of images: what flows between nodes as UPSCALE_MODEL. Its weights are loaded when it is first run.</summary>
public sealed class UpscaleModel
{
    private const int Tile = 512;
    private const int Overlap = 32;
    private const int LeastTile = 128;

    private readonly ModelSlot<IUpscaleNetwork> _slot;
    private readonly ScalarType _type;

    internal UpscaleModel(ModelSlot<IUpscaleNetwork> slot, ScalarType type) => (_slot, _type) = (slot, type);

    /// <summary>File and part, for reports.</summary>
    public string Name => _slot.Name;

    /// <summary>Larger images, tile by tile; tiles are halved where memory runs out.</summary>
    /// <param name="images">[B, H, W, 3], 0…1.</param>
    /// <param name="onTile">Told after each tile; an exception stops the work.</param>
    /// <returns>fp32 [B, s·H, s·W, 3] on the CPU, 0…1; the caller's.</returns>
    public Tensor Upscale(Tensor images, Action? onTile = null)
    {
        for (var tile = Tile; ; tile /= 2)
        {
            try
            {
                return _slot.Run(network => Upscale(network, images, tile, onTile));
            }
            catch (DeviceMemoryException) when (tile > LeastTile)
            {
                // smaller tiles need less
            }
        }
    }

    private Tensor Upscale(IUpscaleNetwork network, Tensor images, int tile, Action? onTile)
    {
        using var scope = NewDisposeScope();
        var rows = Enumerable.Range(0, (int)images.shape[0]).Select(i => Tiles.Run(
            images.narrow(0, i, 1).narrow(3, 0, 3).permute(0, 3, 1, 2).to(_type, _slot.Memory.Device), tile, tile, Overlap, network.Scale, piece =>
            {
                var result = network.Forward(piece);
                onTile?.Invoke();
                return result;
            })).ToArray();
        return cat(rows, 0).clamp_(0, 1).permute(0, 2, 3, 1).contiguous().MoveToOuterDisposeScope();
    }
}
