using System.Globalization;
using System.Text;

namespace Carillon.AspNetCore.Metrics;

/// <summary>Writes the Prometheus text format, version 0.0.4.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    /// <summary>One instrument with all of its series.</summary>
    public void Write(Measured measured)
    {
        var name = NameOf(measured.Instrument.Name, measured.Instrument.Unit, measured.Type);
        Head(name, measured.Type, measured.Instrument.Description ?? measured.Instrument.Name);
        foreach (var (tags, series) in measured.All)
        {
            var labels = LabelsOf(tags.Pairs);
            if (measured.Bounds is { } bounds)
            {
                Buckets(name, labels, bounds, series);
            }
            else
            {
                Line(name, labels, series.Sum);
            }
        }
    }

    /// <summary>A metric that is read at the scrape.</summary>
    public void Write(string name, string type, string help, params IEnumerable<(string Labels, double Value)> values)
    {
        Head(name, type, help);
        foreach (var (labels, value) in values)
        {
            Line(name, labels, value);
        }
    }

    /// <summary>Labels as they stand between the braces.</summary>
    public static string Labels(params (string Name, string Value)[] labels) => string.Join(",", labels.Select(label => $"{label.Name}=\"{Escape(label.Value)}\""));

    /// <summary><c>carillon.job.wait.duration</c> in s → <c>carillon_job_wait_duration_seconds</c>; counters end in <c>_total</c>.</summary>
    public static string NameOf(string name, string? unit, string type)
    {
        var plain = name.Replace('.', '_').Replace('-', '_');
        var suffix = unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var whole = plain.EndsWith(suffix, StringComparison.Ordinal) ? plain : plain + suffix;
        return type == "counter" && !whole.EndsWith("_total", StringComparison.Ordinal) ? whole + "_total" : whole;
    }

    // A histogram's buckets hold all that is at or below their bound, the last one everything.
    private void Buckets(string name, string labels, IReadOnlyList<double> bounds, Series series)
    {
        var prefix = labels.Length == 0 ? "" : labels + ",";
        long total = 0;
        for (var i = 0; i < series.Counts.Count; i++)
        {
            total += series.Counts[i];
            var bound = i < bounds.Count ? Number(bounds[i]) : "+Inf";
            Line(name + "_bucket", $"{prefix}le=\"{bound}\"", total);
        }

        Line(name + "_sum", labels, series.Sum);
        Line(name + "_count", labels, total);
    }

    private void Head(string name, string type, string help) =>
        _text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private void Line(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string LabelsOf(KeyValuePair<string, object?>[] tags) =>
        Labels([.. tags.Select(tag => (tag.Key.Replace('.', '_').Replace('-', '_'), Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? ""))]);

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
