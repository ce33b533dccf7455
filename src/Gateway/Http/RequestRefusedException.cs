namespace Farm.Gateway.Http;

/// <summary>
/// A request that cannot be served as it stands. <see cref="FailureHandler"/> answers it in ComfyUI's error shape:
/// <c>{"error": {type, message, details, extra_info}, "node_errors": {}}</c>.
/// </summary>
/// <param name="type">A word for programs, such as <c>invalid_json</c>.</param>
/// <param name="message">What is wrong, naming the field.</param>
/// <param name="details">The rule that is broken, or the value; may be empty.</param>
/// <param name="status">The HTTP status, 400 by default.</param>
internal sealed class RequestRefusedException(string type, string message, string details = "", int status = StatusCodes.Status400BadRequest)
    : Exception(message)
{
    public string Type { get; } = type;

    public string Details { get; } = details;

    public int Status { get; } = status;

    /// <summary>When it is worth asking again; null where that would change nothing.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A field of the body or query breaks a rule.</summary>
    public static RequestRefusedException Field(string name, string rule) => new("invalid_request", $"Invalid value for '{name}'", $"{name}: {rule}");
}
