using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A latent of silence for ACE-Step 1.0.</summary>
internal sealed class EmptyAceStepLatentAudio : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("EmptyAceStepLatentAudio", "Empty Ace Step 1.0 Latent Audio").In("latent/audio").Module("comfy_extras.nodes_ace")
        .Float("seconds", 120.0, 1.0, 1000.0, 0.1)
        .Int("batch_size", 1, 1, 4096)
        .Output("LATENT");

    protected override NodeResult Compute(NodeCall call) => EmptyLatents.Audio(
        call.Get<long>("batch_size"), 8, 16, (long)(call.Get<double>("seconds") * 44100 / 512 / 8));
}
