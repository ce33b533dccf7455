using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Noise levels of GITS.</summary>
internal sealed class GITSScheduler : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("GITSScheduler").In("sampling/custom_sampling/schedulers").Module("comfy_extras.nodes_gits")
        .Float("coeff", 1.2, 0.8, 1.5, 0.05, options: o => o.Advanced())
        .Int("steps", 10, 2, 1000)
        .Float("denoise", 1.0, 0.0, 1.0, 0.01)
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call)
    {
        var (coefficient, steps) = (call.Get<double>("coeff"), call.Get<int>("steps"));
        try
        {
            return NodeResult.Of(tensor(PublishedSchedules.Gits(coefficient, steps, call.Get<double>("denoise"))));
        }
        catch (ArgumentException error)
        {
            throw new NodeFailedException("KeyError", $"coeff {coefficient} with {steps} steps: the coefficients are 0.80 to 1.50 in steps of 0.05, from 2 steps on", error);
        }
    }
}
