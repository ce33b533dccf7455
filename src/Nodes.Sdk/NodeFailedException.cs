namespace Farm.Nodes;

/// <summary>
/// A failure that clients are shown as an execution_error. The type is the name that ComfyUI's clients know: a Python exception
/// (<c>ValueError</c>, …) or <c>module.Class</c>. Other exceptions of a node are shown under the nearest such name.
/// </summary>
public sealed class NodeFailedException : Exception
{
    /// <summary>A failure of a type of its own.</summary>
    public NodeFailedException(string type, string message, Exception? inner = null)
        : base(message, inner) => Type = type;

    /// <summary>The exception_type that clients see.</summary>
    public string Type { get; }

    /// <summary>A value that makes no sense.</summary>
    public static NodeFailedException ValueError(string message, Exception? inner = null) => new("ValueError", message, inner);

    /// <summary>A value of the wrong kind.</summary>
    public static NodeFailedException TypeError(string message) => new("TypeError", message);

    /// <summary>Something that went wrong.</summary>
    public static NodeFailedException RuntimeError(string message, Exception? inner = null) => new("RuntimeError", message, inner);

    /// <summary>A position that does not exist.</summary>
    public static NodeFailedException IndexError(string message) => new("IndexError", message);

    /// <summary>A name that does not exist; pass the name in quotes, as Python prints it.</summary>
    public static NodeFailedException KeyError(string message) => new("KeyError", message);

    /// <summary>A file that does not exist.</summary>
    public static NodeFailedException FileNotFound(string message) => new("FileNotFoundError", message);
}

/// <summary>The device's memory ran out. The worker frees what it can and runs the node once more; the second time it is the prompt's failure.</summary>
/// <param name="message">What the device said.</param>
/// <param name="inner">The original failure.</param>
public sealed class DeviceMemoryException(string message, Exception? inner = null) : Exception(message, inner);
