namespace Farm.TestNodes.Support;

/// <summary>What the nodes of custom validation do: check two inputs for images or floats, and multiply them.</summary>
internal static class FloatProduct
{
    /// <summary>The reason why a literal among the inputs is neither an image nor a float; null when none is.</summary>
    public static string? WrongLiteral(NodeCall call) =>
        (from name in (string[])["input1", "input2"]
         let value = call.Value(name)
         where value is not (null or double or Tensor)
         select $"Invalid type of {name}: <class '{PythonValue.TypeName(value)}'>").FirstOrDefault();

    /// <summary>The verdict for a reason.</summary>
    public static ValueTask<InputVerdict> Verdict(string? reason) =>
        ValueTask.FromResult(reason is null ? InputVerdict.Valid : InputVerdict.Invalid(reason));

    /// <summary>The product: an image of the product of two floats, or a product with an image.</summary>
    public static NodeResult Run(NodeCall call) => NodeResult.Of((call.Value("input1"), call.Value("input2")) switch
    {
        (Tensor first, Tensor second) => first.mul(second),
        (Tensor image, _) => image.mul(call.Get<double>("input2")),
        (_, Tensor image) => image.mul(call.Get<double>("input1")),
        _ => Tensors.ConstantImage(call.Get<double>("input1") * call.Get<double>("input2")),
    });
}
