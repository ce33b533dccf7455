using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>
/// A part of a video: from <c>start_time</c> seconds (less than 0: before its end) for <c>duration</c> seconds (0: to its end).
/// A strict duration that the video does not have is an error.
/// </summary>
internal sealed class VideoSlice : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("Video Slice", "Video Slice").In("image/video").Module("comfy_extras.nodes_video")
        .More("essentials_category", "Video Tools")
        .Input("video", "VIDEO")
        .Float("start_time", 0.0, -1e5, 1e5, 0.001)
        .Float("duration", 0.0, min: 0.0, step: 0.001)
        .Boolean("strict_duration", false)
        .Output("VIDEO");

    protected override NodeResult Compute(NodeCall call)
    {
        var video = call.Get<Video>("video");
        var (rate, frames) = (video.Rate.Value, video.Images.shape[0]);
        var (start, duration) = (call.Get<double>("start_time"), call.Get<double>("duration"));
        if (start < 0) start = Math.Max(0, frames / rate + start);
        var first = (long)Math.Round(start * rate);
        if (first >= frames) throw NodeFailedException.ValueError($"start_time: {PythonValue.Str(start)} is not before the video's end at {PythonValue.Str(frames / rate)} seconds");
        var wanted = duration > 0 ? Math.Max(1, (long)Math.Round(Math.Min(duration * rate, long.MaxValue / 2))) : frames - first;
        if (call.Get<bool>("strict_duration") && first + wanted > frames)
            throw NodeFailedException.ValueError($"duration: the video has no {PythonValue.Str(duration)} seconds after {PythonValue.Str(start)}");
        var count = Math.Min(wanted, frames - first);
        return NodeResult.Of(video with { Images = video.Images.narrow(0, first, count).clone(), Sound = Cut(video.Sound, first / rate, count / rate) });
    }

    private static Audio? Cut(Audio? sound, double start, double duration)
    {
        if (sound is null) return null;
        var first = Math.Min((long)Math.Round(start * sound.SampleRate), sound.Length);
        var count = Math.Min((long)Math.Round(duration * sound.SampleRate), sound.Length - first);
        return sound with { Waveform = sound.Waveform.narrow(2, first, count).clone() };
    }
}
