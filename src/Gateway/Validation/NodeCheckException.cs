namespace Farm.Gateway.Validation;

/// <summary>
/// A node is so broken that its check cannot go on, where ComfyUI meets an exception of its language. The type and text are those
/// that its clients know (<c>KeyError</c>, <c>'99'</c>).
/// </summary>
/// <param name="type">The exception's name.</param>
/// <param name="text">Its text.</param>
internal sealed class NodeCheckException(string type, string text) : Exception(text)
{
    public string Type { get; } = type;
}
