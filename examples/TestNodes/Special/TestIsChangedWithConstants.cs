namespace Farm.TestNodes.Special;

/// <summary>An image times a value. Its fingerprint sees the value, and never the image, which is linked.</summary>
internal sealed class TestIsChangedWithConstants : Node, IFingerprintedNode
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestIsChangedWithConstants), "IsChanged With Constants").In("Testing/Nodes")
        .Input("image", "IMAGE")
        .Float("value", 1, 0, 10)
        .Output("IMAGE");

    /// <inheritdoc />
    public ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel)
    {
        var value = call.Get<double>("value");
        if (call.Value("image") is not Tensor image)
            return ValueTask.FromResult<object?>(value);
        using var mean = image.mean();
        return ValueTask.FromResult<object?>(mean.item<float>() * value);
    }

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call) => NodeResult.Of(call.Get<Tensor>("image").mul(call.Get<double>("value")));
}
