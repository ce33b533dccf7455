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

/// <summary>Returns a text where it promised an image, and shows what JSON does not know.</summary>
internal sealed class ShowsAnObject() : TestNode(nameof(ShowsAnObject))
{
    protected override NodeResult Run(NodeCall call) => NodeResult.WithUi(new UiOutput().Add("text", new object[] { new() }), "no number");
}

/// <summary>Takes tensors until there is no memory.</summary>
internal sealed class AllocatesTensors() : TestNode(nameof(AllocatesTensors))
{
    protected override NodeResult Run(NodeCall call)
    {
        using var scope = torch.NewDisposeScope();
        List<torch.Tensor> tensors = [];
        while (true)
            tensors.Add(torch.ones(1L << 40));
    }
}

/// <summary>Takes objects until there is no memory.</summary>
internal sealed class AllocatesObjects() : TestNode(nameof(AllocatesObjects))
{
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(new long[int.MaxValue / 2, 1 << 20].LongLength);
}
