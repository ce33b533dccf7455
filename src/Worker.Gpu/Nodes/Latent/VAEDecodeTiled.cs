using Farm.Engine.Models.Vae;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Latents to images in tiles, for sizes that do not fit whole.</summary>
internal sealed class VAEDecodeTiled : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("VAEDecodeTiled", "VAE Decode (Tiled)").In("_for_testing").Module("nodes")
        .Input("samples", "LATENT")
        .Input("vae", "VAE")
        .Int("tile_size", 512, 64, 4096, 32, options: o => o.Advanced())
        .Int("overlap", 64, 0, 4096, 32, options: o => o.Advanced())
        .Int("temporal_size", 64, 8, 4096, 4, options: o => o.Advanced())
        .Int("temporal_overlap", 8, 4, 4096, 4, options: o => o.Advanced())
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        var vae = call.Get<VaeModel>("vae");
        var (tile, overlap) = TileSizes.Of(call);
        return NodeResult.Of(vae.DecodeTiled(call.Get<Latent>("samples").Samples, tile / vae.Downscale, overlap / vae.Downscale));
    }
}
