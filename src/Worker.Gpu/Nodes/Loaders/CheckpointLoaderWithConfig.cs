using Farm.Engine.Sampling;
using Farm.Nodes;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Farm.Worker.Nodes;

/// <summary>Opens a checkpoint with what a configuration file says of velocities and of the text side's last layer.</summary>
internal sealed partial class CheckpointLoaderWithConfig : Node
{
    protected override void Define(NodeBuilder node) => node
        .V1().Named("CheckpointLoader", "Load Checkpoint With Config (DEPRECATED)").In("advanced/loaders").Module("nodes")
        .Deprecated()
        .FileCombo("config_name", "configs")
        .FileCombo("ckpt_name", "checkpoints")
        .Output("MODEL")
        .Output("CLIP")
        .Output("VAE");

    protected override NodeResult? Run(NodeCall call)
    {
        var checkpoint = ModelFiles.Open(call, "checkpoints", "ckpt_name", "checkpoint", (loader, path) => loader.Load(path));
        var text = File.ReadAllText(call.Context.Files.ModelPath("configs", call.Get<string>("config_name")));
        var isVelocity = Velocity().IsMatch(text);
        var model = isVelocity ? checkpoint.Model with { Sampling = ModelSampling.Discrete(Prediction.V) } : checkpoint.Model;
        var clip = LastLayer().Match(text) is { Success: true } match ? checkpoint.Clip?.WithLastLayer(int.Parse(match.Groups["layer"].ValueSpan, CultureInfo.InvariantCulture)) : checkpoint.Clip;
        return NodeResult.Of(model, clip, checkpoint.Vae);
    }

    [GeneratedRegex("""^\s*parameterization:\s*["']?v["']?\s*$""", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Velocity();

    [GeneratedRegex(@"^\s*layer_idx:\s*(?<layer>-\d+)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LastLayer();
}
