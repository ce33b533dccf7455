using Xunit;

namespace Farm.Storage.Tests.Catalog;

public sealed class FileCatalogTests
{
    [Fact]
    public async Task Models_FilesInAllFoldersOfAKind_AreListedByRelativeNameAndExtension()
    {
        await using var store = await StorageFixture.CreateAsync();
        foreach (var path in (string[])["checkpoints/b.safetensors", "checkpoints/sub/a.CKPT", "checkpoints/readme.txt", "clip/c.safetensors", "text_encoders/c.safetensors"])
            store.Put(FileArea.Models, path);
        store.Put(FileArea.Output, "checkpoints/saved.safetensors");
        Assert.Equal(["b.safetensors", "saved.safetensors", "sub/a.CKPT"], store.Catalog.Models("checkpoints")!.Value);
        Assert.Equal(["c.safetensors"], store.Catalog.Models("text_encoders")!.Value);
        Assert.Equal(FileKey.Create(FileArea.Models, "text_encoders/c.safetensors"), store.Catalog.FindModel("text_encoders", "c.safetensors"));
        Assert.Equal(FileKey.Create(FileArea.Output, "checkpoints/saved.safetensors"), store.Catalog.FindModel("checkpoints", "saved.safetensors"));
        Assert.Null(store.Catalog.Models("none"));
    }

    [Theory]
    [InlineData("../vae/v.safetensors")]
    [InlineData("/v.safetensors")]
    [InlineData("readme.txt")]
    [InlineData("none.safetensors")]
    [InlineData("")]
    public async Task FindModel_NameOutsideTheFolderOrNoModel_IsNone(string name)
    {
        await using var store = await StorageFixture.CreateAsync();
        store.Put(FileArea.Models, "vae/v.safetensors");
        store.Put(FileArea.Models, "checkpoints/readme.txt");
        Assert.Null(store.Catalog.FindModel("checkpoints", name));
    }

    [Fact]
    public async Task Diffusers_FoldersWithAListOfParts_AreTheEntries()
    {
        await using var store = await StorageFixture.CreateAsync();
        foreach (var path in (string[])["diffusers/sub/xl/model_index.json", "diffusers/xl/model_index.json", "diffusers/xl/unet/diffusion_pytorch_model.safetensors", "diffusers/other/a.bin", "diffusers/model_index.json"])
            store.Put(FileArea.Models, path);
        Assert.Equal(["sub/xl", "xl"], store.Catalog.Models("diffusers")!.Value);
        Assert.Equal(FileKey.Create(FileArea.Models, "diffusers/xl/model_index.json"), store.Catalog.FindModel("diffusers", "xl"));
        Assert.Equal(FileKey.Create(FileArea.Models, "diffusers/xl/unet/diffusion_pytorch_model.safetensors"), store.Catalog.FindModel("diffusers", "xl/unet/diffusion_pytorch_model.safetensors"));
        Assert.Null(store.Catalog.FindModel("diffusers", "other"));
        Assert.Null(store.Catalog.FindModel("diffusers", "../vae"));
    }

    [Fact]
    public async Task Inputs_Kinds_AreToldByExtensionAtTheTopOnly()
    {
        await using var store = await StorageFixture.CreateAsync();
        foreach (var path in (string[])["b.PNG", "a.webp", "song.mp3", "clip.mp4", "notes.txt", "sub/c.png"])
            store.Put(FileArea.Input, path);
        Assert.Equal(["a.webp", "b.PNG"], store.Catalog.Inputs(["image"]));
        Assert.Equal(["clip.mp4", "song.mp3"], store.Catalog.Inputs(["audio", "video"]));
        Assert.Equal(["a.webp", "b.PNG", "clip.mp4", "notes.txt", "song.mp3"], store.Catalog.Inputs([]));
    }

    [Fact]
    public async Task Listings_FileAddedOrRemoved_ShowAtOnce()
    {
        await using var store = await StorageFixture.CreateAsync();
        for (var i = 0; i < 50; i++)
        {
            store.Put(FileArea.Models, "loras/new folder/x.safetensors");
            store.Put(FileArea.Input, "x.png");
            Assert.Equal(["new folder/x.safetensors"], store.Catalog.Models("loras")!.Value);
            Assert.Equal(["x.png"], store.Catalog.Inputs(["image"]));
            Directory.Delete(store.PathOf(FileArea.Models, "loras/new folder"), recursive: true);
            File.Delete(store.PathOf(FileArea.Input, "x.png"));
            Assert.Empty(store.Catalog.Models("loras")!.Value);
            Assert.Empty(store.Catalog.Inputs(["image"]));
        }
    }

    [Fact]
    public async Task Listings_NothingChanged_ReturnTheSameArray()
    {
        await using var store = await StorageFixture.CreateAsync();
        store.Put(FileArea.Models, "loras/a.safetensors");
        foreach (var folder in (string[])[store.PathOf(FileArea.Models, "loras"), store.Folders.Of(FileArea.Output)])
            Directory.SetLastWriteTimeUtc(folder, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var first = store.Catalog.Models("loras")!.Value;
        Assert.True(first == store.Catalog.Models("loras")!.Value);
    }

    // ComfyUI 0.19.3, recorded: GET /models and GET /internal/folder_paths.
    [Fact]
    public void ModelFolders_NamesAndPaths_AreTheRecordedOnes()
    {
        Assert.Equal(
            ["checkpoints", "configs", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision", "style_models", "embeddings", "diffusers", "vae_approx",
                "controlnet", "gligen", "upscale_models", "latent_upscale_models", "custom_nodes", "hypernetworks", "photomaker", "classifiers", "model_patches",
                "audio_encoders", "frame_interpolation"],
            ModelFolders.All.Keys);
        Assert.Equal(["Models:unet", "Models:diffusion_models", "Output:diffusion_models"], Paths("diffusion_models"));
        Assert.Equal(["Models:text_encoders", "Models:clip", "Output:clip"], Paths("text_encoders"));
        Assert.Equal(["Models:controlnet", "Models:t2i_adapter"], Paths("controlnet"));
        Assert.Equal(["CustomNodes:"], Paths("custom_nodes"));
        Assert.Equal(["checkpoints", "loras", "vae", "text_encoders", "diffusion_models"],
            ModelFolders.All.Values.Where(folder => folder.Paths.Any(path => path.Area == FileArea.Output)).Select(folder => folder.Name));
    }

    private static IEnumerable<string> Paths(string folder) => ModelFolders.All[folder].Paths.Select(path => $"{path.Area}:{path.Folder}");
}
