using System.Globalization;
using Carillon.Generators.Model;
using Carillon.Generators.Reading;

namespace Carillon.Generators.Emitting;

/// <summary>The members of a HandlerDefinition.</summary>
internal static class DefinitionCode
{
    public static void Members(CodeText code, HandlerModel handler)
    {
        var options = handler.Options;
        code.Line($"Name = {Literal.Of(handler.Name)},").Line("Run = RunAsync,").Line($"ArgsSchema = {Literal.Of(SchemaOf(handler))},");
        Member(code, "Description", options.Description, Literal.Of(options.Description));
        Member(code, "Queue", options.Queue, Literal.Of(options.Queue));
        Member(code, "MaxConcurrent", options.MaxConcurrent, $"{options.MaxConcurrent}");
        Member(code, "Attempts", options.Attempts, $"{options.Attempts}");
        Member(code, "Timeout", options.TimeoutTicks, $"new global::System.TimeSpan({options.TimeoutTicks.ToString(CultureInfo.InvariantCulture)}L)");
        Member(code, "KeepFinished", options.KeepFinishedTicks, $"new global::System.TimeSpan({options.KeepFinishedTicks?.ToString(CultureInfo.InvariantCulture)}L)");
        Member(code, "NeverRetry", options.NeverRetry.Count, $"new global::System.Type[] {{ {string.Join(", ", options.NeverRetry.Select(static type => $"typeof({type})"))} }}");
        Member(code, "Schedules", handler.Schedules.Count, $"new global::Carillon.Jobs.HandlerSchedule[] {{ {string.Join(", ", handler.Schedules.Select(ScheduleOf))} }}");
    }

    private static void Member<T>(CodeText code, string name, T value, string text)
    {
        if (!EqualityComparer<T>.Default.Equals(value, default!))
        {
            code.Line($"{name} = {text},");
        }
    }

    private static string ScheduleOf(ScheduleModel schedule)
    {
        var kind = schedule.IsCron ? "Cron" : "Every";
        var dialect = schedule.Dialect is null ? "" : $", Dialect = {Literal.Of(schedule.Dialect)}";
        return $"new(global::Carillon.Store.RecurrenceKind.{kind}, {Literal.Of(schedule.Expression)}) {{ Zone = {Literal.Of(schedule.Zone)}, Name = {Literal.Of(schedule.Name)}{dialect} }}";
    }

    private static string SchemaOf(HandlerModel handler)
    {
        if (handler.Arguments.FirstOrDefault(static argument => argument.Role == ParameterRole.Whole) is { } whole)
        {
            return whole.Shape.Schema;
        }

        var members = handler.Arguments.Select(static argument => $"{SchemaReader.Quote(argument.JsonName)}:{SchemaOf(argument)}");
        var required = handler.Arguments.Where(static argument => argument.IsRequired).Select(static argument => SchemaReader.Quote(argument.JsonName)).ToList();
        return $$"""{"type":"object","properties":{{{string.Join(",", members)}}}{{(required.Count == 0 ? "" : $",\"required\":[{string.Join(",", required)}]")}}}""";
    }

    private static string SchemaOf(ParameterModel argument)
    {
        var schema = argument.Shape.FullSchema;
        return argument.JsonDefault is null || !schema.EndsWith("}", StringComparison.Ordinal) || schema.Length == 2
            ? schema : $"{schema.Substring(0, schema.Length - 1)},\"default\":{argument.JsonDefault}}}";
    }
}
