using Farm.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Farm.Worker.Tests.Worker;

/// <summary>What names a model file's content in the farm.</summary>
public sealed class ModelIdentitiesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("farm-models-").FullName;
    private readonly ServiceProvider _services;
    private readonly ModelIdentities _models;

    public ModelIdentitiesTests()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Farm:Data:Root", _root)]).Build();
        _services = new ServiceCollection().AddFarmStorage(configuration).BuildServiceProvider();
        _models = new ModelIdentities(_services.GetRequiredService<IFarmFiles>());
        Directory.CreateDirectory(Path.Combine(_root, "models", "loras"));
    }

    public void Dispose()
    {
        _models.Dispose();
        _services.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_root, "models", "loras", name);

    [Fact]
    public async Task EqualContents_AreOne_WhateverTheirNames()
    {
        await File.WriteAllTextAsync(PathOf("a.safetensors"), "weights", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(PathOf("b.safetensors"), "weights", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(PathOf("c.safetensors"), "weightz", TestContext.Current.CancellationToken);
        var (a, b, c) = (await HashAsync("a.safetensors"), await HashAsync("b.safetensors"), await HashAsync("c.safetensors"));
        Assert.NotNull(a);
        Assert.Equal(a, b);
        Assert.NotEqual(a, c);
    }

    [Fact]
    public async Task RewrittenFile_IsReadAnew()
    {
        await File.WriteAllTextAsync(PathOf("a.safetensors"), "first", TestContext.Current.CancellationToken);
        var first = await HashAsync("a.safetensors");
        await File.WriteAllTextAsync(PathOf("a.safetensors"), "second", TestContext.Current.CancellationToken);
        Assert.NotEqual(first, await HashAsync("a.safetensors"));
    }

    [Fact]
    public async Task FileThatGoes_BeforeItIsRead_HasNoIdentity()
    {
        await File.WriteAllTextAsync(PathOf("a.safetensors"), "weights", TestContext.Current.CancellationToken);
        var identity = _models.Find(TenantName.Default, "loras", "a.safetensors")!;
        File.Delete(PathOf("a.safetensors"));
        Assert.Null(await identity.HashAsync());
    }

    [Theory]
    [InlineData("loras", "missing.safetensors")]
    [InlineData("loras", "../../secret.safetensors")]
    [InlineData("nothing", "a.safetensors")]
    public void UnknownFile_IsNone(string kind, string name) => Assert.Null(_models.Find(TenantName.Default, kind, name));

    private async Task<string?> HashAsync(string name) => await _models.Find(TenantName.Default, "loras", name)!.HashAsync();
}
