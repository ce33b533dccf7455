using Farm.Engine.Weights;

namespace Farm.Engine.Models.Upscalers;

/// <summary>An upscaler that was recognised.</summary>
/// <param name="Kind">Which it is.</param>
/// <param name="Weights">Its tensors under its network's names.</param>
/// <param name="Wire">Wires the network over them.</param>
internal sealed record RecognisedUpscaler(string Kind, StateDict Weights, Func<NetworkWeights, IUpscaleNetwork> Wire);

/// <summary>Which upscaler a file holds, told by tensor names.</summary>
internal static class UpscalerKinds
{
    /// <summary>What training code puts around a network's names.</summary>
    private static readonly string[] Wrappers = ["params_ema.", "params.", "module."];

    private static readonly (string Name, Func<StateDict, StateDict?> Find, Func<NetworkWeights, IUpscaleNetwork> Wire)[] Kinds =
    [
        ("ESRGAN", EsrganKeys.Normalise, weights => new RRDBNet(weights)),
        ("SwinIR", file => SwinIR.Matches(file) ? file : null, SwinIR.Wire),
        ("HAT", file => Hat.Matches(file) ? file : null, Hat.Wire),
        ("DAT", file => Dat.Matches(file) ? file : null, Dat.Wire),
    ];

    /// <summary>The kinds there are, for messages.</summary>
    public static string Names => string.Join(", ", Kinds.Select(kind => kind.Name));

    /// <summary>The upscaler; null for another file.</summary>
    public static RecognisedUpscaler? Recognise(StateDict file)
    {
        foreach (var wrapper in Wrappers)
        {
            if (file.HasPrefix(wrapper)) file = file.Under(wrapper);
        }
        return Kinds.Select(kind => kind.Find(file) is { } weights ? new RecognisedUpscaler(kind.Name, weights, kind.Wire) : null).FirstOrDefault(found => found is not null);
    }
}
