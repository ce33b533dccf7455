using System.Text.Json;

namespace Farm.Gateway.Assets;

/// <summary>A request for assets that cannot be served: <c>{"error": {code, message, details}}</c>, the shape of ComfyUI's asset routes.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">A word for programs, such as <c>ASSET_NOT_FOUND</c>.</param>
/// <param name="message">What is wrong.</param>
/// <param name="details">Writes the members of <c>details</c>; null for none.</param>
internal sealed class AssetRefusedException(int status, string code, string message, Action<Utf8JsonWriter>? details = null) : Exception(message)
{
    public const string InvalidBodyCode = "INVALID_BODY";
    public const string InvalidQueryCode = "INVALID_QUERY";

    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>There is no such asset; its id stands in the details too where ComfyUI puts it there.</summary>
    public static AssetRefusedException NotFound(string message, Guid? id = null) => new(
        StatusCodes.Status404NotFound, "ASSET_NOT_FOUND", message, id is null ? null : writer => writer.WriteString("id", id.Value));

    /// <summary>The asset belongs to another user, and only its own may change it.</summary>
    public static AssetRefusedException NotOwner(Guid id) =>
        new(StatusCodes.Status403Forbidden, "FORBIDDEN", "not owner", writer => writer.WriteString("id", id));

    /// <summary>In multi-user mode the header names no user that there is.</summary>
    public static AssetRefusedException NoUser() =>
        new(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Comfy-User must name a user of this server.");

    /// <summary>400 with a code of its own.</summary>
    public static AssetRefusedException Bad(string code, string message) => new(StatusCodes.Status400BadRequest, code, message);

    /// <summary>The body is no JSON.</summary>
    public static AssetRefusedException NoJson() => Bad("INVALID_JSON", "Request body must be valid JSON.");

    /// <summary>Fields that break rules, listed in the details.</summary>
    public static AssetRefusedException Fields(string code, IReadOnlyList<FieldProblem> problems, string message = "Validation failed.") =>
        new(StatusCodes.Status400BadRequest, code, message, writer =>
        {
            writer.WritePropertyName("errors");
            FieldProblem.WriteAll(writer, problems);
        });

    /// <summary>Fields of a form that break rules: the list stands in the message itself (ComfyUI 0.19.3, recorded).</summary>
    public static AssetRefusedException Form(FieldProblem problem) =>
        Bad(InvalidBodyCode, $"Validation failed: {FieldProblem.Text([problem])}");

    /// <summary>Writes the body.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("code", Code);
        writer.WriteString("message", Message);
        writer.WriteStartObject("details");
        details?.Invoke(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
