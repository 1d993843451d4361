namespace Carillon.Language;

/// <summary>Each field for itself.</summary>
internal static partial class CronWords
{
    public static FieldExplanation[] Fields(in CronFields fields)
    {
        var either = fields.IsEitherDay ? "; either this or the other day field suffices" : "";
        FieldExplanation[] all =
        [
            new("second", CronText.Values(CronField.Second, fields.Seconds), Field(CronField.Second, fields.Seconds)),
            new("minute", CronText.Values(CronField.Minute, fields.Minutes), Field(CronField.Minute, fields.Minutes)),
            new("hour", CronText.Values(CronField.Hour, fields.Hours), Field(CronField.Hour, fields.Hours)),
            new("day of month", CronText.Days(fields), (fields.HasDays ? $"on {Days(fields)}" : "every day of the month") + either),
            new("month", CronText.Values(CronField.Month, fields.Months), fields.Months == CronField.Month.All ? "every month" : $"in {Months(fields)}"),
            new("day of week", CronText.Weekdays(fields), (fields.HasWeekdays ? $"on {DaysOfWeek(fields)}" : "every day of the week") + either),
        ];
        return fields.Seconds == 1 ? all[1..] : all;
    }
}
