namespace Farm.Engine.Models.Layers;

/// <summary>
/// A part of a network that runs as one. Its weights stay loaded where the network has room for them; else they are brought in from the file for
/// each pass and go after it, so that a network larger than the memory for models runs with the room of one block.
/// </summary>
/// <param name="weights">The part's weights.</param>
/// <param name="wire">Wires its layers.</param>
internal sealed class Block<T>(WeightScope weights, Func<WeightScope, T> wire) where T : class
{
    private readonly T? _kept = weights.Weights.Keeps(weights.Prefix) ? wire(weights) : null;

    /// <summary>Runs work with the layers, which are not to be used after it.</summary>
    public TResult Run<TResult>(Func<T, TResult> work)
    {
        if (_kept is not null) return work(_kept);
        using var passing = weights.Weights.Again();
        return work(wire(weights with { Weights = passing }));
    }

    /// <summary>Runs work with the layers, which are not to be used after it.</summary>
    public void Run(Action<T> work) => Run(layers =>
    {
        work(layers);
        return true;
    });
}
