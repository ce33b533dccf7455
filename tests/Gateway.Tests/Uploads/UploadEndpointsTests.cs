using System.Text;
using System.Text.Json;
using Farm.Gateway.Tests.Fakes;
using Farm.Gateway.Tests.View;
using Farm.Storage;
using Xunit;

namespace Farm.Gateway.Tests.Uploads;

/// <summary>Answers as recorded from ComfyUI 0.19.3.</summary>
public class UploadEndpointsTests
{
    [Fact]
    public async Task Name_ThatIsTaken_IsNumberedUnlessTheContentIsTheSame()
    {
        await using var host = await GatewayHost.StartAsync();

        string[] names = [await NameAsync(host, "a.png", "1"), await NameAsync(host, "a.png", "22"), await NameAsync(host, "a.png", "1"), await NameAsync(host, "a.png", "22"), await NameAsync(host, "a.png", "3")];

        Assert.Equal(["a.png", "a (1).png", "a.png", "a (1).png", "a (2).png"], names);
    }

    [Fact]
    public async Task Overwrite_Asked_ReplacesTheFile()
    {
        await using var host = await GatewayHost.StartAsync();
        await NameAsync(host, "a.png", "1");

        Assert.Equal("a.png", await NameAsync(host, "a.png", "22", ("overwrite", "true")));
        Assert.Equal("22", await host.Client.GetStringAsync("/view?type=input&filename=a.png"));
    }

