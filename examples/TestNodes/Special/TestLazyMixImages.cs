namespace Farm.TestNodes.Special;

/// <summary>Mixes two images by a mask and asks only for those that the mask lets through.</summary>
internal sealed class TestLazyMixImages : Node, ILazyNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestLazyMixImages), "Lazy Mix Images").In("Testing/Nodes")
        .Input("image1", "IMAGE", input => input.Lazy())
        .Input("image2", "IMAGE", input => input.Lazy())
        .Input("mask", "MASK")
        .Output("IMAGE");

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<string>> NeededInputsAsync(NodeCall call, CancellationToken cancel)
    {
        var (min, max) = Range(call.Get<Tensor>("mask"));
        List<string> needed = [];
        if (!call.Has("image1") && (min, max) is not (1, 1))
            needed.Add("image1");
        if (!call.Has("image2") && (min, max) is not (0, 0))
            needed.Add("image2");
        return ValueTask.FromResult<IReadOnlyList<string>>(needed);
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var mask = call.Get<Tensor>("mask");
        return Range(mask) switch
        {
            (0, 0) => NodeResult.Of(call.Value("image1")),
            (1, 1) => NodeResult.Of(call.Value("image2")),
            _ => NodeResult.Of(Tensors.Keep(() => Mix(call.Get<Tensor>("image1"), call.Get<Tensor>("image2"), mask))),
        };
    }

    private static Tensor Mix(Tensor first, Tensor second, Tensor mask)
    {
        if (mask.dim() == 2)
            mask = mask.unsqueeze(0);
        if (mask.dim() == 3)
            mask = mask.unsqueeze(-1);
        if (mask.shape[3] < first.shape[3])
            mask = mask.repeat(1, 1, 1, first.shape[3]);
        return first * (1 - mask) + second * mask;
    }

    private static (float Min, float Max) Range(Tensor mask)
    {
        using var min = mask.min();
        using var max = mask.max();
        return (min.item<float>(), max.item<float>());
    }
}
