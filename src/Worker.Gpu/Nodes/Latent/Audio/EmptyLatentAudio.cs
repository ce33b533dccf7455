using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A latent of silence for Stable Audio.</summary>
internal sealed class EmptyLatentAudio : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyLatentAudio", "Empty Latent Audio").In("latent/audio").Module("comfy_extras.nodes_audio")
        .More("essentials_category", "Audio")
        .Float("seconds", 47.6, 1.0, 1000.0, 0.1)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Audio(
        call.Get<long>("batch_size"), 64, Sizes.Round(call.Get<double>("seconds") * 44100 / 2048 / 2) * 2);
}
