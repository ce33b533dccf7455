using System.Globalization;
using System.Text.RegularExpressions;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Inputs of the nodes that leave out layers.</summary>
internal static partial class SkippedLayers
{
    /// <summary>The guidance that a call asks for.</summary>
    /// <param name="call">The call, with <c>model</c>, <c>start_percent</c> and <c>end_percent</c>.</param>
    /// <param name="doubles">The input that lists double blocks.</param>
    /// <param name="singles">The input that lists single blocks; null where there is none.</param>
    public static SkipLayerGuidance Read(NodeCall call, string doubles, string? singles = null)
    {
        var table = call.Get<DiffusionModel>("model").Sampling.Table;
        return new SkipLayerGuidance(
            new SkippedBlocks(Numbers(call, doubles), singles is null ? [] : Numbers(call, singles)),
            table.PercentToSigma(call.Get<double>("start_percent")),
            table.PercentToSigma(call.Get<double>("end_percent")));
    }

    /// <summary>The numbers in a text, whatever parts them.</summary>
    private static int[] Numbers(NodeCall call, string input) => [.. Digits().Matches(call.Get<string>(input)).Select(match =>
        int.TryParse(match.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw NodeFailedException.RuntimeError($"{input}: {match.Value} is no layer's number; numbers are at most {int.MaxValue}"))];

    [GeneratedRegex("[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Digits();
}
