using Farm.Storage.Tests.Suites;

namespace Farm.Storage.Tests.S3;

/// <summary>The suites over a bucket whose server does not know conditions: names are reserved by claims.</summary>
public sealed class S3FileStoreTests(SharedS3 s3) : FileStoreSuite
{
    protected override Task<StorageFixture> CreateAsync() => s3.CreateAsync();
}

/// <inheritdoc cref="S3FileStoreTests" />
public sealed class S3RunFilesTests(SharedS3 s3) : RunFilesSuite
{
    protected override int Many => 40;

    protected override Task<StorageFixture> CreateAsync() => s3.CreateAsync();
}

/// <inheritdoc cref="S3FileStoreTests" />
public sealed class S3ContentIndexTests(SharedS3 s3) : ContentIndexSuite
{
    protected override Task<StorageFixture> CreateAsync() => s3.CreateAsync();
}

/// <inheritdoc cref="S3FileStoreTests" />
public sealed class S3TenantTests(SharedS3 s3) : TenantSuite
{
    protected override Task<StorageFixture> CreateAsync() => s3.CreateAsync();
}

/// <summary>The suites over a bucket whose server knows conditions.</summary>
public sealed class ConditionalS3FileStoreTests(SharedS3 s3) : FileStoreSuite
{
    protected override Task<StorageFixture> CreateAsync() => s3.CreateAsync(conditions: true);
}

/// <inheritdoc cref="ConditionalS3FileStoreTests" />
public sealed class ConditionalS3RunFilesTests(SharedS3 s3) : RunFilesSuite
{
    protected override int Many => 40;

    protected override Task<StorageFixture> CreateAsync() => s3.CreateAsync(conditions: true);
}

/// <inheritdoc cref="ConditionalS3FileStoreTests" />
public sealed class ConditionalS3TenantTests(SharedS3 s3) : TenantSuite
{
    protected override Task<StorageFixture> CreateAsync() => s3.CreateAsync(conditions: true);
}
