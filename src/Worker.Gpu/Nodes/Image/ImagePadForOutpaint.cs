using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Grey borders to paint into, and the mask of them, fading into the image.</summary>
internal sealed class ImagePadForOutpaint : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("ImagePadForOutpaint", "Pad Image for Outpainting").In("image").Module("nodes")
        .Input("image", "IMAGE")
        .Int("left", 0, 0, 16384, 8)
        .Int("top", 0, 0, 16384, 8)
        .Int("right", 0, 0, 16384, 8)
        .Int("bottom", 0, 0, 16384, 8)
        .Int("feathering", 40, 0, 16384, 1, options: o => o.Advanced())
        .Output("IMAGE")
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        var images = call.Get<Tensor>("image");
        long left = call.Get<long>("left"), top = call.Get<long>("top"), right = call.Get<long>("right"), bottom = call.Get<long>("bottom");
        long h = images.shape[1], w = images.shape[2];
        var padded = full(TensorMemory.Require(images.shape[0], h + top + bottom, w + left + right, images.shape[3]), 0.5, ScalarType.Float32);
        padded.narrow(1, top, h).narrow(2, left, w).copy_(images);

        var mask = ones(1, h + top + bottom, w + left + right);
        var inside = mask.narrow(1, top, h).narrow(2, left, w);
        var feathering = call.Get<long>("feathering");
        if (feathering > 0 && feathering * 2 < h && feathering * 2 < w)
        {
            var rows = minimum(Distance(h, top, ascending: true), Distance(h, bottom, ascending: false)).unsqueeze(1);
            var columns = minimum(Distance(w, left, ascending: true), Distance(w, right, ascending: false)).unsqueeze(0);
            var distance = minimum(rows, columns);
            inside.copy_(((feathering - distance) / feathering).clamp_min(0).square());
        }
        else
        {
            inside.fill_(0);
        }
        return NodeResult.Of(padded, mask);
    }

    /// <summary>How far each place is from a side; the whole length where nothing is added there.</summary>
    private static Tensor Distance(long length, long added, bool ascending)
    {
        if (added == 0) return full(length, length, ScalarType.Float32);
        var ramp = arange(length, ScalarType.Float32);
        return ascending ? ramp : length - ramp;
    }
}
