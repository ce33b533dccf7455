using System.Text.Json;
using Farm.Contracts.Text;
using Farm.Gateway.Http;
using Farm.Gateway.Validation;

namespace Farm.Gateway.Catalog;

/// <summary>The type of an output slot or input: a name, a union joined by commas, or the list of choices of an old-style combo.</summary>
/// <param name="Name">The name; <c>COMBO</c> for a list of choices.</param>
/// <param name="Choices">The list of choices, or null.</param>
internal readonly record struct LinkType(string Name, JsonElement? Choices)
{
    private const string Any = "*";
    private const string Match = "COMFY_MATCHTYPE_V3";

    public static LinkType Of(string name, string? choices) => new(name, choices is null ? null : JsonText.Value(choices));

    /// <summary>Whether a link of type <paramref name="received"/> may go into an input of this type.</summary>
    public bool Accepts(LinkType received)
    {
        if (Choices is { } own && received.Choices is { } other)
            return PythonEquality.AreEqual(own, other);
        if (received.Is(Any) || Is(Any) || received.Is(Match) || Is(Match))
            return true;
        if (Choices is not null || received.Choices is not null)
            return received.Choices is not null && Is("COMBO");
        if (Name == received.Name)
            return true;
        var declared = Parts(Name);
        var given = Parts(received.Name);
        return declared.Contains(Any) || given.Contains(Any) || declared.Intersect(given, StringComparer.Ordinal).Any();
    }

    /// <summary>The type as Python prints it.</summary>
    public override string ToString() => Choices is { } choices ? PythonText.Str(choices) : Name;

    /// <summary>Writes the type as <c>/object_info</c> and errors show it.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        if (Choices is { } choices)
            choices.WriteTo(writer);
        else
            writer.WriteStringValue(Name);
    }

    private bool Is(string name) => Choices is null && Name == name;

    private static string[] Parts(string name) => name.Split(',', StringSplitOptions.TrimEntries);
}
