using Farm.Clustering;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Xunit;

namespace Farm.Gateway.Tests.Hosting;

/// <summary>Options from files of their own, as Kubernetes and compose give secrets.</summary>
public sealed class SecretFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("farm-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_OfTheFolder_AreOptionsByTheirNames()
    {
        Write("Farm__Database__ConnectionString", "Host=db;Password=of the file\n");
        Write("Farm__Storage__S3__SecretKey", "s3");
        Write("Kestrel__Certificates__Default__Password", "pfx");

        var configuration = Read();

        Assert.Equal("Host=db;Password=of the file", configuration["Farm:Database:ConnectionString"]);
        Assert.Equal(("s3", "pfx"), (configuration["Farm:Storage:S3:SecretKey"], configuration["Kestrel:Certificates:Default:Password"]));
    }

    [Fact]
    public void Files_AsKubernetesMountsThem_AreRead()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder, "..2026_01_01_00_00_00.1")).FullName;
        File.WriteAllText(Path.Combine(data, "Farm__Webhooks__Secret"), "mounted");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), data);
        File.CreateSymbolicLink(Path.Combine(_folder, "Farm__Webhooks__Secret"), Path.Combine("..data", "Farm__Webhooks__Secret"));

        Assert.Equal("mounted", Read()["Farm:Webhooks:Secret"]);
    }

    [Fact]
    public void Files_BesideOtherSources_WinOverJsonAndLoseToTheCommandLine()
    {
        Write("Farm__A", "file");
        Write("Farm__B", "file");
        var json = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "below")).FullName, "own.json");
        File.WriteAllText(json, """{"Farm": {"A": "json", "B": "json", "C": "json"}}""");

        var configuration = Read("--config", json, "--Farm:B", "line");

        Assert.Equal(("file", "line", "json"), (configuration["Farm:A"], configuration["Farm:B"], configuration["Farm:C"]));
    }

    [Fact]
    public void Folder_ThatIsNotThere_StopsTheStartAndIsNamed()
    {
        Directory.Delete(_folder);

        var error = Assert.Throws<OptionsValidationException>(() => Read());
        Directory.CreateDirectory(_folder);

        Assert.Contains($"Farm:Secrets:Folder is '{_folder}'", error.Message, StringComparison.Ordinal);
    }

    private IConfiguration Read(params string[] arguments) =>
        WebApplication.CreateBuilder(["--Farm:Secrets:Folder", _folder, .. arguments]).AddFarmConfiguration("none.json").Configuration;

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
