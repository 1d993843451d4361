namespace Carillon.Language;

/// <summary>The local times of a cron expression.</summary>
internal readonly struct CronTimes(CronFields fields) : ILocalTimes
{
    public readonly CronFields Fields = fields;

    public bool IsInterval => Fields.IsInterval;

    public long Next(long from) => CronSearch.Next(Fields, from);

    public long Previous(long upTo) => CronSearch.Previous(Fields, upTo);
}
