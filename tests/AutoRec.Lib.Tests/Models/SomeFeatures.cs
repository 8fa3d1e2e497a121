using AutoRec.Data;

namespace AutoRec.Tests;

/// <summary>Features of items that have no meaning, for models that require some.</summary>
internal static class SomeFeatures
{
    public static InteractionMatrix Of(int items) =>
        SideFeatures.OneHot([.. Enumerable.Range(0, items).Select(item => new[] { $"kind {item % 2}", $"colour {item % 3}" })]);
}
