using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Combines a mask with a part of another.</summary>
internal sealed class MaskComposite : TensorNode
{
    protected override void Define(NodeBuilder node) => node
        .Named("MaskComposite").In("mask").Module("comfy_extras.nodes_mask")
        .Input("destination", "MASK")
        .Input("source", "MASK")
        .Int("x", 0, 0, 16384, 1)
        .Int("y", 0, 0, 16384, 1)
        .Combo("operation", ["multiply", "add", "subtract", "and", "or", "xor"])
        .Output("MASK");

    protected override NodeResult Compute(NodeCall call)
    {
        Tensor destination = call.Get<Tensor>("destination"), source = call.Get<Tensor>("source");
        var result = destination.reshape(-1, destination.shape[^2], destination.shape[^1]).clone();
        source = source.reshape(-1, source.shape[^2], source.shape[^1]);
        long x = call.Get<long>("x"), y = call.Get<long>("y");
        long width = Math.Min(x + source.shape[2], result.shape[2]) - x, height = Math.Min(y + source.shape[1], result.shape[1]) - y;
        if (width > 0 && height > 0)
        {
            var target = result.narrow(1, y, height).narrow(2, x, width);
            target.copy_(Combine(target, source.narrow(1, 0, height).narrow(2, 0, width), call.Get<string>("operation")));
        }
        return NodeResult.Of(result.clamp(0, 1));
    }

    private static Tensor Combine(Tensor to, Tensor from, string operation) => operation switch
    {
        "multiply" => to * from,
        "add" => to + from,
        "subtract" => to - from,
        "and" => logical_and(Truth(to), Truth(from)).to(ScalarType.Float32),
        "or" => logical_or(Truth(to), Truth(from)).to(ScalarType.Float32),
        "xor" => logical_xor(Truth(to), Truth(from)).to(ScalarType.Float32),
        _ => throw NodeFailedException.ValueError($"operation: '{operation}' is not known"),
    };

    private static Tensor Truth(Tensor mask) => mask.round().to(ScalarType.Bool);
}