    [Theory]
    [InlineData("../a.png", "", 400)]
    [InlineData("a/../../a.png", "", 400)]
    [InlineData("sub/a.png", "", 400)]
    [InlineData("..\\a.png", "", 400)]
    [InlineData("a.png", "..", 400)]
    [InlineData("a.png", "../..", 400)]
    [InlineData("a.png", "/etc", 400)]
    [InlineData("/a.png", "", 200)]
    [InlineData("a.png", "in/ner", 200)]
    public async Task Place_OutsideItsRoot_IsRefused(string name, string subfolder, int status)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await PostAsync(host, "/upload/image", name, "x", ("subfolder", subfolder));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 200 ? 1 : 0, Directory.EnumerateFiles(Path.Combine(host.Root, "input"), "*", SearchOption.AllDirectories).Count());
        Assert.False(File.Exists(Path.Combine(host.Root, "a.png")));
    }

    [Fact]
    public async Task Place_BelowAFile_IsRefused()
    {
        await using var host = await GatewayHost.StartAsync();
        await NameAsync(host, "a.png", "1");

        var answer = await PostAsync(host, "/upload/image", "b.png", "x", ("subfolder", "a.png/sub"));

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("is the name of a folder, or lies below a file.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Body_ThatIsNoForm_IsRefused(string type)
    {
        await using var host = await GatewayHost.StartAsync();
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes("image=x"));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        Assert.Equal(400, (int)(await host.Client.PostAsync("/upload/image", content)).StatusCode);
    }

    [Theory]
    [InlineData("no file name", "--b\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\nx\r\n--b--\r\n", 400)]
    [InlineData("empty file name", "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"\"\r\n\r\nx\r\n--b--\r\n", 400)]
    [InlineData("another field's file", "--b\r\nContent-Disposition: form-data; name=\"other\"; filename=\"a.png\"\r\n\r\nx\r\n--b--\r\n", 400)]
    [InlineData("no disposition", "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--\r\n", 400)]
    [InlineData("no part", "--b--\r\n", 400)]
    [InlineData("another boundary", "--c\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\nx\r\n--c--\r\n", 400)]
    [InlineData("cut within the file", "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\nx", 400)]
    [InlineData("cut within a head", "--b\r\nContent-Disposition: form-data; name=\"ima", 400)]
    [InlineData("cut behind the file", "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\nx\r\n--b\r\n", 400)]
    [InlineData("a name beyond ASCII", "--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"\u00e4.png\"\r\n\r\nx\r\n--b--\r\n", 200)]
    public async Task Form_BrokenSomewhere_StoresNothing(string what, string body, int status)
    {
        await using var host = await GatewayHost.StartAsync();
        var form = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        form.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");

        var answer = await host.Client.PostAsync("/upload/image", form);

        Assert.True(status == (int)answer.StatusCode, $"{what}: {(int)answer.StatusCode}");
        Assert.Equal(status == 200 ? 1 : 0, Directory.EnumerateFiles(Path.Combine(host.Root, "input"), "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public async Task Form_WithTwoFiles_StoresTheFirst()
    {
        await using var host = await GatewayHost.StartAsync();
        using var form = new MultipartFormDataContent { { new StringContent("1"), "image", "a.txt" }, { new StringContent("22"), "image", "b.txt" } };

        var answer = await host.Client.PostAsync("/upload/image", form);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("1", await host.Client.GetStringAsync("/view?type=input&filename=a.txt"));
        Assert.Single(Directory.GetFiles(Path.Combine(host.Root, "input")));
    }

    [Fact]
    public async Task Upload_OfAnImage_IsInItsComboAtOnce()
    {
        await using var host = await GatewayHost.StartAsync();
        var before = await ImagesAsync(host);

        await NameAsync(host, "new.png", "x");

        Assert.Empty(before);
        Assert.Equal(["new.png"], await ImagesAsync(host));
    }

    [Fact]
    public async Task Mask_OverAnImage_GivesItItsAlpha()
    {
        await using var host = await GatewayHost.StartAsync();
        await ViewEndpointsTests.WriteAsync(host, "a.png", ViewEndpointsTests.Png());

        var answer = await PostAsync(host, "/upload/mask", "m.png", ViewEndpointsTests.Png(), ("original_ref", """{"filename": "a.png", "type": "input"}"""));

        using var read = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(("m.png", "m.png"), (read.RootElement.GetProperty("name").GetString(), read.RootElement.GetProperty("asset").GetProperty("name").GetString()));
        Assert.NotNull(await host.Files.FindAsync(FileKey.Create(FileArea.Input, "m.png")));
    }

    // ComfyUI answers so and writes nothing.
    [Theory]
    [InlineData("""{"filename": "none.png", "type": "input"}""", 200)]
    [InlineData("""{"filename": "../a.png", "type": "input"}""", 200)]
    [InlineData("""{"filename": "/etc/passwd", "type": "input"}""", 200)]
    [InlineData("""{"filename": "a.png", "type": "input", "subfolder": "../.."}""", 200)]
    [InlineData("""{""", 400)]
    [InlineData("""{}""", 400)]
    [InlineData("\"x\"", 400)]
    public async Task Mask_OverNothing_WritesNothing(string reference, int status)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await PostAsync(host, "/upload/mask", "m.png", ViewEndpointsTests.Png(), ("original_ref", reference));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Null(await host.Files.FindAsync(FileKey.Create(FileArea.Input, "m.png")));
    }

    private static async Task<string[]> ImagesAsync(GatewayHost host)
    {
        using var info = JsonDocument.Parse(await host.Client.GetStringAsync("/object_info/LoadImage"));
        var image = info.RootElement.GetProperty("LoadImage").GetProperty("input").GetProperty("required").GetProperty("image");
        return [.. image[0].EnumerateArray().Select(name => name.GetString()!)];
    }

    private static async Task<string> NameAsync(GatewayHost host, string name, string content, params (string, string)[] fields)
    {
        var answer = await PostAsync(host, "/upload/image", name, content, fields);
        using var read = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return read.RootElement.GetProperty("name").GetString()!;
    }

    private static Task<HttpResponseMessage> PostAsync(GatewayHost host, string path, string name, string content, params (string Name, string Value)[] fields) =>
        PostAsync(host, path, name, Encoding.ASCII.GetBytes(content), fields);

    private static Task<HttpResponseMessage> PostAsync(GatewayHost host, string path, string name, byte[] content, params (string Name, string Value)[] fields)
    {
        // The file first: its place is decided by fields behind it.
        var body = new MemoryStream();
        Write($"--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n");
        body.Write(content);
        foreach (var field in fields)
            Write($"\r\n--b\r\nContent-Disposition: form-data; name=\"{field.Name}\"\r\n\r\n{field.Value}");
        Write("\r\n--b--\r\n");
        var form = new ByteArrayContent(body.ToArray());
        form.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        return host.Client.PostAsync(path, form);

        void Write(string text) => body.Write(Encoding.UTF8.GetBytes(text));
    }
}
