using Farm.Engine.Memory;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Vae;

/// <summary>An autoencoder in terms of images: what flows between nodes as VAE. Its weights are loaded when it is first run.</summary>
public sealed class VaeModel
{
    private const int FallbackTile = 64;
    private const int FallbackOverlap = 16;

    private readonly NetworkPart<IVaeNetwork> _part;
    private readonly ModelSlot<IVaeNetwork> _slot;
    private readonly ScalarType _type;

    internal VaeModel(NetworkPart<IVaeNetwork> part, ScalarType type, int latentChannels, int downscale)
    {
        _part = part;
        _slot = part.Slot;
        _type = type;
        LatentChannels = latentChannels;
        Downscale = downscale;
    }

    /// <summary>Channels of its latents.</summary>
    public int LatentChannels { get; }

    /// <summary>Pixels per latent cell along a side.</summary>
    public int Downscale { get; }

    /// <summary>File and part, for reports.</summary>
    public string Name => _slot.Name;

    /// <summary>Its weights.</summary>
    public NetworkPartView Part => new("vae", _part.Stored, _part.Patches);

    /// <summary>The mode of the posterior, in tiles where memory does not suffice for it whole. Images are cropped around the centre to whole cells; channels beyond the third are left out.</summary>
    /// <param name="pixels">[B, H, W, 3 or more], 0…1.</param>
    /// <returns>fp32 [B, LatentChannels, H/8, W/8] on the CPU, not scaled for a diffusion network; the caller's.</returns>
    public Tensor Encode(Tensor pixels)
    {
        if (pixels.dim() != 4 || pixels.shape[0] < 1 || pixels.shape[3] < 3 || pixels.shape[1] < Downscale || pixels.shape[2] < Downscale)
            throw new ArgumentException($"an image to encode is [B, H, W, 3], with B at least 1, and at least {Downscale}×{Downscale}; this one is [{string.Join(", ", pixels.shape)}]", nameof(pixels));
        try
        {
            return EachImage(pixels, EncodeOne);
        }
        catch (DeviceMemoryException)
        {
            return EncodeTiled(pixels, FallbackTile * Downscale, FallbackOverlap * Downscale);
        }
    }

    /// <summary>The images of latents that a diffusion network's scale was taken from, in tiles where memory does not suffice for one whole.</summary>
    /// <param name="latent">[B, LatentChannels, h, w].</param>
    /// <returns>fp32 [B, 8h, 8w, 3] on the CPU, 0…1; the caller's.</returns>
    public Tensor Decode(Tensor latent)
    {
        if (latent.dim() != 4 || latent.numel() == 0 || latent.shape[1] != LatentChannels)
            throw new ArgumentException($"this VAE decodes latents of {LatentChannels} channels, [B, {LatentChannels}, h, w]; this one is [{string.Join(", ", latent.shape)}]", nameof(latent));
        try
        {
            return EachImage(latent, DecodeOne);
        }
        catch (DeviceMemoryException)
        {
            return DecodeTiled(latent, FallbackTile, FallbackOverlap);
        }
    }

    /// <summary>The same in overlapping tiles: three passes of tiles of different shape, averaged.</summary>
    /// <param name="latent">[B, LatentChannels, h, w].</param>
    /// <param name="tile">Side of a tile in latent cells.</param>
    /// <param name="overlap">By how much tiles overlap, in latent cells; below the tile's half.</param>
    public Tensor DecodeTiled(Tensor latent, long tile, long overlap)
    {
        CheckTiles(tile, overlap);
        return EachImage(latent, (network, row) =>
        {
            using var scope = NewDisposeScope();
            var signed = ThreePasses(row, tile, overlap, Downscale, piece => network.Decode(piece.to(_type, _slot.Memory.Device)));
            return ToResult(signed.add_(1).div_(2).clamp_(0, 1).permute(0, 2, 3, 1));
        });
    }

    /// <summary>The latents of images in overlapping tiles: three passes of tiles of different shape, averaged.</summary>
    /// <param name="pixels">[B, H, W, 3 or more], 0…1.</param>
    /// <param name="tile">Side of a tile in pixels.</param>
    /// <param name="overlap">By how much tiles overlap, in pixels.</param>
    public Tensor EncodeTiled(Tensor pixels, long tile, long overlap)
    {
        CheckTiles(tile, overlap);
        return EachImage(pixels, (network, image) =>
        {
            using var scope = NewDisposeScope();
            return ToResult(ThreePasses(Signed(image), tile, overlap, 1.0 / Downscale, piece => network.Encode(piece.to(_type, _slot.Memory.Device))));
        });
    }

    private static void CheckTiles(long tile, long overlap)
    {
        if (tile < 2 || overlap < 0 || overlap >= tile / 2) throw new ArgumentException($"tiles of {tile} cannot overlap by {overlap}; the overlap must be below half a tile", nameof(overlap));
    }

    private static Tensor ThreePasses(Tensor row, long tile, long overlap, double scale, Func<Tensor, Tensor> work)
    {
        var tall = Tiles.Run(row, tile * 2, tile / 2, overlap, scale, work);
        var wide = Tiles.Run(row, tile / 2, tile * 2, overlap, scale, work);
        var square = Tiles.Run(row, tile, tile, overlap, scale, work);
        return (tall + wide + square) / 3;
    }

    /// <summary>One image at a time: a batch would multiply the memory and gain nothing.</summary>
    private Tensor EachImage(Tensor batch, Func<IVaeNetwork, Tensor, Tensor> work) => _slot.Run(network =>
    {
        using var scope = NewDisposeScope();
        var results = Enumerable.Range(0, (int)batch.shape[0]).Select(i => work(network, batch.narrow(0, i, 1))).ToArray();
        return (results.Length == 1 ? results[0] : cat(results, 0)).MoveToOuterDisposeScope();
    });

    private Tensor EncodeOne(IVaeNetwork network, Tensor image)
    {
        using var scope = NewDisposeScope();
        return ToResult(network.Encode(Signed(image).to(_type, _slot.Memory.Device)));
    }

    /// <summary>An image cut around the centre to whole cells, as the network takes it: [1, 3, H, W], −1…1.</summary>
    private Tensor Signed(Tensor image)
    {
        var (height, width) = (image.shape[1] / Downscale * Downscale, image.shape[2] / Downscale * Downscale);
        var cropped = image.narrow(1, (image.shape[1] - height) / 2, height).narrow(2, (image.shape[2] - width) / 2, width).narrow(3, 0, 3);
        return cropped.permute(0, 3, 1, 2).to(ScalarType.Float32).mul(2).sub_(1);
    }

    private Tensor DecodeOne(IVaeNetwork network, Tensor latent)
    {
        using var scope = NewDisposeScope();
        var signed = network.Decode(latent.to(_type, _slot.Memory.Device)).to(ScalarType.Float32);
        return ToResult(signed.add_(1).div_(2).clamp_(0, 1).permute(0, 2, 3, 1));
    }

    private static Tensor ToResult(Tensor x) => x.to(ScalarType.Float32, CPU).contiguous().MoveToOuterDisposeScope();
}
