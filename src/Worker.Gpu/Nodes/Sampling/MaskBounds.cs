using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>The area of a conditioning that is to look at no more than what its mask touches.</summary>
internal static class MaskBounds
{
    /// <summary>The smallest area that holds every cell the mask touches; null, for everywhere, where it touches none or the whole area is wanted.</summary>
    /// <param name="item">The conditioning.</param>
    /// <param name="height">Rows of the latent.</param>
    /// <param name="width">Its columns.</param>
    public static LatentArea? Of(ConditioningItem item, long height, long width)
    {
        if (item.Options.GetValueOrDefault("set_area_to_bounds") is not true || item.Options.GetValueOrDefault("mask") is not Tensor mask) return null;
        using var scope = NewDisposeScope();
        long[] frames = [0, 1], places = [0];
        var touched = Pasting.Stretch(Batches.MaskPlanes(mask), height, width).abs().amax(frames).gt(0).nonzero();
        if (touched.shape[0] == 0) return null;
        long[] first = touched.amin(places).data<long>().ToArray(), last = touched.amax(places).data<long>().ToArray();
        return new LatentArea(last[0] - first[0] + 1, last[1] - first[1] + 1, first[0], first[1]);
    }
}
