using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Access;
using Carillon.AspNetCore.Shapes;
using Carillon.Cluster;
using Carillon.Language;
using Carillon.Store;

namespace Carillon.AspNetCore.Json;

/// <summary>Every contract of the API: closed, source-generated, strict.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = 64,
    Converters =
    [
        typeof(InstantConverter), typeof(DurationConverter), typeof(ChoiceConverter<JobState>), typeof(ChoiceConverter<Backoff>), typeof(ChoiceConverter<OnConflict>),
        typeof(ChoiceConverter<AfterCondition>), typeof(ChoiceConverter<MisfirePolicy>), typeof(ChoiceConverter<OverlapPolicy>), typeof(ChoiceConverter<Role>),
        typeof(ChoiceConverter<ScheduleMode>), typeof(ChoiceConverter<NodeState>), typeof(ChoiceConverter<EnqueueStatus>),
        typeof(ChoiceConverter<GapPolicy>), typeof(ChoiceConverter<RepeatPolicy>), typeof(ChoiceConverter<BusinessDayPolicy>), typeof(ChoiceConverter<ClockGap>), typeof(ChoiceConverter<ClockRepeat>), typeof(ChoiceConverter<RecurrenceForm>),
    ])]
[JsonSerializable(typeof(ProblemBody))]
[JsonSerializable(typeof(JobBody))]
[JsonSerializable(typeof(BulkBody))]
[JsonSerializable(typeof(IReadOnlyList<JobBody>))]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(Page<JobView>))]
[JsonSerializable(typeof(BulkAnswer))]
[JsonSerializable(typeof(Page<JournalView>))]
[JsonSerializable(typeof(Page<LogLineView>))]
[JsonSerializable(typeof(ScheduleBody))]
[JsonSerializable(typeof(ScheduleView))]
[JsonSerializable(typeof(Page<ScheduleView>))]
[JsonSerializable(typeof(CalendarBody))]
[JsonSerializable(typeof(CalendarView))]
[JsonSerializable(typeof(Page<CalendarView>))]
[JsonSerializable(typeof(NextView))]
[JsonSerializable(typeof(PreviewBody))]
[JsonSerializable(typeof(PreviewView))]
[JsonSerializable(typeof(ReasonBody))]
[JsonSerializable(typeof(Page<ExecutionView>))]
[JsonSerializable(typeof(HandlerView))]
[JsonSerializable(typeof(Page<HandlerView>))]
[JsonSerializable(typeof(LockAnswer))]
[JsonSerializable(typeof(Page<LockAnswer>))]
[JsonSerializable(typeof(NodeAnswer))]
[JsonSerializable(typeof(Page<NodeAnswer>))]
[JsonSerializable(typeof(DrainBody))]
[JsonSerializable(typeof(QueueAnswer))]
[JsonSerializable(typeof(Page<QueueAnswer>))]
[JsonSerializable(typeof(LimitBody))]
[JsonSerializable(typeof(Page<AuditView>))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(Page<KeyView>))]
[JsonSerializable(typeof(NewKeyView))]
[JsonSerializable(typeof(Carillon.Insights.Explanation))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(HealthView))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>
    /// As the API writes: for people at a terminal, so letters, quotes and plus signs stand as they are. Nothing may take it for HTML: each answer
    /// has a JSON type, nosniff and a policy that loads nothing.
    /// </summary>
    // Made at first use: the order in which the two halves of this class run their initialisers is not ours.
    public static ApiJson Wire => field ??= new ApiJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>A page of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="Next">Give it as <c>cursor</c> for the next page; null at the end.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
