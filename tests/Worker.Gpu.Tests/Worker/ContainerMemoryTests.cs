using Xunit;

namespace Farm.Worker.Tests.Worker;

/// <summary>Limits of containers, as the kernel writes them into control groups.</summary>
public sealed class ContainerMemoryTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("farm-cgroup-");

    private ContainerMemory Memory => new(_root.FullName);

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Left_WithALimit_CountsPagesOfFilesAsFree()
    {
        Write("memory.max", "1000\n");
        Write("memory.current", "900\n");
        Write("memory.stat", "anon 600\nfile 300\ninactive_anon 600\ninactive_file 200\nactive_file 50\n");

        Assert.Equal((1000, 350), (Memory.Limit, Memory.Left));
    }

    [Fact]
    public void Left_WithALimitOfVersion1_IsOfTheWholeHierarchy()
    {
        Write("memory/memory.limit_in_bytes", "1000\n");
        Write("memory/memory.usage_in_bytes", "900\n");
        Write("memory/memory.stat", "inactive_file 1\nactive_file 2\ntotal_inactive_file 200\ntotal_active_file 50\n");

        Assert.Equal((1000, 350), (Memory.Limit, Memory.Left));
    }

    [Fact]
    public void Left_BeyondTheLimit_IsNothing()
    {
        Write("memory.max", "1000");
        Write("memory.current", "1001");

        Assert.Equal(0, Memory.Left);
    }

    [Fact]
    public void Limit_WithoutOne_IsNone()
    {
        Assert.Equal((long.MaxValue, long.MaxValue), (Memory.Limit, Memory.Left));

        Write("memory.max", "max\n");

        Assert.Equal((long.MaxValue, long.MaxValue), (Memory.Limit, Memory.Left));
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(_root.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
