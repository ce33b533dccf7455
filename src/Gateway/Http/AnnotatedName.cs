using Farm.Storage;

namespace Farm.Gateway.Http;

/// <summary>ComfyUI's file names may say where the file is: <c>photo.png [output]</c>.</summary>
internal static class AnnotatedName
{
    /// <summary>The areas that clients name, by <c>type</c>.</summary>
    public static FileArea? AreaOf(string type) => type switch
    {
        "input" => FileArea.Input,
        "output" => FileArea.Output,
        "temp" => FileArea.Temp,
        _ => null,
    };

    /// <summary>The name without its ending, and the area that the ending says; null where there is none.</summary>
    public static (string Name, FileArea? Area) Split(string name)
    {
        foreach (var type in (ReadOnlySpan<string>)["input", "output", "temp"])
        {
            var ending = $"[{type}]";
            if (name.EndsWith(ending, StringComparison.Ordinal))
                return (name[..^ending.Length].TrimEnd(' '), AreaOf(type));
        }
        return (name, null);
    }
}
