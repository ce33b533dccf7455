using System.Text.RegularExpressions;
using Farm.Engine.Weights;

namespace Farm.Engine.Models.Control;

/// <summary>A T2I adapter's tensors under the original project's names, whichever layout the file has.</summary>
internal static partial class T2IAdapterKeys
{
    private const string Diffusers = "adapter.";
    private const int BlocksPerStage = 2;

    /// <summary>The view; null when the file is no T2I adapter.</summary>
    public static StateDict? Normalise(StateDict file)
    {
        if (file.HasPrefix(Diffusers)) file = file.Under(Diffusers);
        if (file.HasPrefix("body.0.resnets.")) file = file.Renamed("original", file.Contains("conv_in.weight") ? Full : Light);
        return file.Contains("body.0.in_conv.weight") || (file.Contains("conv_in.weight") && file.Contains("body.0.block1.weight")) ? file : null;
    }

    /// <summary>Diffusers counts stages with blocks in them; the original counts blocks through.</summary>
    private static string Full(string name)
    {
        if (Block().Match(name) is { Success: true } block)
            return $"body.{Number(block, "stage") * BlocksPerStage + Number(block, "block")}.{block.Groups["rest"].Value}";
        return StageConv().Match(name) is { Success: true } conv ? $"body.{Number(conv, "stage") * BlocksPerStage}.{conv.Groups["rest"].Value}" : name;
    }

    private static string Light(string name) => name.Replace(".resnets.", ".body.", StringComparison.Ordinal);

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, provider: null);

    [GeneratedRegex(@"^body\.(?<stage>\d+)\.resnets\.(?<block>\d+)\.(?<rest>.+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^body\.(?<stage>\d+)\.(?<rest>(in_conv|downsample).*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StageConv();
}
