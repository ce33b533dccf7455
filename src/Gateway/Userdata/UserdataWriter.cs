using System.Text.Json;
using Farm.Storage;

namespace Farm.Gateway.Userdata;

/// <summary>User files in ComfyUI's JSON. Times are in seconds since 1970.</summary>
internal static class UserdataWriter
{
    /// <summary>Writes <c>{path, size, modified, created}</c>. A store keeps one time, that of the last write.</summary>
    public static void WriteInfo(Utf8JsonWriter writer, string path, FileEntry file)
    {
        writer.WriteStartObject();
        writer.WriteString("path", path);
        writer.WriteNumber("size", file.Size);
        writer.WriteNumber("modified", Seconds(file));
        writer.WriteNumber("created", Seconds(file));
        writer.WriteEndObject();
    }

    /// <summary>When the file was last written.</summary>
    public static double Seconds(FileEntry file) => file.ModifiedAt.ToUnixTimeMilliseconds() / 1000.0;
}
