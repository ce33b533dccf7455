using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Farm.Gateway.Tests.Fakes;
using SkiaSharp;
using Xunit;

namespace Farm.Gateway.Tests.Models;

/// <summary>Pictures of models: from beside the file, or from its metadata.</summary>
public class ModelPreviewTests
{
    [Theory]
    [InlineData("a.safetensors")]
    [InlineData("a.webp")]
    public async Task Preview_CoverImage_IsWebpOfItsSize(string asked)
    {
        await using var host = await GatewayHost.StartAsync();
        Write(host, "loras/sub/a.safetensors", Safetensors(JsonSerializer.Serialize(new[] { Convert.ToBase64String(Png(12, 9)) })));

        var answer = await host.Client.GetAsync($"/api/experiment/models/preview/loras/0/sub/{asked}");

        Assert.Equal("image/webp", answer.Content.Headers.ContentType?.MediaType);
        using var image = SKBitmap.Decode(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal((12, 9), (image.Width, image.Height));
    }

    [Fact]
    public async Task Preview_ImageBeside_WinsOverTheCover()
    {
        await using var host = await GatewayHost.StartAsync();
        Write(host, "loras/a.safetensors", Safetensors(JsonSerializer.Serialize(new[] { Convert.ToBase64String(Png(12, 9)) })));
        Write(host, "loras/a.preview.png", Png(5, 6));

        using var image = SKBitmap.Decode(await host.Client.GetByteArrayAsync("/experiment/models/preview/loras/0/a.safetensors"));

        Assert.Equal((5, 6), (image.Width, image.Height));
    }

    [Theory]
    [InlineData("loras/0/plain.safetensors")]
    [InlineData("loras/0/strange.safetensors")]
    [InlineData("loras/0/none.safetensors")]
    [InlineData("loras/99/plain.safetensors")]
    [InlineData("loras/x/plain.safetensors")]
    [InlineData("nope/0/plain.safetensors")]
    [InlineData("loras/0/..%2F..%2Fsecret.png")]
    public async Task Preview_NothingToShow_Is404(string path)
    {
        await using var host = await GatewayHost.StartAsync();
        Write(host, "loras/plain.safetensors", Safetensors(null));
        Write(host, "loras/strange.safetensors", Safetensors("not a list"));
        File.WriteAllBytes(Path.Combine(host.Root, "secret.png"), Png(2, 2));

        Assert.Equal(404, (int)(await host.Client.GetAsync($"/experiment/models/preview/{path}")).StatusCode);
    }

    private static void Write(GatewayHost host, string name, byte[] content)
    {
        var path = Path.Combine(host.Root, "models", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private static byte[] Png(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        return bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray();
    }

    private static byte[] Safetensors(string? covers)
    {
        var metadata = covers is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["ssmd_cover_images"] = covers };
        var header = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new Dictionary<string, object> { ["__metadata__"] = metadata }));
        var file = new byte[8 + header.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        return file;
    }
}
