using System.Text.Json.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Imaging;
using Xunit;
using static TorchSharp.torch;

namespace Farm.Worker.Gpu.Tests.Imaging;

public class ScalingTests
{
    [Theory]
    [InlineData("nearest-exact", 1e-5)]
    [InlineData("bilinear", 1e-5)]
    [InlineData("area", 1e-5)]
    [InlineData("bicubic", 1e-5)]
    [InlineData("lanczos", 0)]
    public void ResizeImages_RecordedCases_AreEqual(string method, double tolerance)
    {
        var cases = Recorded.Cases
            .Where(c => (string?)c["class_type"] == "ImageScale" && (string?)c["inputs"]!["upscale_method"] == method)
            .Where(c => (int)c["inputs"]!["width"]! > 0 && (int)c["inputs"]!["height"]! > 0).ToList();
        Assert.NotEmpty(cases);
        foreach (var recorded in cases)
        {
            var inputs = recorded["inputs"]!.AsObject();
            using var resized = Scaling.ResizeImages(Input(inputs), (int)inputs["width"]!, (int)inputs["height"]!, method, (string?)inputs["crop"] == "center");
            var expected = Recorded.Outputs[(string)recorded["outputs"]![0]!["tensor"]!];

            Assert.Equal(expected.shape, resized.shape);
            Assert.InRange((resized - expected).abs().max().item<float>(), 0, tolerance);
        }
    }

    [Fact]
    public void Encode_JpegAndWebp_ReadBackAlike()
    {
        var image = TensorImages.ToPixels(Recorded.Inputs["imgA"][0]);

        var jpeg = ImageDecoder.Decode(ImageEncoder.Jpeg(image, 95), "a.jpg").Frames[0];
        var webp = ImageDecoder.Decode(ImageEncoder.Webp(image, lossless: true, 80), "a.webp").Frames[0];

        Assert.Equal((image.Width, image.Height), (jpeg.Width, jpeg.Height));
        Assert.Equal(image.Data, webp.Data.Where((_, i) => i % 4 != 3));
    }

    private static Tensor Input(JsonObject inputs) => Recorded.Inputs[((string)inputs["image"]!)[1..]];
}
