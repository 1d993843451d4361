using System.Globalization;
using Carillon.Peers.Parts;
using Carillon.Peers.Referee;

// What benchmarks/run starts: `referee …` measures everybody; `carillon PART …` and `quartz PART …` are what it starts in turn, as it starts
// benchmarks/peers/graphile.mjs and pgboss.mjs.
int[] Numbers() => [.. args.Skip(2).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
return args switch
{
    ["referee", ..] => await Match.RunAsync(Settings.Read(args[1..])),
    ["carillon", var part, ..] => await Part.PlayAsync(CarillonParts.All, part, Numbers()),
    ["quartz", var part, ..] => await Part.PlayAsync(QuartzParts.All, part, Numbers()),
    _ => throw new ArgumentException("Start it with ./benchmarks/run."),
};
