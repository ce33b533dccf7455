using Farm.Engine.Models.Vae;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Images to latents in tiles, for sizes that do not fit whole.</summary>
internal sealed class VAEEncodeTiled : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("VAEEncodeTiled", "VAE Encode (Tiled)").In("_for_testing").Module("nodes")
        .Input("pixels", "IMAGE")
        .Input("vae", "VAE")
        .Int("tile_size", 512, 64, 4096, 64, options: o => o.Advanced())
        .Int("overlap", 64, 0, 4096, 32, options: o => o.Advanced())
        .Int("temporal_size", 64, 8, 4096, 4, options: o => o.Advanced())
        .Int("temporal_overlap", 8, 4, 4096, 4, options: o => o.Advanced())
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call)
    {
        var (tile, overlap) = TileSizes.Of(call);
        return NodeResult.Of(new Latent(call.Get<VaeModel>("vae").EncodeTiled(call.Get<Tensor>("pixels"), tile, overlap)));
    }
}
