using Farm.Engine.Adapters;
using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Text;
using Farm.Engine.Weights;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Adapter files for nodes.</summary>
internal static class AdapterFiles
{
    private const int NamesLogged = 5;

    /// <summary>Opens the file that an input names for a model and its text side; tensors that fit neither are logged.</summary>
    public static AdapterFile Open(NodeCall call, string input, DiffusionModel? model, ITextEncoder? clip)
    {
        var file = Open(call, input);
        var unmatched = file.Unmatched([.. model is null ? [] : (NetworkPartView[])[model.Part], .. clip?.Parts ?? []]);
        // A file for both sides on a model alone has texts left over: that is no fault.
        if (clip is null) unmatched = [.. unmatched.Where(name => !name.Contains("_te", StringComparison.Ordinal) && !name.StartsWith("text_encoder", StringComparison.Ordinal))];
        if (unmatched.Count > 0) NodeLog.Of(call).AdapterKeysUnmatched(call.Get<string>(input), unmatched.Count, string.Join(", ", unmatched.Take(NamesLogged)));
        return file;
    }

    /// <summary>Opens the file that an input names.</summary>
    public static AdapterFile Open(NodeCall call, string input)
    {
        var name = call.Get<string>(input);
        try
        {
            return AdapterFile.Open(call.Context.Files.ModelPath("loras", name));
        }
        catch (WeightsFormatException error)
        {
            throw NodeFailedException.RuntimeError($"ERROR: {input} is no adapter file: {name}\n{error.Message}", error);
        }
    }
}
