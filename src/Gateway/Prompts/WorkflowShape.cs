using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Farm.Gateway.Prompts;

/// <summary>
/// Names what decides how long a graph runs: its classes, its links, and the numbers that are sizes or counts. Graphs that differ in
/// seeds, texts or ids alone share a name, as far as their nodes stand in one order.
/// </summary>
internal static class WorkflowShape
{
    private const int Bytes = 8;

    private static readonly HashSet<string> Sizes = new(StringComparer.Ordinal)
    {
        "width", "height", "batch_size", "length", "steps", "start_at_step", "end_at_step", "denoise", "amount", "scale_by", "upscale_by",
        "megapixels", "resolution", "tile_size", "frames", "num_frames", "fps", "seconds", "duration", "target_width", "target_height",
    };

    /// <summary>The name, 16 hexadecimal digits; files are counted in by the caller's list.</summary>
    public static string Of(PromptGraph graph, IEnumerable<string> files)
    {
        var places = graph.Nodes.Select((node, i) => (node.Id, i)).ToDictionary(n => n.Id, n => n.i, StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var node in graph.Nodes)
        {
            text.Append(node.ClassType).Append('(');
            foreach (var (name, value) in node.Inputs ?? [])
            {
                if (value.ValueKind is JsonValueKind.Array && value.GetArrayLength() == 2 && value[0].ValueKind is JsonValueKind.String)
                    text.Append(name).Append('@').Append(places.GetValueOrDefault(value[0].GetString()!, -1)).Append(':').Append(value[1].GetRawText()).Append(',');
                else if (value.ValueKind is JsonValueKind.Number && Sizes.Contains(name))
                    text.Append(name).Append('=').Append(value.GetRawText()).Append(',');
            }
            text.Append(')');
        }
        text.AppendJoin('\n', files);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, Bytes));
    }
}
