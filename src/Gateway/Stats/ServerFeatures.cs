using System.Text.Json;

namespace Farm.Gateway.Stats;

/// <summary>What this server can, as <c>/features</c> and the socket's handshake say it.</summary>
internal static class ServerFeatures
{
    /// <summary>Writes the feature object.</summary>
    public static void Write(Utf8JsonWriter writer, GatewayOptions options)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("supports_preview_metadata", value: true);
        writer.WriteNumber("max_upload_size", options.MaxUploadSize);
        writer.WriteStartObject("extension");
        writer.WriteStartObject("manager");
        writer.WriteBoolean("supports_v4", value: true);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteBoolean("node_replacements", value: true);
        writer.WriteBoolean("assets", value: true);
        writer.WriteEndObject();
    }
}
