using System.Text;
using Farm.Contracts.Prompts;

namespace Farm.Worker;

/// <summary>Bytes of the events that nodes make as large as they like.</summary>
internal static class EventSize
{
    /// <summary>What the event takes in a message; 0 for those that are small.</summary>
    public static long Of(RunEvent happened) => happened switch
    {
        NodeExecuted { Output: { } output } => Encoding.UTF8.GetByteCount(output),
        ImagePreview preview => preview.Data.Length,
        ProgressText text => Encoding.UTF8.GetByteCount(text.Text),
        _ => 0,
    };
}
