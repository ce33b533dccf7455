using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>The node definitions of one worker build. The tenant is the farm itself.</summary>
internal sealed class ManifestRow
{
    /// <summary>The manifest's hash.</summary>
    public string Hash { get; set; } = "";

    /// <summary>The tenant whose workers have it.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user inside the tenant.</summary>
    public string User { get; set; } = "";

    /// <summary>The catalogue's version that it made: the order of merging.</summary>
    public long Version { get; set; }

    /// <summary>Definitions, MessagePack, compressed.</summary>
    public byte[] Definitions { get; set; } = [];
}

/// <summary>Table <c>manifests</c>.</summary>
internal sealed class ManifestRowConfiguration : IEntityTypeConfiguration<ManifestRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<ManifestRow> builder)
    {
        builder.ToTable("manifests");
        builder.HasKey(m => m.Hash);
        builder.Property(m => m.Hash).HasColumnName("hash");
        builder.Property(m => m.Tenant).HasColumnName("tenant");
        builder.Property(m => m.User).HasColumnName("user");
        builder.Property(m => m.Version).HasColumnName("version");
        builder.Property(m => m.Definitions).HasColumnName("definitions");
    }
}
