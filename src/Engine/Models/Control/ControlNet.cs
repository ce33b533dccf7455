using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Control;

/// <summary>A network that steers a UNet by a picture, as nodes hand it around: what flows as CONTROL_NET. Its weights are loaded when it is first run.</summary>
public abstract class ControlNet
{
    /// <summary>Pixels of a picture per latent cell along a side.</summary>
    internal const int PixelsPerCell = 8;

    /// <summary>File and part, for reports.</summary>
    public abstract string Name { get; }

    /// <summary>The network with a picture, for a part of the walk.</summary>
    /// <param name="hint">The picture [B, H, W, 3], 0…1, which must outlive the result.</param>
    /// <param name="strength">Factor on what it adds.</param>
    /// <param name="startPercent">Fraction of the way at which it begins.</param>
    /// <param name="endPercent">Fraction of the way after which it no longer acts.</param>
    /// <param name="previous">Another control that acts together with it; null for none.</param>
    public IControl With(Tensor hint, float strength, double startPercent = 0, double endPercent = 1, IControl? previous = null) =>
        new Applied(this, hint, strength, startPercent, endPercent, previous);

    /// <summary>The same for one of the kinds of pictures that a union network knows; others have one kind and stay the same.</summary>
    /// <param name="type">The kind's number; null lets the network tell by itself.</param>
    public virtual ControlNet OfType(int? type) => this;

    /// <summary>What it adds to a pass, at strength 1, in the current scope.</summary>
    internal abstract ControlResiduals Forward(ControlCall call, Tensor hint);

    private sealed class Applied(ControlNet net, Tensor hint, float strength, double startPercent, double endPercent, IControl? previous) : IControl
    {
        public ControlResiduals? Compute(ControlCall call)
        {
            var before = previous?.Compute(call);
            var table = call.Model.Sampling.Table;
            if (call.Sigma > table.PercentToSigma(startPercent) || call.Sigma < table.PercentToSigma(endPercent)) return before;
            var own = Scaled(call);
            return before is null ? own : ControlHints.Add(own, before);
        }

        private ControlResiduals Scaled(ControlCall call)
        {
            using var scope = NewDisposeScope();
            return ControlHints.Scale(net.Forward(call, hint), strength);
        }
    }
}
