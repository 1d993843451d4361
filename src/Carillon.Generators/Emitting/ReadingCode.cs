using Carillon.Generators.Model;
using Microsoft.CodeAnalysis.CSharp;

namespace Carillon.Generators.Emitting;

/// <summary>Code that reads a handler's arguments.</summary>
internal static class ReadingCode
{
    public static void CallRead(CodeText code, HandlerModel handler)
    {
        var read = new List<string>();
        foreach (var (parameter, index) in Indexed(handler))
        {
            if (parameter.Role == ParameterRole.Whole)
            {
                code.Line($"{parameter.Shape.FullType} value{index} = {ReadWhole(parameter)};");
            }
            else if (parameter.Role == ParameterRole.Argument)
            {
                read.Add($"out var value{index}");
            }
        }

        if (read.Count > 0)
        {
            code.Line($"Read(context, {string.Join(", ", read)});");
        }
    }

    public static void ReadMethod(CodeText code, HandlerModel handler)
    {
        var members = Indexed(handler).Where(static pair => pair.Parameter.Role == ParameterRole.Argument).ToList();
        code.Open($"private static void Read(global::Carillon.Jobs.JobContext context, {string.Join(", ", members.Select(static pair => $"out {pair.Parameter.Shape.FullType} value{pair.Index}"))})");
        foreach (var (parameter, index) in members)
        {
            code.Line($"value{index} = {parameter.Default ?? "default!"};");
            if (parameter.IsRequired)
            {
                code.Line($"var isMissing{index} = true;");
            }
        }

        ReadMembers(code, members);
        foreach (var (parameter, index) in members.Where(static pair => pair.Parameter.IsRequired))
        {
            code.Line().Open($"if (isMissing{index})").Line($"reader.Miss({Utf8(parameter.JsonName)});").Line($"value{index} = {Values.Read(parameter.Shape)};").Close();
        }

        code.Close();
    }

    /// <summary>A text as UTF-8 bytes.</summary>
    public static string Utf8(string text) => SymbolDisplay.FormatLiteral(text, quote: true) + "u8";

    private static void ReadMembers(CodeText code, List<(ParameterModel Parameter, int Index)> members)
    {
        code.Line("var reader = new global::Carillon.Jobs.ArgumentReader(context);").Open("while (reader.NextMember())");
        var word = "if";
        foreach (var (parameter, index) in members)
        {
            code.Open($"{word} (reader.Is({Utf8(parameter.JsonName)}))").Line($"value{index} = {Values.Read(parameter.Shape)};");
            if (parameter.IsRequired)
            {
                code.Line($"isMissing{index} = false;");
            }

            code.Close();
            word = "else if";
        }

        code.Open("else").Line("reader.SkipMember();").Close().Close();
    }

    private static string ReadWhole(ParameterModel parameter)
    {
        var read = $"context.ReadArgs<{parameter.Shape.Type}>()";
        return parameter.IsRequired ? read : $"context.Args.IsEmpty ? {parameter.Default ?? "null"} : {read}";
    }

    private static IEnumerable<(ParameterModel Parameter, int Index)> Indexed(HandlerModel handler) => handler.Parameters.Select(static (parameter, index) => (parameter, index));
}
