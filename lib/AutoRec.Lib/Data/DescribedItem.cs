namespace AutoRec.Data;

/// <summary>What a file says of an item.</summary>
internal sealed record DescribedItem(
    string Id, string Title, IReadOnlyList<string> Categories, params (string Name, string Value)[] Attributes)
{
    /// <summary>Those whose ids are not in an index.</summary>
    public static DescribedItem[] NotIn(IdIndex ids, IEnumerable<DescribedItem> items) =>
        [.. items.Where(item => !ids.TryGetRow(item.Id, out _))];
}
