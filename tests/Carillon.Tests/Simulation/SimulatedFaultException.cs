namespace Carillon.Tests.Simulation;

/// <summary>A fault that the simulator put in: the call may or may not have had its effect.</summary>
public sealed class SimulatedFaultException(string message) : Exception(message);
