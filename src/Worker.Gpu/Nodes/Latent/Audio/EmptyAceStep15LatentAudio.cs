using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A latent of silence for ACE-Step 1.5.</summary>
internal sealed class EmptyAceStep15LatentAudio : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyAceStep1.5LatentAudio", "Empty Ace Step 1.5 Latent Audio").In("latent/audio").Module("comfy_extras.nodes_ace")
        .Float("seconds", 120.0, 1.0, 1000.0, 0.01)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Audio(
        call.Get<long>("batch_size"), 64, Sizes.Round(call.Get<double>("seconds") * 48000 / 1920));
}
