using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Asks a network for what an image shows.</summary>
internal sealed class UnClipConditioning : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("unCLIPConditioning", "unCLIPConditioning").In("conditioning").Module("nodes")
        .Input("conditioning", "CONDITIONING")
        .Input("clip_vision_output", "CLIP_VISION_OUTPUT")
        .Float("strength", 1.0, -10.0, 10.0, 0.01)
        .Float("noise_augmentation", 0.0, 0.0, 1.0, 0.01)
        .Output("CONDITIONING");

    protected override NodeResult Compute(NodeCall call)
    {
        var conditioning = call.Get<Conditioning>("conditioning");
        if (call.Get<float>("strength") == 0) return NodeResult.Of(conditioning);
        var embeds = call.Get<VisionOutput>("clip_vision_output").Encoding.Embeds ?? throw NodeFailedException.ValueError("clip_vision_output: the image tower gives no summary of an image, which this node needs.");
        var images = Enumerable.Range(0, (int)embeds.shape[0]).Select(i => new ImagePrompt(embeds.narrow(0, i, 1), call.Get<float>("strength"), call.Get<double>("noise_augmentation")));
        return NodeResult.Of(new Conditioning([.. conditioning.Items.Select(item => item.With((AskedImages.Option, AskedImages.Of(item).With(images))))]));
    }
}
