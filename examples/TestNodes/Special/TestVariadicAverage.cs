namespace Farm.TestNodes.Special;

/// <summary>The mean of any number of images: input1, and input2, input3, … which it does not declare.</summary>
internal sealed class TestVariadicAverage : Node
{
    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestVariadicAverage), "Variadic Average").In("Testing/Nodes")
        .Input("input1", "IMAGE")
        .Output("IMAGE");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        List<Tensor> images = [call.Get<Tensor>("input1")];
        for (var i = 2; call.Names.Contains($"input{i}"); i++)
            images.Add(call.Get<Tensor>($"input{i}"));
        return NodeResult.Of(Tensors.Mean(images));
    }
}
