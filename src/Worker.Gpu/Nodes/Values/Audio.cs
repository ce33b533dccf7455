using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as AUDIO.</summary>
/// <param name="Waveform">fp32 [B, channels, samples], −1…1.</param>
/// <param name="SampleRate">Samples a second.</param>
internal sealed record Audio(Tensor Waveform, long SampleRate) : IValueParts
{
    /// <inheritdoc />
    public IEnumerable<object?> Parts => [Waveform];

    /// <summary>How many channels it has.</summary>
    public long Channels => Waveform.shape[1];

    /// <summary>How many samples each channel has.</summary>
    public long Length => Waveform.shape[2];

    /// <summary>The audio of a socket.</summary>
    /// <exception cref="NodeFailedException">There is none.</exception>
    public static Audio Of(NodeCall call, string input) =>
        call.Value(input) as Audio ?? throw NodeFailedException.ValueError($"{input}: there is no audio");
}
