using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Puts levels between those that lie in a range.</summary>
internal sealed class ExtendIntermediateSigmas : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("ExtendIntermediateSigmas").In("sampling/custom_sampling/sigmas").Module("comfy_extras.nodes_custom_sampler")
        .Input("sigmas", "SIGMAS")
        .Int("steps", 2, 1, 100)
        .Float("start_at_sigma", -1.0, -1.0, 20000.0, 0.01, options: o => o.Set("round", false))
        .Float("end_at_sigma", 12.0, 0.0, 20000.0, 0.01, options: o => o.Set("round", false))
        .Combo("spacing", ["linear", "cosine", "sine"])
        .Output("SIGMAS");

    protected override NodeResult Compute(NodeCall call)
    {
        var sigmas = call.Get<Tensor>("sigmas").cpu().data<float>().ToArray();
        var (start, end) = (call.Get<double>("start_at_sigma"), call.Get<double>("end_at_sigma"));
        if (start < 0) start = double.PositiveInfinity;
        var spacing = call.Get<string>("spacing");
        var (steps, places) = (call.Get<int>("steps"), new List<float>());
        for (var i = 0; i < sigmas.Length; i++)
        {
            places.Add(sigmas[i]);
            if (i + 1 == sigmas.Length || sigmas[i] > start || sigmas[i] < end) continue;
            for (var k = 1; k < steps; k++) places.Add((float)(sigmas[i] + (sigmas[i + 1] - sigmas[i]) * Curve(spacing, (double)k / steps)));
        }
        return NodeResult.Of(tensor(places.ToArray()));
    }

    private static double Curve(string spacing, double share) => spacing switch
    {
        "cosine" => Math.Sin(share * Math.PI / 2),
        "sine" => 1 - Math.Cos(share * Math.PI / 2),
        _ => share,
    };
}
