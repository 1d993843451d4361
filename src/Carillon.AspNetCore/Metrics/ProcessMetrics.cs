using System.Diagnostics;

namespace Carillon.AspNetCore.Metrics;

/// <summary>The process and the runtime, under the names that Prometheus' own clients use.</summary>
internal static class ProcessMetrics
{
    public static void Write(PrometheusText text)
    {
        using var process = Process.GetCurrentProcess();
        text.Write("process_cpu_seconds_total", "counter", "CPU time of the process, user and system.", ("", process.TotalProcessorTime.TotalSeconds));
        text.Write("process_resident_memory_bytes", "gauge", "Resident memory of the process.", ("", process.WorkingSet64));
        text.Write("process_start_time_seconds", "gauge", "Start of the process, seconds since 1970.", ("", (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds));
        text.Write("process_threads", "gauge", "Threads of the process.", ("", process.Threads.Count));
        text.Write(
            "dotnet_gc_collections_total", "counter", "Garbage collections, by generation.",
            Enumerable.Range(0, GC.MaxGeneration + 1).Select(generation => (PrometheusText.Labels(("generation", $"{generation}")), (double)GC.CollectionCount(generation))));
        text.Write("dotnet_gc_heap_bytes", "gauge", "Managed memory in use.", ("", GC.GetTotalMemory(false)));
        text.Write("dotnet_threadpool_threads", "gauge", "Threads of the thread pool.", ("", ThreadPool.ThreadCount));
        text.Write("dotnet_threadpool_queued_items", "gauge", "Work items that wait for a thread of the pool.", ("", ThreadPool.PendingWorkItemCount));
    }
}
