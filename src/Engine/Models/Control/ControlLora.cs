using System.Collections.Concurrent;
using Farm.Engine.Families;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Control;

/// <summary>A Control-LoRA (Stability AI): a control network made of the base model's own weights with low-rank changes. There is one for each base model it meets.</summary>
/// <param name="fileName">For reports.</param>
/// <param name="file">The file's tensors.</param>
/// <param name="parts">Builds the networks.</param>
internal sealed class ControlLora(string fileName, StateDict file, PartBuilder parts) : ControlNet
{
    private const string Marker = "lora_controlnet";

    private static readonly string[] Shared = ["time_embed.", "label_emb.", "input_blocks.", "middle_block."];

    private readonly ConcurrentDictionary<string, ResidualControlNet> _networks = new(StringComparer.Ordinal);

    public override string Name => fileName;

    /// <summary>Whether a file is one.</summary>
    public static bool Matches(StateDict file) => file.Contains(Marker);

    internal override ControlResiduals Forward(ControlCall call, Tensor hint)
    {
        if (call.Model is not DiffusionModel model) throw new ArgumentException("a Control-LoRA is made of the base model's weights; this model has none of a UNet", nameof(call));
        return _networks.GetOrAdd($"{model.Part.Stored.Identity}|{model.Weights.Identity}", _ => Build(model)).Forward(call, hint);
    }

    private ResidualControlNet Build(DiffusionModel model)
    {
        var shared = model.Part.Stored.Renamed("control", name => Shared.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) ? name : null);
        var own = file.Renamed("direct", name => name.EndsWith(".weight", StringComparison.Ordinal) || name.EndsWith(".bias", StringComparison.Ordinal) ? name : null);
        var channels = model.Config.ModelChannels;
        var part = parts.Part(
            "control-lora", shared.With(own), model.ComputeType, loaded => new ControlNetModel(loaded, channels, model.Config.Heads), patches: model.Weights.With(new LowRankPatch(file)));
        return new ResidualControlNet(part.Slot, model.ComputeType, model.Config.VectorWidth is not null);
    }

    /// <summary>W + up·down, where the file has both.</summary>
    private sealed class LowRankPatch(StateDict file) : IWeightPatch
    {
        private const string Weight = ".weight";

        public string Identity => $"control-lora({file.Identity})";

        public bool Covers(string name) => name.EndsWith(Weight, StringComparison.Ordinal) && file.Contains(Layer(name) + ".up") && file.Contains(Layer(name) + ".down");

        public Tensor Apply(string name, Tensor weight)
        {
            using var scope = NewDisposeScope();
            var (up, down) = (Open(name, ".up", weight.device), Open(name, ".down", weight.device));
            return (weight + up.mm(down).reshape(weight.shape)).MoveToOuterDisposeScope();
        }

        private Tensor Open(string name, string suffix, Device device) => file.Open(Layer(name) + suffix).to(ScalarType.Float32, device).flatten(1);

        private static string Layer(string name) => name[..^Weight.Length];
    }
}
