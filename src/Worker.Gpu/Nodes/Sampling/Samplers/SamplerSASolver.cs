using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>SA-Solver with its noise in a window of the walk.</summary>
internal sealed class SamplerSASolver : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("SamplerSASolver").In("sampling/custom_sampling/samplers").Module("comfy_extras.nodes_custom_sampler")
        .Input("model", "MODEL")
        .Float("eta", 1.0, 0.0, 10.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Float("sde_start_percent", 0.2, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Float("sde_end_percent", 0.8, 0.0, 1.0, 0.001, options: o => o.Advanced())
        .Float("s_noise", 1.0, 0.0, 100.0, 0.01, options: o => o.Advanced().Set("round", false))
        .Int("predictor_order", 3, 1, 6, options: o => o.Advanced())
        .Int("corrector_order", 4, 0, 6, options: o => o.Advanced())
        .Boolean("use_pece", options: o => o.Advanced())
        .Boolean("simple_order_2", options: o => o.Advanced())
        .Output("SAMPLER");

    protected override NodeResult? Run(NodeCall call)
    {
        var table = call.Get<IDiffusionModel>("model").Sampling.Table;
        var (start, end) = (table.PercentToSigma(call.Get<double>("sde_start_percent")), table.PercentToSigma(call.Get<double>("sde_end_percent")));
        var eta = call.Get<float>("eta");
        return NodeResult.Of(new SaSolver
        {
            PredictorOrder = call.Get<int>("predictor_order"),
            CorrectorOrder = call.Get<int>("corrector_order"),
            Pece = call.Get("use_pece", false),
            SimpleOrder2 = call.Get("simple_order_2", false),
            NoiseScale = call.Get<float>("s_noise"),
            Tau = sigma => sigma <= start && sigma >= end ? eta : 0,
        });
    }
}
