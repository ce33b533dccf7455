using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Farm.Contracts.Prompts;
using Farm.Gateway.Events;
using Farm.Gateway.Http;

namespace Farm.Gateway.WebSockets;

/// <summary>One frame on its way to a client.</summary>
/// <param name="Type">Text or binary.</param>
/// <param name="Payload">The bytes.</param>
/// <param name="PreviewOf">For a preview that a newer one of the same node may replace: the node; else null.</param>
/// <param name="Sequence">The number of the event it shows; 0 for what has none.</param>
internal sealed record SocketMessage(WebSocketMessageType Type, ReadOnlyMemory<byte> Payload, string? PreviewOf = null, long Sequence = 0)
{
    private const int PreviewImage = 1;
    private const int ProgressTextFrame = 3;
    private const int PreviewImageWithMetadata = 4;
    private const int Jpeg = 1;
    private const int Png = 2;

    /// <summary>A JSON message: <c>{"type": …, "data": …}</c>.</summary>
    public static SocketMessage Json(string type, Action<Utf8JsonWriter> writeData)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = Answers.Writer(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writer.WritePropertyName("data");
            writeData(writer);
            writer.WriteEndObject();
        }
        return new SocketMessage(WebSocketMessageType.Text, buffer.WrittenMemory);
    }

    /// <summary>The first message of every socket: its id and the length of the queue.</summary>
    public static SocketMessage Welcome(string clientId, int queueRemaining) => Json("status", writer =>
    {
        writer.WriteStartObject();
        RunEventWriter.WriteStatus(writer, queueRemaining);
        writer.WriteString("sid", clientId);
        writer.WriteEndObject();
    });

    /// <summary>What a client that comes back during its run is told: the node that runs, and nothing else.</summary>
    public static SocketMessage CurrentNode(string node) => Json("executing", writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("node", node);
        writer.WriteEndObject();
    });

    /// <summary>An event in the form a client wants; null for one that clients are not told of.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="promptId">The prompt it belongs to.</param>
    /// <param name="withMetadata">Whether the client takes previews with metadata.</param>
    public static SocketMessage? Of(RunEvent happened, string? promptId, bool withMetadata) => happened switch
    {
        ImagePreview image => new SocketMessage(
            WebSocketMessageType.Binary, withMetadata ? WithMetadata(image, promptId) : Plain(image), image.IsResult ? null : image.Node.NodeId),
        ProgressText text => new SocketMessage(WebSocketMessageType.Binary, Text(text)),
        _ when RunEventWriter.NameOf(happened) is { } name => Json(name, writer => RunEventWriter.WriteData(writer, happened, promptId)),
        _ => null,
    };

    private static byte[] Plain(ImagePreview image)
    {
        var frame = new byte[8 + image.Data.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, PreviewImage);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), image.MimeType == "image/png" ? Png : Jpeg);
        image.Data.CopyTo(frame, 8);
        return frame;
    }

    private static byte[] WithMetadata(ImagePreview image, string? promptId)
    {
        var metadata = JsonText.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("node_id", image.Node.NodeId);
            writer.WriteString("prompt_id", promptId);
            writer.WriteString("display_node_id", image.Node.DisplayNode);
            writer.WriteString("parent_node_id", image.Node.ParentNode);
            writer.WriteString("real_node_id", image.Node.RealNode);
            writer.WriteString("image_type", image.MimeType);
            writer.WriteEndObject();
        });
        return Framed(PreviewImageWithMetadata, metadata.Span, image.Data);
    }

    private static byte[] Text(ProgressText text) => Framed(ProgressTextFrame, Encoding.UTF8.GetBytes(text.Node), Encoding.UTF8.GetBytes(text.Text));

    private static byte[] Framed(int kind, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var frame = new byte[8 + head.Length + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, kind);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), head.Length);
        head.CopyTo(frame.AsSpan(8));
        body.CopyTo(frame.AsSpan(8 + head.Length));
        return frame;
    }
}
