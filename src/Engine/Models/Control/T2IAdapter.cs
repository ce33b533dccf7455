using Farm.Engine.Memory;
using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Control;

/// <summary>A T2I adapter, which reads the picture alone.</summary>
/// <param name="slot">The network.</param>
/// <param name="type">The type it computes in.</param>
internal sealed class T2IAdapter(ModelSlot<T2IAdapterModel> slot, ScalarType type) : ControlNet
{
    public override string Name => slot.Name;

    internal override ControlResiduals Forward(ControlCall call, Tensor hint) => slot.Run(network =>
    {
        var fold = network.Fold;
        var (rows, height, width) = (call.X.shape[0], Whole(call.X.shape[2] * PixelsPerCell, fold), Whole(call.X.shape[3] * PixelsPerCell, fold));
        var picture = network.Channels == 1 && hint.shape[3] > 1 ? hint.mean([3L], keepdim: true) : hint;
        return network.Forward(ControlHints.Fit(picture, network.Channels, rows, height, width).to(type, call.X.device));
    });

    private static long Whole(long side, int fold) => (side + fold - 1) / fold * fold;
}
