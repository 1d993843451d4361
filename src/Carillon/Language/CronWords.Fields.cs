namespace Carillon.Language;

/// <summary>Each field for itself.</summary>
internal static partial class CronWords
{
    public static FieldExplanation[] Fields(in CronFields fields, CronDialect dialect)
    {
        var either = fields.IsEitherDay ? "; either this or the other day field suffices" : "";
        var isQuartz = dialect == CronDialect.Quartz;
        List<FieldExplanation> all =
        [
            new("second", CronText.Values(CronField.Second, fields.Seconds), Field(CronField.Second, fields.Seconds)),
            new("minute", CronText.Values(CronField.Minute, fields.Minutes), Field(CronField.Minute, fields.Minutes)),
            new("hour", CronText.Values(CronField.Hour, fields.Hours), Field(CronField.Hour, fields.Hours)),
            new("day of month", CronText.Days(fields, isQuartz), (fields.HasDays ? $"on {Days(fields)}" : "every day of the month") + either),
            new("month", CronText.Values(CronField.Month, fields.Months), fields.Months == CronField.Month.All ? "every month" : $"in {Months(fields)}"),
            new("day of week", CronText.Weekdays(fields, isQuartz), (fields.HasWeekdays ? $"on {DaysOfWeek(fields)}" : "every day of the week") + either),
        ];
        if (fields.Seconds == 1 && !isQuartz) all.RemoveAt(0);
        if (fields.Years is not null) all.Add(new("year", CronText.Years(fields.Years), Years(fields)));
        return [.. all];
    }
}
