using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>The last few tensors of a multistep method, newest first; older ones are freed.</summary>
internal sealed class TensorHistory(SamplingRun run, int capacity)
{
    private readonly List<Tensor> _items = [];

    public int Count => _items.Count;

    public Tensor this[int age] => _items[age];

    public void Push(Tensor value)
    {
        _items.Insert(0, run.Keep(value.alias()));
        if (_items.Count <= capacity) return;
        _items[capacity].Dispose();
        _items.RemoveAt(capacity);
    }

    /// <summary>Puts a value in the place of the newest.</summary>
    public void ReplaceNewest(Tensor value)
    {
        _items[0].Dispose();
        _items[0] = run.Keep(value.alias());
    }
}
