using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>Whether an asset is shown.</summary>
internal enum AssetState
{
    /// <summary>It is.</summary>
    Shown = 0,

    /// <summary>Its user deleted it; the content stays known.</summary>
    Deleted = 1,

    /// <summary>Its file is gone.</summary>
    Missing = 2,
}

/// <summary>A named reference to a content. Times are microseconds since 1970, as ComfyUI shows them.</summary>
internal sealed class AssetRow
{
    /// <summary>The asset's id.</summary>
    public Guid Id { get; set; }

    /// <summary>The tenant.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The user inside the tenant; empty for an asset of all.</summary>
    public string User { get; set; } = "";

    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The content's hash with its scheme.</summary>
    public string Hash { get; set; } = "";

    /// <summary>The content's bytes.</summary>
    public long Size { get; set; }

    /// <summary>The content's media type.</summary>
    public string MimeType { get; set; } = "";

    /// <summary>The root of its file; null without one.</summary>
    public string? Root { get; set; }

    /// <summary>The path of its file inside the root; null without one.</summary>
    public string? Path { get; set; }

    /// <summary>The file's name as shown.</summary>
    public string? FileName { get; set; }

    /// <summary>When the file was written, in ticks: another time means another content.</summary>
    public long? WrittenAt { get; set; }

    /// <summary>The prompt_id of the prompt that saved the file; null where no prompt did.</summary>
    public string? JobId { get; set; }

    /// <summary>The user's notes: a JSON object.</summary>
    public string UserMetadata { get; set; } = "{}";

    /// <summary>The asset shown in its place.</summary>
    public Guid? PreviewId { get; set; }

    /// <summary>Whether it is shown.</summary>
    public AssetState State { get; set; }

    /// <summary>When it was made.</summary>
    public long CreatedAt { get; set; }

    /// <summary>When it was changed.</summary>
    public long UpdatedAt { get; set; }

    /// <summary>When its content was read.</summary>
    public long AccessedAt { get; set; }
}

/// <summary>Table <c>assets</c>.</summary>
internal sealed class AssetRowConfiguration : IEntityTypeConfiguration<AssetRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<AssetRow> builder)
    {
        builder.ToTable("assets");
        builder.HasKey(a => a.Id);
        builder.Property(a => a.Id).HasColumnName("asset_id").ValueGeneratedNever();
        builder.Property(a => a.Tenant).HasColumnName("tenant");
        builder.Property(a => a.User).HasColumnName("user");
        builder.Property(a => a.Name).HasColumnName("name");
        builder.Property(a => a.Hash).HasColumnName("hash");
        builder.Property(a => a.Size).HasColumnName("size");
        builder.Property(a => a.MimeType).HasColumnName("mime_type");
        builder.Property(a => a.Root).HasColumnName("root");
        builder.Property(a => a.Path).HasColumnName("path");
        builder.Property(a => a.FileName).HasColumnName("file_name");
        builder.Property(a => a.WrittenAt).HasColumnName("written_at");
        builder.Property(a => a.JobId).HasColumnName("job_id");
        builder.Property(a => a.UserMetadata).HasColumnName("user_metadata");
        builder.Property(a => a.PreviewId).HasColumnName("preview_id");
        builder.Property(a => a.State).HasColumnName("state");
        builder.Property(a => a.CreatedAt).HasColumnName("created_at");
        builder.Property(a => a.UpdatedAt).HasColumnName("updated_at");
        builder.Property(a => a.AccessedAt).HasColumnName("accessed_at");
        builder.HasIndex(a => new { a.Tenant, a.CreatedAt }, "ix_assets_shown").HasFilter("state = 0");
        builder.HasIndex(a => new { a.Tenant, a.Hash }, "ix_assets_hash");
        builder.HasIndex(a => new { a.Tenant, a.Root, a.Path }, "ix_assets_place").IsUnique().HasFilter("path IS NOT NULL");
    }
}
