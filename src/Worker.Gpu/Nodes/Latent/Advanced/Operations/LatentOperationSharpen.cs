using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Sharpens the directions of a latent, not its magnitudes.</summary>
internal sealed class LatentOperationSharpen : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("LatentOperationSharpen").In("latent/advanced/operations").Module("comfy_extras.nodes_latent")
        .Experimental()
        .Int("sharpen_radius", 9, 1, 31, 1, options: o => o.Advanced())
        .Float("sigma", 1.0, 0.1, 10.0, 0.1, options: o => o.Advanced())
        .Float("alpha", 0.1, 0.0, 5.0, 0.01, options: o => o.Advanced())
        .Output("LATENT_OPERATION");

    protected override NodeResult? Run(NodeCall call)
    {
        var (radius, sigma, alpha) = (call.Get<long>("sharpen_radius"), call.Get<double>("sigma"), call.Get<double>("alpha"));
        return NodeResult.Of(new LatentOperation(samples => Sharpen(samples, radius, sigma, alpha)));
    }

    private static Tensor Sharpen(Tensor samples, long radius, double sigma, double alpha)
    {
        if (samples.dim() != 4) throw NodeFailedException.RuntimeError($"samples: a latent of four dimensions is expected, not {samples.dim()}");
        var magnitude = samples.norm(1, keepdim: true, p: 2f) + 1e-6;
        var kernel = Gaussian.Sharpening(Gaussian.Kernel(radius, sigma), alpha);
        return Gaussian.ApplyPlanes(samples / magnitude, kernel, "sharpen_radius") * magnitude;
    }
}
