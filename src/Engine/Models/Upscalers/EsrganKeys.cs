using System.Text.RegularExpressions;
using Farm.Engine.Weights;

namespace Farm.Engine.Models.Upscalers;

/// <summary>An ESRGAN's tensors under Real-ESRGAN's names, from those or from the first project's numbered ones.</summary>
internal static partial class EsrganKeys
{
    /// <summary>The view; null when the file holds no ESRGAN.</summary>
    public static StateDict? Normalise(StateDict file)
    {
        if (file.Contains("model.0.weight") && file.HasPrefix("model.1.sub.")) file = FromNumbers(file);
        return file.Contains("conv_first.weight") && file.HasPrefix("body.0.rdb1.") && file.Contains("conv_last.weight") ? file : null;
    }

    private static StateDict FromNumbers(StateDict file)
    {
        var last = file.Names.Select(name => Outer().Match(name)).Where(match => match.Success).Max(match => int.Parse(match.Groups[1].ValueSpan, provider: null));
        return file.Renamed("esrgan", name => Rename(name, last));
    }

    /// <summary>Doublings are at 3, 6, …; the two convolutions after them are the last ones.</summary>
    private static string? Rename(string name, int last)
    {
        if (Block().Match(name) is { Success: true } block) return $"body.{block.Groups[1].Value}.rdb{block.Groups[2].Value}.conv{block.Groups[3].Value}.{block.Groups[4].Value}";
        if (Trunk().Match(name) is { Success: true } trunk) return $"conv_body.{trunk.Groups[1].Value}";
        if (Outer().Match(name) is not { Success: true } outer) return null;
        var number = int.Parse(outer.Groups[1].ValueSpan, provider: null);
        var layer = number == 0 ? "conv_first" : number == last ? "conv_last" : number == last - 2 ? "conv_hr" : $"conv_up{number / 3}";
        return $"{layer}.{outer.Groups[2].Value}";
    }

    [GeneratedRegex(@"^model\.1\.sub\.(?<g1>\d+)\.RDB(?<g2>\d)\.conv(?<g3>\d)\.0\.(?<g4>weight|bias)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^model\.1\.sub\.\d+\.(?<g1>weight|bias)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Trunk();

    [GeneratedRegex(@"^model\.(?<g1>\d+)\.(?<g2>weight|bias)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Outer();
}
