namespace AutoRec.Data;

/// <summary>A log of interactions with what is known of its items and users.</summary>
public sealed class DataSet
{
    private IReadOnlyList<string>? itemTitles;
    private IReadOnlyList<IReadOnlyList<string>>? itemCategories;
    private IReadOnlyList<string>? userNames;

    internal DataSet()
    {
    }

    /// <summary>The name by which <see cref="DataSets.Load"/> knows it, or the path of a file.</summary>
    public required string Name { get; init; }

    /// <summary>The name for people, such as <c>MovieLens 1M</c>.</summary>
    public required string Title { get; init; }

    /// <summary>Where it comes from and on which terms, in a line.</summary>
    public required string Source { get; init; }

    /// <summary>The log.</summary>
    public required Interactions Interactions { get; init; }

    /// <summary>What was met while the file was read; null for the sample, which is not read but drawn.</summary>
    public ReadReport? Report { get; init; }

    /// <summary>How many users and items the tables of them describe, a sentence each.</summary>
    internal IReadOnlyList<string> TableNotes { get; init; } = [];

    /// <summary>The sample with the truth that it was drawn from; null for all other data sets.</summary>
    public Sample? Sample { get; init; }

    /// <summary>The title of each item, by row; the raw id where no title is known.</summary>
    public IReadOnlyList<string> ItemTitles
    {
        get => itemTitles ??= Interactions.Items;
        init => itemTitles = value;
    }

    /// <summary>The categories (genres) of each item, by row; none where they are not known.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ItemCategories
    {
        get => itemCategories ??= [.. Enumerable.Repeat<IReadOnlyList<string>>([], Interactions.Items.Count)];
        init => itemCategories = value;
    }

    /// <summary>
    /// What else is known of items: by the name of the column in the table of items (<c>price</c>, <c>author</c>) its value for each item,
    /// by row; empty text where it is not known. Several values are separated by bars. Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ItemAttributes { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Items of the table of items that no interaction is of; see <see cref="DataSets.WithOtherItems"/>.</summary>
    internal IReadOnlyList<DescribedItem> OtherItems { get; init; } = [];

    /// <summary>The name of each user, by row; the raw id where no name is known.</summary>
    public IReadOnlyList<string> UserNames
    {
        get => userNames ??= Interactions.Users;
        init => userNames = value;
    }

    /// <summary>
    /// What is known of users: by the name of the attribute (<c>age</c>, <c>gender</c>, <c>occupation</c>) its value for
    /// each user, by row; empty text where it is not known. No attributes at all where there are no profiles.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> UserAttributes { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Whether more than the ids of items is known: a title, a category or an attribute of any.</summary>
    public bool KnowsItems => ItemAttributes.Count > 0
        || ItemCategories.Any(categories => categories.Count > 0)
        || !ItemTitles.SequenceEqual(Interactions.Items);

    /// <summary>Whether more than the ids of users is known: a name or an attribute of any.</summary>
    public bool KnowsUsers => UserAttributes.Count > 0 || !UserNames.SequenceEqual(Interactions.Users);

    /// <summary>
    /// The data set as implicit feedback: see <see cref="Interactions.ToPositives"/>. What is known of the users and items that
    /// remain stays known.
    /// </summary>
    public DataSet ToPositives(float minRating) => WithInteractions(Interactions.ToPositives(minRating));

    /// <summary>The data set with other interactions. What is known of users and items stays known by their ids.</summary>
    internal DataSet WithInteractions(Interactions log)
    {
        var (items, users) = (RowsOf(log.Items, Interactions.Items), RowsOf(log.Users, Interactions.Users));
        return new DataSet
        {
            Name = Name,
            Title = Title,
            Source = Source,
            Interactions = log,
            Report = Report,
            ItemTitles = [.. items.Select((row, i) => row < 0 ? log.Items[i] : ItemTitles[row])],
            ItemCategories = [.. items.Select(row => row < 0 ? [] : ItemCategories[row])],
            OtherItems = DescribedItem.NotIn(log.Items, OtherItems),
            UserNames = [.. users.Select((row, i) => row < 0 ? log.Users[i] : UserNames[row])],
            ItemAttributes = Selected(ItemAttributes, items),
            UserAttributes = Selected(UserAttributes, users),
        };
    }

    /// <summary>
    /// The data set with other interactions, where another data set knows more of users and items: what it knows counts first.
    /// </summary>
    internal DataSet WithMore(DataSet other, Interactions log)
    {
        var (known, more) = (WithInteractions(log), other.WithInteractions(log));
        return new DataSet
        {
            Name = Name,
            Title = Title,
            Source = Source,
            Interactions = log,
            Report = Report,
            ItemTitles = Joined(more.ItemTitles, known.ItemTitles, log.Items),
            ItemCategories = [.. more.ItemCategories.Select((own, i) => own.Count > 0 ? own : known.ItemCategories[i])],
            OtherItems = [.. more.OtherItems, .. known.OtherItems],
            UserNames = Joined(more.UserNames, known.UserNames, log.Users),
            ItemAttributes = Merged(more.ItemAttributes, known.ItemAttributes),
            UserAttributes = Merged(more.UserAttributes, known.UserAttributes),
        };

        static Dictionary<string, IReadOnlyList<string>> Merged(
            IReadOnlyDictionary<string, IReadOnlyList<string>> first, IReadOnlyDictionary<string, IReadOnlyList<string>> second) =>
            first.Keys.Union(second.Keys).ToDictionary(
                name => name,
                name => !second.TryGetValue(name, out var old) ? first[name]
                    : !first.TryGetValue(name, out var own) ? old
                    : Joined(own, old, null));

        static IReadOnlyList<string> Joined(IReadOnlyList<string> first, IReadOnlyList<string> second, IReadOnlyList<string>? unknown) =>
            [.. first.Select((text, i) => text == (unknown?[i] ?? "") ? second[i] : text)];
    }

    private static Dictionary<string, IReadOnlyList<string>> Selected(
        IReadOnlyDictionary<string, IReadOnlyList<string>> columns, int[] rows) =>
        columns.ToDictionary(
            column => column.Key, column => (IReadOnlyList<string>)[.. rows.Select(row => row < 0 ? "" : column.Value[row])]);

    // The old row of each new one; -1 where there is none.
    private static int[] RowsOf(IdIndex ids, IdIndex old) => [.. ids.Select(id => old.TryGetRow(id, out var row) ? row : -1)];
}
