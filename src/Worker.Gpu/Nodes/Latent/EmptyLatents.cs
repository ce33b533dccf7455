using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Latents of zeros.</summary>
internal static class EmptyLatents
{
    /// <summary>For images of the call's width, height and batch_size.</summary>
    /// <param name="call">The node's call.</param>
    /// <param name="channels">Latent channels.</param>
    /// <param name="downscale">Pixels per latent cell.</param>
    /// <param name="withRatio">Whether the latent says how many pixels a cell stands for.</param>
    public static NodeResult Image(NodeCall call, long channels, long downscale, bool withRatio = false) =>
        Of(withRatio ? downscale : null, call.Get<long>("batch_size"), channels, call.Get<long>("height") / downscale, call.Get<long>("width") / downscale);

    /// <summary>For videos of the call's width, height, length and batch_size; the first frame stands alone, the others in groups.</summary>
    /// <param name="call">The node's call.</param>
    /// <param name="channels">Latent channels.</param>
    /// <param name="downscale">Pixels per latent cell.</param>
    /// <param name="group">Frames per latent frame.</param>
    /// <param name="withRatio">Whether the latent says how many pixels a cell stands for.</param>
    public static NodeResult Video(NodeCall call, long channels, long downscale, long group, bool withRatio = false)
    {
        var frames = (long)Math.Floor((call.Get<long>("length") - 1) / (double)group) + 1;
        return Of(withRatio ? downscale : null, call.Get<long>("batch_size"), channels, frames, call.Get<long>("height") / downscale, call.Get<long>("width") / downscale);
    }

    /// <summary>For sound.</summary>
    public static NodeResult Audio(params long[] shape)
    {
        var latent = new Latent(zeros(TensorMemory.Require(shape)));
        return NodeResult.Of(latent with { More = latent.More.Add("type", "audio") });
    }

    private static NodeResult Of(long? ratio, params long[] shape)
    {
        var latent = new Latent(zeros(TensorMemory.Require(shape)));
        return NodeResult.Of(ratio is { } cells ? latent with { More = latent.More.Add("downscale_ratio_spacial", cells) } : latent);
    }
}
