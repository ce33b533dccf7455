using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>Device memory that runs of one shape, or the networks of one model file, were seen to take.</summary>
internal sealed class MemoryRow
{
    /// <summary><c>shape:</c> or <c>model:</c>, the kind of device, and the shape's or the file's name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Bytes.</summary>
    public long Bytes { get; set; }

    /// <summary>When it was measured last, in milliseconds since 1970.</summary>
    public long SeenAt { get; set; }
}

/// <summary>Table <c>memory_figures</c>.</summary>
internal sealed class MemoryRowConfiguration : IEntityTypeConfiguration<MemoryRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<MemoryRow> builder)
    {
        builder.ToTable("memory_figures");
        builder.HasKey(m => m.Name);
        builder.Property(m => m.Name).HasColumnName("name");
        builder.Property(m => m.Bytes).HasColumnName("bytes");
        builder.Property(m => m.SeenAt).HasColumnName("seen_at");
    }
}
