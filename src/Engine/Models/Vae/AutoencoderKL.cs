using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Vae;

/// <summary>
/// The autoencoder between pixels and latents (arXiv 2112.10752), in pixel values −1…1. Levels and blocks are whatever the keys say;
/// either half may be absent from a file.
/// </summary>
internal sealed class AutoencoderKL : IVaeNetwork
{
    private readonly NetworkWeights _weights;
    private readonly Encoder? _encoder;
    private readonly Conv2d? _quantConv;
    private readonly Conv2d? _postQuantConv;
    private readonly Decoder? _decoder;

    /// <summary>Wires the network over weights, which it owns from here on.</summary>
    public AutoencoderKL(NetworkWeights weights)
    {
        _weights = weights;
        var root = new WeightScope(weights);
        _encoder = weights.ContainsUnder("encoder.") ? new Encoder(root.At("encoder")) : null;
        _quantConv = root.Has("quant_conv") ? root.Conv("quant_conv") : null;
        _postQuantConv = root.Has("post_quant_conv") ? root.Conv("post_quant_conv") : null;
        _decoder = weights.ContainsUnder("decoder.") ? new Decoder(root.At("decoder")) : null;
    }

    /// <summary>The mode of the posterior, which is its mean: pixels [B, 3, H, W] → latent [B, C, H/8, W/8].</summary>
    public Tensor Encode(Tensor pixels)
    {
        if (_encoder is null) throw new WeightsFormatException("this VAE has no encoder");
        using var scope = NewDisposeScope();
        var moments = _encoder.Forward(pixels);
        if (_quantConv is not null) moments = _quantConv.Take(moments);
        return moments.narrow(1, 0, moments.shape[1] / 2).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Latent [B, C, h, w] → pixels [B, 3, 8h, 8w].</summary>
    public Tensor Decode(Tensor latent)
    {
        if (_decoder is null) throw new WeightsFormatException("this VAE has no decoder");
        using var scope = NewDisposeScope();
        var h = _postQuantConv?.Forward(latent) ?? latent.alias();
        return _decoder.Take(h).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();
}
