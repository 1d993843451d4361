namespace Carillon.Language;

/// <summary>The local times of a cron expression.</summary>
internal readonly struct CronTimes(CronFields fields) : ILocalTimes
{
    private readonly CronFields _fields = fields;

    public bool IsInterval => _fields.IsInterval;

    public long Next(long from) => CronSearch.Next(_fields, from);

    public long Previous(long upTo) => CronSearch.Previous(_fields, upTo);
}
