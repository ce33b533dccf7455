using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>A value of an asset's metadata, to be found by; of a list each element has a row.</summary>
internal sealed class AssetMetadataRow
{
    /// <summary>The asset.</summary>
    public Guid AssetId { get; set; }

    /// <summary>The key.</summary>
    public string Key { get; set; } = "";

    /// <summary>The place in the list; 0 otherwise.</summary>
    public int Ordinal { get; set; }

    /// <summary>The value, in a form that is equal for equal values.</summary>
    public string Value { get; set; } = "";

    /// <summary>The asset's tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The asset's user.</summary>
    public string User { get; set; } = "";
}

/// <summary>Table <c>asset_metadata</c>.</summary>
internal sealed class AssetMetadataRowConfiguration : IEntityTypeConfiguration<AssetMetadataRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<AssetMetadataRow> builder)
    {
        builder.ToTable("asset_metadata");
        builder.HasKey(m => new { m.AssetId, m.Key, m.Ordinal });
        builder.Property(m => m.AssetId).HasColumnName("asset_id");
        builder.Property(m => m.Key).HasColumnName("key");
        builder.Property(m => m.Ordinal).HasColumnName("ordinal");
        builder.Property(m => m.Value).HasColumnName("value");
        builder.Property(m => m.Tenant).HasColumnName("tenant");
        builder.Property(m => m.User).HasColumnName("user");
        builder.HasOne<AssetRow>().WithMany().HasForeignKey(m => m.AssetId).OnDelete(DeleteBehavior.Cascade);
    }
}
