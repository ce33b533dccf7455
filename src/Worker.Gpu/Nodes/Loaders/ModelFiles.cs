using Farm.Engine.Families;
using Farm.Engine.Weights;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>Model files for loader nodes.</summary>
internal static class ModelFiles
{
    /// <summary>Opens the file of a folder that an input names.</summary>
    /// <exception cref="NodeFailedException">It is none of its kind; the message says what was seen in it.</exception>
    public static T Open<T>(NodeCall call, string folder, string input, string kind, Func<CheckpointLoader, string, T> open)
    {
        var name = call.Get<string>(input);
        var path = call.Context.Files.ModelPath(folder, name);
        try
        {
            return open(call.Service<CheckpointLoader>(), path);
        }
        catch (WeightsFormatException error)
        {
            throw NodeFailedException.RuntimeError($"ERROR: {kind} is invalid: {name}\n{error.Message}", error);
        }
    }
}
