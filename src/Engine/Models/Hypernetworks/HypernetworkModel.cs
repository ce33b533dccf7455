using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Hypernetworks;

/// <summary>What a hypernetwork file says of itself besides its weights.</summary>
/// <param name="Activation">Name of the activation between its layers.</param>
/// <param name="ActivatesOutput">Whether the last layer is activated too.</param>
internal sealed record HypernetworkOptions(string Activation, bool ActivatesOutput)
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Known = new(StringComparer.Ordinal)
    {
        ["linear"] = x => x,
        ["relu"] = x => nn.functional.relu(x),
        ["leakyrelu"] = x => nn.functional.leaky_relu(x, 0.01),
        ["elu"] = x => nn.functional.elu(x, 1.0),
        ["swish"] = x => nn.functional.hardswish(x), // the trainers' name for it
        ["tanh"] = x => x.tanh(),
        ["sigmoid"] = x => x.sigmoid(),
        ["softsign"] = x => x / (x.abs() + 1),
        ["mish"] = x => nn.functional.mish(x),
    };

    /// <summary>The activation.</summary>
    public Func<Tensor, Tensor> Activate { get; } = Known.TryGetValue(Activation, out var known)
        ? known
        : throw new WeightsFormatException($"the hypernetwork's activation_func '{Activation}' is not known ({string.Join(", ", Known.Keys)} are)");

    /// <summary>Reads the options; null where the file says nothing, so that it is no hypernetwork.</summary>
    public static HypernetworkOptions? Read(StateDict file) => file.Values.GetValueOrDefault("activation_func") is string activation
        ? new HypernetworkOptions(activation, file.Values.GetValueOrDefault("activate_output") is true)
        : null;
}

/// <summary>Small networks that change what cross attention's keys and values are made from, one pair for each width.</summary>
internal sealed class HypernetworkModel : IDisposable
{
    private readonly NetworkWeights _weights;
    private readonly Dictionary<long, (Chain Keys, Chain Values)> _pairs = [];

    /// <summary>Wires the networks over weights named <c>width.side.layer</c>, which it owns from here on.</summary>
    public HypernetworkModel(NetworkWeights weights, IEnumerable<string> names, HypernetworkOptions options)
    {
        _weights = weights;
        var root = new WeightScope(weights);
        foreach (var pair in names.Where(name => name.EndsWith(".weight", StringComparison.Ordinal)).GroupBy(name => name.Split('.')[0], StringComparer.Ordinal))
        {
            if (!long.TryParse(pair.Key, out var width)) continue;
            _pairs[width] = (Wire(pair, "0"), Wire(pair, "1"));
        }
        if (_pairs.Count == 0) throw new WeightsFormatException("the hypernetwork has no layers under a width (320, 640, 768, …)");

        Chain Wire(IGrouping<string, string> pair, string side)
        {
            var prefix = $"{pair.Key}.{side}.";
            return new Chain(root.At($"{pair.Key}.{side}"), [.. pair.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..^".weight".Length])], options);
        }
    }

    /// <summary>Keys and values with their changes; the same where no pair is for their width.</summary>
    public (Tensor Keys, Tensor Values) Apply(Tensor keys, Tensor values, float strength) => _pairs.TryGetValue(keys.shape[^1], out var pair)
        ? (keys + pair.Keys.Forward(keys) * strength, values + pair.Values.Forward(values) * strength)
        : (keys, values);

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _weights.Dispose();

    /// <summary>Linear layers in the order they are stored, each with its activation and the norm stored behind it.</summary>
    private sealed class Chain
    {
        private readonly List<(Linear Linear, LayerNorm? Norm)> _layers = [];
        private readonly HypernetworkOptions _options;

        public Chain(WeightScope scope, IReadOnlyList<string> names, HypernetworkOptions options)
        {
            _options = options;
            foreach (var name in names)
            {
                if (scope.DimensionsOf(name) == 1) _layers[^1] = _layers[^1] with { Norm = scope.LayerNorm(name) };
                else _layers.Add((scope.Linear(name), null));
            }
        }

        public Tensor Forward(Tensor x)
        {
            for (var i = 0; i < _layers.Count; i++)
            {
                x = _layers[i].Linear.Forward(x);
                if (i < _layers.Count - 1 || _options.ActivatesOutput) x = _options.Activate(x);
                x = _layers[i].Norm?.Forward(x) ?? x;
            }
            return x;
        }
    }
}
