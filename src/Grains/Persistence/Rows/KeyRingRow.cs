using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>An element of the gateways' key ring.</summary>
internal sealed class KeyRingRow
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>What data protection wrote.</summary>
    public string Xml { get; set; } = "";

    /// <summary>When it came, in milliseconds since 1970.</summary>
    public long CreatedAt { get; set; }
}

/// <summary>Table <c>key_ring</c>.</summary>
internal sealed class KeyRingRowConfiguration : IEntityTypeConfiguration<KeyRingRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<KeyRingRow> builder)
    {
        builder.ToTable("key_ring");
        builder.HasKey(k => k.Name);
        builder.Property(k => k.Name).HasColumnName("name").ValueGeneratedNever();
        builder.Property(k => k.Xml).HasColumnName("xml");
        builder.Property(k => k.CreatedAt).HasColumnName("created_at");
    }
}
