using Farm.Engine.Models.Vae;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Conditionings for a network that edits a picture by instruction.</summary>
internal sealed class InstructPixToPixConditioning : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("InstructPixToPixConditioning").In("conditioning/instructpix2pix").Module("comfy_extras.nodes_ip2p")
        .Input("positive", "CONDITIONING")
        .Input("negative", "CONDITIONING")
        .Input("vae", "VAE")
        .Input("pixels", "IMAGE")
        .Output("CONDITIONING", "positive")
        .Output("CONDITIONING", "negative")
        .Output("LATENT", "latent");

    protected override NodeResult Compute(NodeCall call)
    {
        var vae = call.Get<VaeModel>("vae");
        var joined = vae.Encode(call.Get<Tensor>("pixels"));
        var option = (ConditioningItem.ConcatLatent, (object?)joined);
        return NodeResult.Of(call.Get<Conditioning>("positive").With(option), call.Get<Conditioning>("negative").With(option), new Latent(zeros_like(joined)));
    }
}
