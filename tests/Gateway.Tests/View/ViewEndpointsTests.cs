using System.Net.Http.Headers;
using System.Text;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.View;
using Farm.Storage;
using SkiaSharp;
using Xunit;

namespace Farm.Gateway.Tests.View;

/// <summary>Statuses as recorded from ComfyUI 0.19.3.</summary>
public class ViewEndpointsTests
{
    [Theory]
    [InlineData("", 404)]
    [InlineData("type=input", 404)]
    [InlineData("filename=", 400)]
    [InlineData("type=input&filename=../input/a.png", 400)]
    [InlineData("type=input&filename=..%2Fa.png", 400)]
    [InlineData("type=input&filename=%2e%2e%2fa.png", 400)]
    [InlineData("type=input&filename=/etc/passwd", 400)]
    [InlineData("type=input&filename=%2Fetc%2Fpasswd", 400)]
    [InlineData("type=input&filename=..%5Ca.png", 400)]
    [InlineData("type=input&filename=%5Cetc%5Cpasswd", 404)]
    [InlineData("type=input&filename=a.png%00.txt", 404)]
    [InlineData("type=input&filename=a.png&subfolder=..", 403)]
    [InlineData("type=input&filename=a.png&subfolder=%2e%2e", 403)]
    [InlineData("type=input&filename=a.png&subfolder=a/../..", 403)]
    [InlineData("type=input&filename=a.png&subfolder=/etc", 403)]
    [InlineData("type=input&filename=a.png&subfolder=%2Fetc", 403)]
    [InlineData("type=input&filename=a.png&subfolder=..%5C..", 403)]
    [InlineData("type=input&filename=a.png&subfolder=../output", 403)]
    [InlineData("type=input&filename=a.png&subfolder=../../../../etc", 403)]
    [InlineData("type=input&filename=a.png&subfolder=../input", 200)]
    [InlineData("type=input&filename=a.png&subfolder=./", 200)]
    [InlineData("type=input&filename=a.png&subfolder=x/..", 404)]
    [InlineData("filename=a.png%20[input]&type=output", 200)]
    [InlineData("filename=a.png&type=models", 400)]
    [InlineData("filename=a.png&type=", 400)]
    [InlineData("filename=a.png", 404)]
    public async Task Name_InAnyEncoding_StaysInItsRoot(string query, int status)
    {
        await using var host = await GatewayHost.StartAsync();
        await WriteAsync(host, "a.png", Png());

        Assert.Equal(status, (int)(await host.Client.GetAsync($"/view?{query}")).StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-9", 206, "bytes 0-9/100", 10)]
    [InlineData("bytes=90-", 206, "bytes 90-99/100", 10)]
    [InlineData("bytes=-5", 206, "bytes 95-99/100", 5)]
    [InlineData("bytes=50-500", 206, "bytes 50-99/100", 50)]
    [InlineData("bytes=100-", 416, "bytes */100", 0)]
    [InlineData("bytes=5-2", 416, "bytes */100", 0)]
    [InlineData("bytes=0-1,4-5", 416, "bytes */100", 0)]
    [InlineData("items=0-1", 416, "bytes */100", 0)]
    [InlineData("bytes=x", 416, "bytes */100", 0)]
    public async Task Range_OfAFile_IsCutAsRecorded(string range, int status, string contentRange, int length)
    {
        await using var host = await GatewayHost.StartAsync();
        await WriteAsync(host, "a.bin", [.. Enumerable.Range(0, 100).Select(i => (byte)i)]);
        var request = new HttpRequestMessage(HttpMethod.Get, "/view?type=input&filename=a.bin");
        request.Headers.TryAddWithoutValidation("Range", range);

        var answer = await host.Client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(contentRange, answer.Content.Headers.ContentRange?.ToString());
        Assert.Equal(length, (await answer.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task Condition_OnTheTag_SavesTheBody()
    {
        await using var host = await GatewayHost.StartAsync();
        await WriteAsync(host, "a.png", Png());
        var tag = (await host.Client.GetAsync("/view?type=input&filename=a.png")).Headers.ETag!;

        Assert.Equal(304, await StatusAsync(host, r => r.IfNoneMatch.Add(tag)));
        Assert.Equal(200, await StatusAsync(host, r => r.IfNoneMatch.Add(new EntityTagHeaderValue("\"x\""))));
        Assert.Equal(412, await StatusAsync(host, r => r.IfMatch.Add(new EntityTagHeaderValue("\"x\""))));
    }

    [Theory]
    [InlineData("a.html", "application/octet-stream")]
    [InlineData("a.mjs", "application/octet-stream")]
    [InlineData("a.css", "application/octet-stream")]
    [InlineData("a.svg", "image/svg+xml")]
    [InlineData("a.tar.gz", "application/x-tar")]
    [InlineData("a.wav", "audio/x-wav")]
    [InlineData("a", "application/octet-stream")]
    public async Task ContentType_OfAName_IsAsRecorded(string name, string type)
    {
        await using var host = await GatewayHost.StartAsync();
        await WriteAsync(host, name, "<b>x</b>"u8.ToArray());

        var answer = await host.Client.GetAsync($"/view?type=input&filename={name}");

        Assert.Equal(type, answer.Content.Headers.ContentType?.ToString());
        Assert.Equal($"filename=\"{name}\"", Assert.Single(answer.Content.Headers.NonValidated["Content-Disposition"]));
    }

    [Fact]
    public async Task Channels_OfATransparentImage_AreExact()
    {
        await using var host = await GatewayHost.StartAsync();
        await WriteAsync(host, "a.png", Png());

        var colours = await DecodeAsync(host, "channel=rgb");
        var alpha = await DecodeAsync(host, "channel=a");

        Assert.Equal([200, 100, 50, 255, 10, 20, 30, 255], colours);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 77], alpha);
    }

    [Theory]
    [InlineData("webp;90", "image/webp")]
    [InlineData("jpeg", "image/jpeg")]
    [InlineData("gif;80", "image/webp")]
    [InlineData("", "image/webp")]
    public async Task Preview_InAFormat_IsOfItsType(string preview, string type)
    {
        await using var host = await GatewayHost.StartAsync();
        await WriteAsync(host, "a.png", Png());

        Assert.Equal(type, (await host.Client.GetAsync($"/view?type=input&filename=a.png&preview={preview}")).Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("a.png", "preview=webp;200")]
    [InlineData("a.txt", "preview=webp")]
    [InlineData("a.txt", "channel=a")]
    public async Task Conversion_ThatCannotBe_IsRefused(string name, string query)
    {
        await using var host = await GatewayHost.StartAsync();
        await WriteAsync(host, "a.png", Png());
        await WriteAsync(host, "a.txt", Encoding.ASCII.GetBytes("no picture"));

        Assert.Equal(400, (int)(await host.Client.GetAsync($"/view?type=input&filename={name}&{query}")).StatusCode);
    }

    /// <summary>Two pixels; the first is fully transparent and has colours nevertheless.</summary>
    internal static byte[] Png()
    {
        using var image = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        new byte[] { 200, 100, 50, 0, 10, 20, 30, 77 }.CopyTo(image.GetPixelSpan());
        return ImageConverter.Transparent(image);
    }

    internal static Task WriteAsync(GatewayHost host, string name, byte[] content) => host.Files.WriteAsync(
        FileKey.Create(FileArea.Input, name), (stream, cancel) => stream.WriteAsync(content, cancel).AsTask(), overwrite: true).AsTask();

    private static async Task<byte[]> DecodeAsync(GatewayHost host, string query)
    {
        using var codec = SKCodec.Create(new MemoryStream(await host.Client.GetByteArrayAsync($"/view?type=input&filename=a.png&{query}")));
        using var image = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        codec.GetPixels(image.Info, image.GetPixels());
        return image.GetPixelSpan().ToArray();
    }

    private static async Task<int> StatusAsync(GatewayHost host, Action<HttpRequestHeaders> set)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/view?type=input&filename=a.png");
        set(request.Headers);
        return (int)(await host.Client.SendAsync(request)).StatusCode;
    }
}
