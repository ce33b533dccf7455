using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Farm.Nodes;

/// <summary>
/// What a validator sees as <c>input_types</c>: for every linked declared input the type of the slot it is linked to, a text, or a list
/// for an old-style combo.
/// </summary>
/// <param name="links">The linked inputs, in order of the prompt.</param>
public sealed class LinkTypes(ImmutableArray<LinkType> links) : IReadOnlyDictionary<string, object?>
{
    /// <summary>The linked inputs.</summary>
    public ImmutableArray<LinkType> Links { get; } = links;

    /// <inheritdoc />
    public int Count => Links.Length;

    /// <inheritdoc />
    public IEnumerable<string> Keys => Links.Select(link => link.Input);

    /// <inheritdoc />
    public IEnumerable<object?> Values => Links.Select(link => link.Type);

    /// <inheritdoc />
    public object? this[string key] => TryGetValue(key, out var type) ? type : throw new KeyNotFoundException(key);

    /// <inheritdoc />
    public bool ContainsKey(string key) => Links.Any(link => link.Input == key);

    /// <inheritdoc />
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        value = Links.FirstOrDefault(link => link.Input == key)?.Type;
        return value is not null;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        Links.Select(link => KeyValuePair.Create<string, object?>(link.Input, link.Type)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A linked input.</summary>
/// <param name="Input">Its name.</param>
/// <param name="Type">The type of the source's slot.</param>
/// <param name="SourceClass">The source's class.</param>
public sealed record LinkType(string Input, object Type, string SourceClass);
