using Farm.Engine.Weights;

namespace Farm.Engine.Families;

/// <summary>A line on what an unrecognised file holds, from which a person can tell what it is.</summary>
internal static class FileSummary
{
    private const int MaxGroups = 8;

    /// <summary>Shapes that tell models of the Stable Diffusion line apart.</summary>
    private static readonly string[] TellingNames = ["model.diffusion_model.input_blocks.0.0.weight", "model.diffusion_model.label_emb.0.0.weight"];

    /// <summary>Number of tensors, their main type, the commonest beginnings of their names, and telling shapes.</summary>
    public static string Of(StateDict file)
    {
        if (file.Names.Count == 0) return "no tensors";
        var groups = file.Names.GroupBy(name => name.Split('.')[0], StringComparer.Ordinal).OrderByDescending(group => group.Count()).ToArray();
        var named = groups.Take(MaxGroups).Select(group => $"{group.Key} ({group.Count()})");
        var more = groups.Length > MaxGroups ? $" and {groups.Length - MaxGroups} more" : "";
        var context = file.Names.FirstOrDefault(name => name.EndsWith(".attn2.to_k.weight", StringComparison.Ordinal));
        var telling = TellingNames.Append(context).Select(name => name is not null && file.TryFind(name, out var info) ? $"; {info.Name} is {info.ShapeText}" : "");
        return $"{file.Names.Count} tensors, mostly {file.MainType}, under {string.Join(", ", named)}{more}{string.Concat(telling)}";
    }
}
