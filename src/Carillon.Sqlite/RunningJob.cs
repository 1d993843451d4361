using Carillon.Store;

namespace Carillon.Sqlite;

/// <summary>A job that runs, as its row says, and the node's lease that its claim rests on.</summary>
internal sealed record RunningJob(Job Job, long NodeToken);
