using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels by one of the schedules of KSampler; never more than one beyond the steps.</summary>
internal sealed class BasicScheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("BasicScheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_custom_sampler")
        .Input("model", "MODEL")
        .Combo("scheduler", ["simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal", "linear_quadratic", "kl_optimal"])
        .Int("steps", 20, 1, 10000)
        .Float("denoise", 1.0, 0.0, 1.0, 0.01)
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call)
    {
        var steps = call.Get<int>("steps");
        var sigmas = StepRules.Sigmas(
            call.Get<IDiffusionModel>("model").Sampling.Table, call.Get<string>("scheduler"), sampler: "", steps, call.Get<double>("denoise"));
        return NodeResult.Of(tensor(sigmas[Math.Max(0, sigmas.Length - steps - 1)..]));
    }
}
