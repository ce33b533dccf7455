using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Farm.Contracts.Prompts;
using Farm.Grains.Prompts;

namespace Farm.Grains.Persistence;

/// <summary>The lists that rows keep as JSON text.</summary>
internal static class EventJson
{
    /// <summary>The events that history lists, by the names they are stored under.</summary>
    private static readonly (Type Type, string Name)[] Messages =
    [
        (typeof(ExecutionStart), "execution_start"),
        (typeof(ExecutionCached), "execution_cached"),
        (typeof(ExecutionSuccess), "execution_success"),
        (typeof(ExecutionError), "execution_error"),
        (typeof(ExecutionInterrupted), "execution_interrupted"),
    ];

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameMessages } },
    };

    /// <summary>A list as text.</summary>
    public static string Write<T>(ImmutableArray<T> list) => JsonSerializer.Serialize(list, Options);

    /// <summary>The list of a text; empty for null.</summary>
    public static ImmutableArray<T> Read<T>(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize<ImmutableArray<T>>(text, Options);

    /// <summary>Lost attempts: mostly none, which is stored as null.</summary>
    public static string? WriteLost(ImmutableArray<LostAttempt> lost) => WriteUnlessEmpty(lost);

    /// <summary>A list as text; null for an empty one.</summary>
    public static string? WriteUnlessEmpty<T>(ImmutableArray<T> list) => list.IsDefaultOrEmpty ? null : Write(list);

    /// <summary>A whole as text.</summary>
    public static string WriteOne<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>The whole of a text.</summary>
    public static T ReadOne<T>(string text) => JsonSerializer.Deserialize<T>(text, Options)!;

    private static void NameMessages(JsonTypeInfo info)
    {
        if (info.Type != typeof(RunEvent)) return;
        info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "type" };
        foreach (var (type, name) in Messages) info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(type, name));
    }
}
