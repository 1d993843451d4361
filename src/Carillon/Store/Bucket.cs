namespace Carillon.Store;

/// <summary>What a rate limit counts: a queue, or one group of it.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Group">The group (empty for the jobs that name none); null for the whole queue.</param>
internal readonly record struct Bucket(string Queue, string? Group);

/// <summary>A bucket that jobs were taken from.</summary>
/// <param name="Bucket">Which.</param>
/// <param name="FullAt">When it is full again; before that some of it is spent.</param>
internal readonly record struct SpentBucket(Bucket Bucket, DateTimeOffset FullAt);
