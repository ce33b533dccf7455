using TorchSharp;

namespace Farm.BrokenPack;

/// <summary>Returns nothing where an output was promised.</summary>
internal sealed class ReturnsNothing() : TestNode(nameof(ReturnsNothing))
{
    protected override NodeResult? Run(NodeCall call) => null;
}

/// <summary>Promises a list and returns a number.</summary>
internal sealed class ReturnsNoList : Node
{
    protected override void Define(NodeBuilder node) => node.Named(nameof(ReturnsNoList)).In("tests").OutputNode().Output("INT", isList: true);

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(1L);
}

/// <summary>Promises an image and returns a text.</summary>
internal sealed class ReturnsText : Node
{
    protected override void Define(NodeBuilder node) => node.Named(nameof(ReturnsText)).In("tests").Output("IMAGE");

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of("no image");
}

/// <summary>Can be defined, but not be run: its constructor works once.</summary>
internal sealed class ConstructorThrowsLater : TestNode
{
    private static int _made;

    public ConstructorThrowsLater()
        : base(nameof(ConstructorThrowsLater))
    {
        if (Interlocked.Increment(ref _made) > 1)
            throw new InvalidOperationException("once was enough");
    }
}

/// <summary>Asks for one tensor that no machine holds.</summary>
internal sealed class AllocatesATensor() : TestNode(nameof(AllocatesATensor))
{
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(torch.ones(1L << 45));
}

/// <summary>Takes tensors until there is no memory.</summary>
internal sealed class AllocatesTensors() : TestNode(nameof(AllocatesTensors))
{
    protected override NodeResult Run(NodeCall call)
    {
        List<torch.Tensor> tensors = [];
        while (true)
            tensors.Add(torch.ones(1 << 23));
    }
}

/// <summary>Takes objects until there is no memory.</summary>
internal sealed class AllocatesObjects() : TestNode(nameof(AllocatesObjects))
{
    protected override NodeResult Run(NodeCall call)
    {
        List<byte[]> objects = [];
        while (true)
        {
            objects.Add(new byte[1 << 25]);
            Array.Fill(objects[^1], (byte)1);
        }
    }
}
