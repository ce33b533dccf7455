using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Control;

/// <summary>A control network as nodes hand it around: what flows as CONTROL_NET. Its weights are loaded when it is first run.</summary>
public sealed class ControlNet
{
    private readonly ModelSlot<ControlNetModel> _slot;
    private readonly ScalarType _type;
    private readonly bool _takesVector;

    internal ControlNet(ModelSlot<ControlNetModel> slot, ScalarType type, bool takesVector)
    {
        _slot = slot;
        _type = type;
        _takesVector = takesVector;
    }

    /// <summary>File and part, for reports.</summary>
    public string Name => _slot.Name;

    /// <summary>The network with a picture, for a part of the walk.</summary>
    /// <param name="hint">The picture [B, H, W, 3], 0…1, which must outlive the result.</param>
    /// <param name="strength">Factor on what it adds.</param>
    /// <param name="startPercent">Fraction of the way at which it begins.</param>
    /// <param name="endPercent">Fraction of the way after which it no longer acts.</param>
    /// <param name="previous">Another control that acts together with it; null for none.</param>
    public IControl With(Tensor hint, float strength, double startPercent = 0, double endPercent = 1, IControl? previous = null) =>
        new Applied(this, hint, strength, startPercent, endPercent, previous);

    private sealed class Applied(ControlNet net, Tensor hint, float strength, double startPercent, double endPercent, IControl? previous) : IControl
    {
        private const int PixelsPerCell = 8;

        public ControlResiduals? Compute(ControlCall call)
        {
            var before = previous?.Compute(call);
            var table = call.Sampling.Table;
            if (call.Sigma > table.PercentToSigma(startPercent) || call.Sigma < table.PercentToSigma(endPercent)) return before;
            var own = net._slot.Run(network => Forward(network, call));
            return before is null ? own : ControlHints.Add(own, before);
        }

        private ControlResiduals Forward(ControlNetModel network, ControlCall call)
        {
            using var scope = NewDisposeScope();
            var (rows, height, width) = (call.X.shape[0], call.X.shape[2] * PixelsPerCell, call.X.shape[3] * PixelsPerCell);
            var picture = ControlHints.Fit(hint, network.HintChannels, rows, height, width).to(call.X.device);
            var x = call.Sampling.Prediction.ScaleInput(call.X, call.Sigma);
            var timesteps = full([rows], call.Sampling.Table.Timestep(call.Sigma), device: x.device);
            var residuals = network.Forward(x, picture, timesteps, new ModelInputs(call.Context, net._takesVector ? call.Y : null), net._type);
            return ControlHints.Scale(residuals, strength);
        }
    }
}
