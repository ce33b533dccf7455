namespace Farm.Engine.Generated;

/// <summary>Collects the tensors of a network's layers under their checkpoint keys, with the scales that generated weights use.</summary>
internal sealed class TensorListing
{
    private const float BiasScale = 0.02f;
    private const float NormScale = 0.1f;
    private const float EmbeddingScale = 0.03f;

    private readonly List<GeneratedTensor> _tensors = [];

    /// <summary>In the order they were added.</summary>
    public IEnumerable<GeneratedTensor> AsAdded => _tensors;

    /// <summary>In the order of their names' code units, as the manifests list networks.</summary>
    public IEnumerable<GeneratedTensor> ByName => _tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal);

    public void Linear(string name, long input, long output, bool bias = true) => Weighted(name, [output, input], bias);

    public void Conv(string name, long input, long output, int kernel = 3, double gain = 1) => Weighted(name, [output, input, kernel, kernel], bias: true, gain);

    public void Norm(string name, long channels)
    {
        _tensors.Add(new GeneratedTensor(name + ".weight", [channels], NormScale, 1));
        Bias(name, channels);
    }

    public void Embedding(string name, long count, long width) => _tensors.Add(new GeneratedTensor(name + ".weight", [count, width], EmbeddingScale, 0));

    public void Counting(string name, long count) => _tensors.Add(new GeneratedTensor(name, [1, count], 0, 0, Counting: true));

    private void Weighted(string name, long[] shape, bool bias, double gain = 1)
    {
        var fanIn = shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        _tensors.Add(new GeneratedTensor(name + ".weight", shape, GeneratedTensor.VarianceScale(fanIn, gain), 0));
        if (bias) Bias(name, shape[0]);
    }

    private void Bias(string name, long count) => _tensors.Add(new GeneratedTensor(name + ".bias", [count], BiasScale, 0));
}
