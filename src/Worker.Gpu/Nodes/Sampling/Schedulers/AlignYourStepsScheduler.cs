using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels of Align Your Steps.</summary>
internal sealed class AlignYourStepsScheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("AlignYourStepsScheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_align_your_steps")
        .Combo("model_type", ["SD1", "SDXL", "SVD"])
        .Int("steps", 10, 1, 10000)
        .Float("denoise", 1.0, 0.0, 1.0, 0.01)
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(tensor(
        PublishedSchedules.AlignYourSteps(call.Get<string>("model_type"), call.Get<int>("steps"), call.Get<double>("denoise"))));
}
