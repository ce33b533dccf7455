using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;

namespace Farm.Storage.S3;

/// <summary>The calls to the bucket that the store needs; keys are given without the farm's prefix.</summary>
internal sealed class S3Bucket : IDisposable
{
    /// <summary>A server that is busy or restarts is asked again, with growing pauses: some fifteen seconds in all.</summary>
    private const int Retries = 4;

    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly string _address;
    private readonly bool _isPart;

    public S3Bucket(IOptions<S3Options> options)
    {
        var own = options.Value;
        (_bucket, Prefix) = (own.Bucket, own.Prefix);
        _address = own.Endpoint ?? $"Amazon S3 in {own.Region}";
        // Newer check sums are not understood by all servers; every body is signed by its SHA-256 as it is.
        var config = new AmazonS3Config
        {
            ForcePathStyle = own.ForcePathStyle,
            MaxErrorRetry = Retries,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (own.Endpoint is null)
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(own.Region);
        else
            (config.ServiceURL, config.AuthenticationRegion) = (own.Endpoint, own.Region);
        _client = Credentials(own) is { } credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
        _client.BeforeRequestEvent += WriteSlashes;
    }

    private S3Bucket(S3Bucket whole, string prefix) =>
        (_client, _bucket, _address, Prefix, _isPart) = (whole._client, whole._bucket, whole._address, whole.Prefix + prefix, true);

    /// <summary>What every key begins with.</summary>
    public string Prefix { get; }

    /// <summary>The part of the bucket whose keys begin with something more, over the same connections.</summary>
    public S3Bucket Below(string prefix) => new(this, prefix);

    /// <summary>Writes a small object, whether there is one or not.</summary>
    public Task PutAsync(string key, ReadOnlyMemory<byte> body, CancellationToken cancel) => CallAsync(() => _client.PutObjectAsync(Put(key, body), cancel));

    /// <summary>
    /// Asks the server to write a small object only where there is none; false when it says there is. A server that does not know the
    /// condition writes all the same.
    /// </summary>
    public async Task<bool> PutNewAsync(string key, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var request = Put(key, body);
        request.IfNoneMatch = "*";
        return await CallAsync(async () =>
        {
            try
            {
                await _client.PutObjectAsync(request, cancel);
                return true;
            }
            catch (AmazonS3Exception refused) when (refused.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
            {
                return false;
            }
        });
    }

    /// <summary>The bytes of a small object; null when there is none.</summary>
    public async Task<byte[]?> ReadAsync(string key, CancellationToken cancel)
    {
        if (await OpenAsync(key, 0, cancel) is not { } content)
            return null;
        await using (content)
        {
            using var copy = new MemoryStream();
            await content.CopyToAsync(copy, cancel);
            return copy.ToArray();
        }
    }

    /// <summary>The bytes of an object from a position on; null when there is none. Disposing the stream ends the request.</summary>
    public async Task<Stream?> OpenAsync(string key, long start, CancellationToken cancel)
    {
        var request = new GetObjectRequest { BucketName = _bucket, Key = Prefix + key };
        if (start > 0)
            request.ByteRange = new ByteRange($"bytes={start}-");
        return await OrNullAsync(async () => (await _client.GetObjectAsync(request, cancel)).ResponseStream);
    }

    /// <summary>Size and time of an object; null when there is none.</summary>
    public Task<S3Object?> FindAsync(string key, CancellationToken cancel) => OrNullAsync(async () =>
    {
        var found = await _client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _bucket, Key = Prefix + key }, cancel);
        return new S3Object { Key = key, Size = found.ContentLength, ETag = found.ETag, LastModified = found.LastModified };
    });

