using Farm.Engine.Adapters;
using Farm.Engine.Weights;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Adapter files for nodes.</summary>
internal static class AdapterFiles
{
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
