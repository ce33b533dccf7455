using Farm.Contracts.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Farm.Grains.Persistence.Rows;

/// <summary>An API key, without its secret. Times are milliseconds since 1970.</summary>
internal sealed class KeyRow
{
    /// <summary>The part of the key that is no secret.</summary>
    public string Id { get; set; } = "";

    /// <summary>SHA-256 of the whole key.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>The tenant that it speaks for.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>What people call it.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it may do.</summary>
    public AccessScopes Scopes { get; set; }

    /// <summary>When it was made.</summary>
    public long CreatedAt { get; set; }

    /// <summary>Who made it.</summary>
    public string CreatedBy { get; set; } = "";

    /// <summary>When it ends by itself.</summary>
    public long? ExpiresAt { get; set; }

    /// <summary>When it was revoked.</summary>
    public long? RevokedAt { get; set; }

    /// <summary>When it was last used, coarsely.</summary>
    public long? LastUsedAt { get; set; }
}

/// <summary>Table <c>api_keys</c>.</summary>
internal sealed class KeyRowConfiguration : IEntityTypeConfiguration<KeyRow>
{
    /// <inheritdoc/>
    public void Configure(EntityTypeBuilder<KeyRow> builder)
    {
        builder.ToTable("api_keys");
        builder.HasKey(k => k.Id);
        builder.Property(k => k.Id).HasColumnName("key_id").ValueGeneratedNever();
        builder.Property(k => k.Hash).HasColumnName("hash");
        builder.Property(k => k.Tenant).HasColumnName("tenant");
        builder.Property(k => k.Name).HasColumnName("name");
        builder.Property(k => k.Scopes).HasColumnName("scopes");
        builder.Property(k => k.CreatedAt).HasColumnName("created_at");
        builder.Property(k => k.CreatedBy).HasColumnName("created_by");
        builder.Property(k => k.ExpiresAt).HasColumnName("expires_at");
        builder.Property(k => k.RevokedAt).HasColumnName("revoked_at");
        builder.Property(k => k.LastUsedAt).HasColumnName("last_used_at");
    }
}
