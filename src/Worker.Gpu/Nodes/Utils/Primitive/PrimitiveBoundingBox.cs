using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>A rectangle.</summary>
internal sealed class PrimitiveBoundingBox : Node
{
    protected override void Define(NodeBuilder node) => node
        .Named("PrimitiveBoundingBox", "Bounding Box").In("utils/primitive").Module("comfy_extras.nodes_images")
        .Int("x", 0, 0, 16384)
        .Int("y", 0, 0, 16384)
        .Int("width", 512, 1, 16384)
        .Int("height", 512, 1, 16384)
        .Output("BOUNDING_BOX");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(new OrderedDictionary<string, object?>
    {
        ["x"] = call.Value("x"),
        ["y"] = call.Value("y"),
        ["width"] = call.Value("width"),
        ["height"] = call.Value("height"),
    });
}
