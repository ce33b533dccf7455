using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels of Optimal Steps.</summary>
internal sealed class OptimalStepsScheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("OptimalStepsScheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_optimalsteps")
        .Combo("model_type", ["FLUX", "Wan", "Chroma"])
        .Int("steps", 20, 3, 1000)
        .Float("denoise", 1.0, 0.0, 1.0, 0.01)
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call) => NodeResult.Of(tensor(
        PublishedSchedules.OptimalSteps(call.Get<string>("model_type"), call.Get<int>("steps"), call.Get<double>("denoise"))));
}
