using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Images of one colour.</summary>
internal sealed class EmptyImage : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("EmptyImage", "EmptyImage").In("image").Module("nodes")
        .Int("width", 512, 1, 16384, 1)
        .Int("height", 512, 1, 16384, 1)
        .Int("batch_size", 1, 1, 4096)
        .Int("color", 0, 0, 16777215, 1, display: "color")
        .Output("IMAGE");

    protected override NodeResult Compute(NodeCall call)
    {
        long width = call.Get<long>("width"), height = call.Get<long>("height"), batch = call.Get<long>("batch_size"), colour = call.Get<long>("color");
        var shape = TensorMemory.Require(batch, height, width, 3);
        var channels = tensor(new[] { (colour >> 16) & 0xFF, (colour >> 8) & 0xFF, colour & 0xFF }, ScalarType.Float32) / 255;
        return NodeResult.Of(channels.expand(shape).contiguous());
    }
}
