using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Gives images the colours of others, by their statistics in L*a*b* or by their histograms.</summary>
internal sealed class ColorTransfer : TensorNode
{
    private const int Levels = 256;

    protected override void Define(NodeBuilder node) => node
        .Named("ColorTransfer").In("image/postprocessing").Module("comfy_extras.nodes_post_processing")
        .Input("image_target", "IMAGE")
        .Combo("method", ["reinhard_lab", "mkl_lab", "histogram"])
        .DynamicCombo("source_stats", [
            ("per_frame", _ => { }),
            ("uniform", _ => { }),
            ("target_frame", inputs => inputs.Int("target_index", 0, 0, 10000)),
        ])
        .Float("strength", 1.0, 0.0, 10.0, 0.01)
        .OptionalInputs()
        .Input("image_ref", "IMAGE")
        .Output("IMAGE", "image");

    protected override NodeResult Compute(NodeCall call)
    {
        var target = call.Get<Tensor>("image_target");
        var strength = call.Get<double>("strength");
        if (call.GetOptional<Tensor>("image_ref") is not { } reference || strength == 0) return NodeResult.Of(target);
        var frames = new Frames(call.Get<IReadOnlyDictionary<string, object?>>("source_stats"), target.shape[0], reference.shape[0]);
        Tensor colours = Colours(target, "image_target"), wanted = Colours(reference, "image_ref");
        var method = call.Get<string>("method");
        var result = method switch
        {
            "reinhard_lab" => InLab((from, to, frame) => from.Rescale(frame, to)),
            "mkl_lab" => InLab((from, to, frame) => from.Transport(frame, to)),
            "histogram" => Mix(colours, frames.Map(colours, wanted, Levelled)),
            _ => throw NodeFailedException.ValueError($"method: '{method}' is not known"),
        };
        return NodeResult.Of(result.clamp(0, 1).view(target.shape[0], 3, target.shape[1], target.shape[2]).movedim([1], [-1]).contiguous());

        Tensor InLab(Func<ColourStatistics, ColourStatistics, Tensor, Tensor> move)
        {
            var lab = LabColours.FromRgb(colours);
            return LabColours.ToRgb(Mix(lab, frames.Map(lab, LabColours.FromRgb(wanted), (from, to, frame) =>
                move(ColourStatistics.Of(from), ColourStatistics.Of(to), frame))));
        }

        Tensor Mix(Tensor before, Tensor after) => strength == 1 ? after : before + (after - before) * strength;
    }

    /// <summary>Red, green and blue as [B, 3, N].</summary>
    private static Tensor Colours(Tensor images, string input) => images.shape[3] >= 3
        ? images.narrow(-1, 0, 3).movedim([-1], [1]).reshape(images.shape[0], 3, -1)
        : throw NodeFailedException.ValueError($"{input}: three channels are needed");

    /// <summary>Histogram matching, each channel alone.</summary>
    private static Tensor Levelled(Tensor from, Tensor to, Tensor frame)
    {
        var result = empty_like(frame);
        for (var channel = 0; channel < 3; channel++)
        {
            double[] source = Cumulated(from.select(1, channel)), reference = Cumulated(to.select(1, channel));
            var table = source.Select(share => Math.Min(Array.FindIndex(reference, level => level >= share) is var at and >= 0 ? at : Levels, Levels - 1) / 255f).ToArray();
            result.select(1, channel).copy_(tensor(table)[Bins(frame.select(1, channel))]);
        }
        return result;
    }

    private static double[] Cumulated(Tensor values)
    {
        var counts = Bins(values).flatten().bincount(weights: null, minlength: Levels).data<long>().ToArray();
        var sum = 0L;
        return [.. counts.Select(count => (sum += count) / (double)values.numel())];
    }

    private static Tensor Bins(Tensor values) => (values * 255).to(ScalarType.Int64).clamp(0, Levels - 1);

    /// <summary>Which frames' colours stand for which.</summary>
    private sealed class Frames(IReadOnlyDictionary<string, object?> choice, long count, long references)
    {
        private readonly string _kind = choice.GetValueOrDefault("source_stats") as string ?? "per_frame";

        /// <summary>Moves every frame by what its source and its reference are.</summary>
        public Tensor Map(Tensor colours, Tensor wanted, Func<Tensor, Tensor, Tensor, Tensor> move)
        {
            if (_kind == "uniform") return move(colours, wanted, colours);
            if (_kind == "target_frame") return move(colours.narrow(0, Math.Min(TargetIndex, count - 1), 1), wanted, colours);
            return cat([.. Batches.Range(0, count).Select(i =>
            {
                var frame = colours.narrow(0, i, 1);
                return move(frame, wanted.narrow(0, Math.Min(i, references - 1), 1), frame);
            })]);
        }

        private long TargetIndex => choice.GetValueOrDefault("target_index") is long index and >= 0
            ? index
            : throw NodeFailedException.ValueError("source_stats.target_index: a number from 0 is expected");
    }
}
