using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Held-out interactions of some users, with what may be known of these users when they are predicted: row r of
/// <paramref name="Targets"/> belongs to user r of <paramref name="Histories"/>.
/// </summary>
/// <param name="Histories">What models may see.</param>
/// <param name="Targets">What they must predict: [users x items].</param>
public sealed record HeldOut(Histories Histories, InteractionMatrix Targets);

/// <summary>A data set in two parts.</summary>
/// <param name="Train">What models learn from: [users x items]. A user held out as a whole has an empty row or none.</param>
/// <param name="Test">What they are judged by.</param>
public sealed record Split(InteractionMatrix Train, HeldOut Test);
