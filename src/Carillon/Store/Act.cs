namespace Carillon.Store;

/// <summary>
/// Who does what, from where. Each store method that a person can cause takes one and writes it as a journal entry in the
/// same transaction as the change: the act is recorded or it does not happen.
/// </summary>
/// <param name="Who">The key's name, the machine's user, or a file's owner name.</param>
/// <param name="From">An address, <c>cli</c>, <c>code</c>, or a file.</param>
/// <param name="What">The verb: <c>job.cancel</c>, <c>schedule.pause</c>, …</param>
public sealed record Act(string Who, string From, string What);
