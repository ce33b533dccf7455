using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>A tag of an asset.</summary>
internal sealed class AssetTagRow
{
    /// <summary>The asset.</summary>
    public Guid AssetId { get; set; }

    /// <summary>The tag.</summary>
    public string Tag { get; set; } = "";

    /// <summary>The asset's tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The asset's user.</summary>
    public string User { get; set; } = "";
}

/// <summary>Table <c>asset_tags</c>.</summary>
internal sealed class AssetTagRowConfiguration : IEntityTypeConfiguration<AssetTagRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<AssetTagRow> builder)
    {
        builder.ToTable("asset_tags");
        builder.HasKey(t => new { t.AssetId, t.Tag });
        builder.Property(t => t.AssetId).HasColumnName("asset_id");
        builder.Property(t => t.Tag).HasColumnName("tag");
        builder.Property(t => t.Tenant).HasColumnName("tenant");
        builder.Property(t => t.User).HasColumnName("user");
        builder.HasIndex(t => new { t.Tenant, t.Tag }, "ix_asset_tags_tag");
        builder.HasOne<AssetRow>().WithMany().HasForeignKey(t => t.AssetId).OnDelete(DeleteBehavior.Cascade);
    }
}