    /// <summary>Removes an object, if there is one.</summary>
    public Task DeleteAsync(string key, CancellationToken cancel) =>
        CallAsync(() => _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket, Key = Prefix + key }, cancel));

    /// <summary>The objects whose keys begin with something, page after page.</summary>
    /// <param name="start">What their keys begin with.</param>
    /// <param name="most">How many one page may have.</param>
    /// <param name="cancel">Gives up.</param>
    public async IAsyncEnumerable<S3Object> ListAsync(string start, int most, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = Prefix + start, MaxKeys = most };
        while (true)
        {
            var page = await CallAsync(() => _client.ListObjectsV2Async(request, cancel));
            foreach (var found in page.S3Objects ?? [])
            {
                found.Key = found.Key[Prefix.Length..];
                yield return found;
            }
            if (page.IsTruncated is not true)
                yield break;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    /// <summary>Every object whose key begins with something.</summary>
    public IAsyncEnumerable<S3Object> ListAsync(string start, CancellationToken cancel) => ListAsync(start, 1000, cancel);

    /// <summary>Copies an object on the server; false when there is none.</summary>
    public async Task<bool> CopyAsync(string from, string to, CancellationToken cancel) => await OrNullAsync(() => _client.CopyObjectAsync(
        new CopyObjectRequest { SourceBucket = _bucket, SourceKey = Prefix + from, DestinationBucket = _bucket, DestinationKey = Prefix + to }, cancel)) is not null;

    /// <summary>Begins an upload in parts.</summary>
    public async Task<string> BeginAsync(string key, CancellationToken cancel) =>
        (await CallAsync(() => _client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = _bucket, Key = Prefix + key }, cancel))).UploadId;

    /// <summary>Sends a part, counted from 1.</summary>
    public async Task<PartETag> SendAsync(string key, string upload, int number, ReadOnlyMemory<byte> part, CancellationToken cancel)
    {
        var sent = await CallAsync(() => _client.UploadPartAsync(new UploadPartRequest
        {
            BucketName = _bucket,
            Key = Prefix + key,
            UploadId = upload,
            PartNumber = number,
            PartSize = part.Length,
            InputStream = Stream(part),
            UseChunkEncoding = false,
        }, cancel));
        return new PartETag(number, sent.ETag);
    }

    /// <summary>Lets an upload become an object.</summary>
    public Task CompleteAsync(string key, string upload, List<PartETag> parts, CancellationToken cancel) => CallAsync(() => _client.CompleteMultipartUploadAsync(
        new CompleteMultipartUploadRequest { BucketName = _bucket, Key = Prefix + key, UploadId = upload, PartETags = parts }, cancel));

    /// <summary>Forgets the parts of an upload.</summary>
    public Task AbortAsync(string key, string upload, CancellationToken cancel) =>
        CallAsync(() => _client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = _bucket, Key = Prefix + key, UploadId = upload }, cancel));

    /// <summary>The next parts of the keys that begin with something and go on behind a slash; a request each, for not every server knows delimiters well.</summary>
    public async IAsyncEnumerable<string> FoldersAsync(string start, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = Prefix + start, MaxKeys = 1 };
        while ((await CallAsync(() => _client.ListObjectsV2Async(request, cancel))).S3Objects is [{ Key: var found }, ..])
        {
            var folder = found[(Prefix.Length + start.Length)..].Split('/')[0];
            yield return folder;
            // The character behind the slash: what begins so comes after all that is in the folder.
            request.StartAfter = $"{Prefix}{start}{folder}{(char)('/' + 1)}";
        }
    }

    public void Dispose()
    {
        if (!_isPart)
            _client.Dispose();
    }

    /// <summary>The SDK encodes the slashes of a copy's source too, which not every server decodes; every server takes them as they are.</summary>
    private static void WriteSlashes(object sender, RequestEventArgs sent)
    {
        const string Source = "x-amz-copy-source";
        if (sent is WebServiceRequestEventArgs { Headers: { } headers } && headers.TryGetValue(Source, out var encoded))
            headers[Source] = encoded.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
    }

    private PutObjectRequest Put(string key, ReadOnlyMemory<byte> body) =>
        new() { BucketName = _bucket, Key = Prefix + key, InputStream = Stream(body), UseChunkEncoding = false, AutoCloseStream = true };

    private static MemoryStream Stream(ReadOnlyMemory<byte> bytes) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(bytes, out var array) ? new(array.Array!, array.Offset, array.Count, writable: false) : new(bytes.ToArray());

    private Task<T?> OrNullAsync<T>(Func<Task<T>> call) where T : class => CallAsync(async () =>
    {
        try
        {
            return await call();
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode is HttpStatusCode.NotFound && missing.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    });

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new FilesUnavailableException($"The bucket '{_bucket}' at {_address} did not do as asked: {failure.Message}", failure);
        }
    }

    private static AWSCredentials? Credentials(S3Options options)
    {
        if (!string.IsNullOrEmpty(options.AccessKey))
            return new BasicAWSCredentials(options.AccessKey, options.SecretKey);
        if (options.CredentialsFile is not { } file)
            return null;
        return new CredentialProfileStoreChain(file).TryGetAWSCredentials(options.Profile, out var credentials)
            ? credentials
            : throw new IOException($"{S3Options.Section}:CredentialsFile '{file}' has no keys under the profile '{options.Profile}'.");
    }
}
