namespace Carillon.Generators.Model;

/// <summary>A handler as its code says: all that the generated code needs, and nothing that changes when the handler's body or place does.</summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Target">What is called.</param>
/// <param name="Parameters">The method's parameters in order.</param>
/// <param name="Result">What becomes of its return.</param>
/// <param name="Call">The typed call that makes a request.</param>
internal sealed record HandlerModel(string Name, TargetModel Target, EquatableArray<ParameterModel> Parameters, ResultModel Result, CallModel Call)
{
    /// <summary>The parameters that make up the arguments.</summary>
    public IEnumerable<ParameterModel> Arguments => Parameters.Where(static parameter => parameter.Role is ParameterRole.Argument or ParameterRole.Whole);

    /// <summary>The schedules on its code.</summary>
    public EquatableArray<ScheduleModel> Schedules { get; init; }

    /// <summary>The attribute's settings.</summary>
    public OptionsModel Options { get; init; } = new();
}

/// <summary>The method that is called.</summary>
/// <param name="CodeName">The generated class's name, unique in the assembly.</param>
/// <param name="Type">The containing type, fully qualified.</param>
/// <param name="Method">Its name.</param>
/// <param name="IsStatic">No instance is needed.</param>
/// <param name="Services">The constructor's parameters, where an instance is needed.</param>
internal sealed record TargetModel(string CodeName, string Type, string Method, bool IsStatic, EquatableArray<ServiceModel> Services);

/// <summary>A constructor's parameter.</summary>
/// <param name="Type">Fully qualified.</param>
/// <param name="Key">The key's literal, for a keyed service.</param>
/// <param name="Default">The default's literal, where it may be missing.</param>
internal sealed record ServiceModel(string Type, string? Key, string? Default);

/// <summary>What a parameter is fed with.</summary>
internal enum ParameterRole
{
    /// <summary>A member of the arguments.</summary>
    Argument,

    /// <summary>The whole arguments object.</summary>
    Whole,

    /// <summary>The attempt's token.</summary>
    Token,

    /// <summary>The job's context.</summary>
    Context,

    /// <summary>The attempt's logger.</summary>
    Logger,
}

/// <summary>A parameter of the handler.</summary>
/// <param name="Name">As an identifier.</param>
/// <param name="JsonName">The member's name.</param>
/// <param name="Role">What it is fed with.</param>
/// <param name="Shape">How it is read and written.</param>
/// <param name="Default">The default's literal.</param>
internal sealed record ParameterModel(string Name, string JsonName, ParameterRole Role, ValueShape Shape, string? Default)
{
    /// <summary>The default as JSON.</summary>
    public string? JsonDefault { get; init; }

    /// <summary>Its member must be there.</summary>
    public bool IsRequired => Default is null && !Shape.IsNullable;
}

/// <summary>How a handler ends.</summary>
internal enum ResultKind
{
    /// <summary>Nothing comes back.</summary>
    None,

    /// <summary>A value, kept as the job's result.</summary>
    Value,

    /// <summary>How the attempt ended.</summary>
    Outcome,
}

/// <summary>What comes back.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="IsAwaited">It comes as a task.</param>
/// <param name="Shape">How a value is written.</param>
internal sealed record ResultModel(ResultKind Kind, bool IsAwaited, ValueShape? Shape);

/// <summary>The attribute's settings, each as the text of the code that says it; null where unset.</summary>
internal sealed record OptionsModel
{
    public string? Description { get; init; }

    public string? Queue { get; init; }

    public int MaxConcurrent { get; init; }

    public int Attempts { get; init; }

    public long TimeoutTicks { get; init; }

    public long? KeepFinishedTicks { get; init; }

    public EquatableArray<string> NeverRetry { get; init; }
}

/// <summary>A schedule on the handler's code.</summary>
/// <param name="IsCron">Cron, or an interval.</param>
/// <param name="Expression">Its text.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="Name">Its name.</param>
internal sealed record ScheduleModel(bool IsCron, string Expression, string? Zone, string? Name)
{
    /// <summary>Its cron dialect; null where none is given.</summary>
    public string? Dialect { get; init; }
}

/// <summary>Where the typed call stands.</summary>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="Receiver">The handler's type, fully qualified: the call looks like its member.</param>
/// <param name="ClassName">The generated static class.</param>
/// <param name="Name">The call.</param>
/// <param name="IsPublicType">The handler's type can be seen from other assemblies.</param>
/// <param name="IsPublic">So can the method and the types of all arguments.</param>
internal sealed record CallModel(string Namespace, string Receiver, string ClassName, string Name, bool IsPublicType, bool IsPublic);
