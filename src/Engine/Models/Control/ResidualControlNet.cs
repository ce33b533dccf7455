using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Control;

/// <summary>A ControlNet: a copy of the UNet's way down that reads picture, noisy latent and text.</summary>
/// <param name="slot">The network.</param>
/// <param name="type">The type it computes in.</param>
/// <param name="takesVector">Whether it takes the base model's vector conditioning.</param>
/// <param name="unionType">The kind of picture, for union networks; null leaves it to the network.</param>
internal sealed class ResidualControlNet(ModelSlot<ControlNetModel> slot, ScalarType type, bool takesVector, int? unionType = null) : ControlNet
{
    public override string Name => slot.Name;

    public override ControlNet OfType(int? picture) => new ResidualControlNet(slot, type, takesVector, picture);

    internal override ControlResiduals Forward(ControlCall call, Tensor hint) => slot.Run(network =>
    {
        var (rows, height, width) = (call.X.shape[0], call.X.shape[2] * PixelsPerCell, call.X.shape[3] * PixelsPerCell);
        var picture = ControlHints.Fit(hint, network.HintChannels, rows, height, width).to(call.X.device);
        var sampling = call.Model.Sampling;
        var x = sampling.Prediction.ScaleInput(call.X, call.Sigma);
        var timesteps = full([rows], sampling.Table.Timestep(call.Sigma), device: x.device);
        return network.Forward(x, picture, timesteps, new ModelInputs(call.Context, takesVector ? call.Y : null), type, unionType);
    });
}
