using System.Globalization;

namespace AutoRec.Data;

/// <summary>The data sets that the project knows by name. All but the sample are files that everyone gets for themselves.</summary>
public static class DataSets
{
    private const string GroupLens = "GroupLens, University of Minnesota: for research, not commercial use; "
        + "cite Harper and Konstan 2015";

    private const string NotPassedOn = GroupLens + "; not to be passed on";
    private const string MovieLensSite = "https://grouplens.org/datasets/movielens/";

    private static readonly Definition[] Files =
    [
        new("ml-100k", "MovieLens 100K", NotPassedOn, MovieLensSite, ["u.data"])
        {
            ReadItems = folder => Metadata.ReadPipes(Find(folder, "u.item"), Metadata.ItemOfUItem).Select(Metadata.WithYear),
            ReadUsers = folder => Metadata.ReadPipes(
                Find(folder, "u.user"),
                fields => new Profile(fields[0], ("age", fields[1]), ("gender", fields[2]), ("occupation", fields[3]))),
        },
        new("ml-1m", "MovieLens 1M", NotPassedOn, MovieLensSite, ["ratings.dat", "ratings-no-timestamp.dat"])
        {
            ReadItems = folder => Metadata.ReadColons(
                Find(folder, "movies.dat"),
                fields => Metadata.WithYear(new DescribedItem(fields[0], fields[1], Metadata.Genres(fields[2])))),
            ReadUsers = folder => Metadata.ReadColons(Find(folder, "users.dat"), Metadata.UserOfUsersDat),
        },
        new("ml-latest-small", "MovieLens latest small", GroupLens, MovieLensSite, ["ratings.csv"])
        {
            ReadItems = folder => Metadata.ReadItemTable(Find(folder, "movies.csv")).Select(Metadata.WithYear),
        },
        new(
            "amazon-electronics",
            "Amazon Electronics, users with 50 ratings and products with 5",
            "J. McAuley, UC San Diego: for research, cite McAuley et al. 2015",
            "https://jmcauley.ucsd.edu/data/amazon/",
            ["electronics-users50-products5.csv", "ratings_Electronics.csv"])
        {
            Reduce = log => KeepActive(log, ratingsPerUser: 50, ratingsPerItem: 5),
        },
    ];

    /// <summary>The names that <see cref="Load"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sample", .. Files.Select(file => file.Name)];

    /// <summary>Loads a data set.</summary>
    /// <param name="name">One of <see cref="Names"/>, or a source as <see cref="RatingsReader"/> takes it: the path of a ratings file, say,
    /// beside which files of its items and users may lie, see <see cref="OfFiles"/>.</param>
    /// <param name="dataFolder">The folder in which each data set has a folder of its name, with files named as in the official
    /// archive, plain or <c>.gz</c>. Null takes the environment variable <c>AUTOREC_DATA</c> or else <c>../shared/data</c>
    /// beside the project. The sample needs no folder.</param>
    /// <param name="progress">Receives how far the read has come. Default: nobody.</param>
    /// <exception cref="ArgumentException">The name is unknown and no path of a file.</exception>
    /// <exception cref="FileNotFoundException">The data set's file is not there; the message says where it can be had.</exception>
    /// <exception cref="DataFileException">A file cannot be used as it is.</exception>
    public static DataSet Load(string name, string? dataFolder = null, IProgress<WorkReport>? progress = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name == "sample")
        {
            return OfSample(SampleGenerator.Generate());
        }

        return Array.Find(Files, file => file.Name == name) is { } definition
            ? LoadFiles(definition, dataFolder, progress)
            : OfFiles(name, new ReadOptions { Progress = progress });
    }

    /// <summary>A ratings file of one's own as a data set, with what other files say of its items and users.</summary>
    /// <param name="path">The ratings file.</param>
    /// <param name="options">How to read it; null recognises the format. What values say is taken from <c>my.feedback.csv</c> beside
    /// <c>my.csv</c>, as <see cref="Write"/> writes it, if it exists and <paramref name="options"/> do not declare it.</param>
    /// <param name="itemFile">A table with a header, in any of the separators and encodings that ratings may have: the column <c>id</c>
    /// (<c>item_id</c>, <c>movieId</c>, <c>asin</c> and the like; else the first) is the id, <c>title</c> (<c>name</c>, <c>book title</c>)
    /// the title, <c>categories</c> (<c>category</c>, <c>genres</c>) the categories, separated by bars, each other column an attribute.
    /// Null takes <c>my.items.csv</c> beside a file <c>my.csv</c>, if it exists.</param>
    /// <param name="userFile">A table with a header: the column <c>id</c> (<c>user_id</c>; else the first) is the id, a column
    /// <c>name</c> the name, each other column an attribute of the profile. Null takes <c>my.users.csv</c> beside a file <c>my.csv</c>, if
    /// it is there.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="ArgumentException">The path is a bare name, and there is neither a file nor a data set of that name.</exception>
    /// <exception cref="FileNotFoundException">A file is not there.</exception>
    /// <exception cref="DataFileException">A file cannot be used as it is.</exception>
    public static DataSet OfFiles(
        string path,
        ReadOptions? options = null,
        string? itemFile = null,
        string? userFile = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!path.AsSpan().ContainsAny("/\\:*?") && !Path.Exists(path))
        {
            throw new ArgumentException(
                $"'{Secrets.OutOfSource(path)}' is neither a data set nor a file. Use one of {string.Join(", ", Names)}, "
                + "or the path of a ratings file.");
        }

        var orders = OrderReader.ShopOf(path) is { } shop ? OrderReader.LoadAs(shop, options ?? new ReadOptions()) : null;
        var (interactions, report) = orders is null
            ? RatingsReader.Read(path, options, cancellation)
            : RatingsReader.OfOrders(path, orders, options ?? new ReadOptions());
        IEnumerable<string> names = orders is null
            ? interactions.Items
            : interactions.Items.Select(id => orders.ProductNames[orders.Products.RowOf(id)]);
        if (FeedbackBeside(path, options) is { } feedback)
        {
            interactions = interactions.WithFeedback(feedback);
            report = report with { DataNotes = [.. SourcePart.DataNotesOf(interactions)] };
        }

        var (itemTable, userTable) = (itemFile ?? FileBeside(path, Metadata.Items), userFile ?? FileBeside(path, Metadata.Users));
        DescribedItem[] items = [.. Metadata.ReadItemTable(itemTable)];
        Profile[] profiles = [.. Metadata.ReadUserTable(userTable)];
        var (titles, categories, itemAttributes) = Match(interactions.Items, names, items);
        var attributes = Match(interactions.Users, profiles);
        var userNames = attributes.Remove("name", out var column) ? column
            : orders is null ? interactions.Users
            : [.. interactions.Users.Select(id => orders.CustomerNames[orders.Customers.RowOf(id)])];
        return new DataSet
        {
            Name = report.Path, // never the credentials of a database
            Title = Path.GetFileName(report.Path),
            Source = "data of one's own",
            Interactions = interactions,
            Report = report,
            TableNotes =
            [
                .. NoteOf(itemTable, "item", interactions.Items, items.Select(item => item.Id)),
                .. NoteOf(userTable, "user", interactions.Users, profiles.Select(profile => profile.Id)),
            ],
            ItemTitles = titles,
            ItemCategories = categories,
            ItemAttributes = itemAttributes,
            OtherItems = DescribedItem.NotIn(interactions.Items, items),
            UserNames = userNames == interactions.Users
                ? userNames
                : [.. userNames.Zip(interactions.Users, (name, id) => name.Length > 0 ? name : id)],
            UserAttributes = attributes,
        };
    }

    /// <summary>
    /// Writes a data set as a ratings file, see <see cref="RatingsWriter"/>, and beside it what is known of its items and users and what
    /// its values say (<c>my.feedback.csv</c> beside <c>my.csv</c>), so that <see cref="Load"/> reads it all back.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="path">The ratings file. Neither it nor the files beside it may exist.</param>
    /// <exception cref="ArgumentException">An id has a line break in it.</exception>
    /// <exception cref="DataFileException">One of the files exists, or the folder cannot be written.</exception>
    public static void Write(DataSet data, string path)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (items, users, feedback) = (Beside(path, Metadata.Items), Beside(path, Metadata.Users), Beside(path, FeedbackFile.Name));
        foreach (var file in new[] { path, items, users, feedback })
        {
            RatingsWriter.CheckNew(file, overwrite: false);
        }

        RatingsWriter.Write(data.Interactions, path);
        Metadata.Write(items, Metadata.ItemTable(data));
        Metadata.Write(users, Metadata.UserTable(data));
        FeedbackFile.Write(feedback, data.Interactions.Feedback);
    }

    /// <summary>A data set with a table of its items, see <see cref="OfFiles"/>: what it says counts before what was known.</summary>
    /// <exception cref="DataFileException">The file cannot be used as it is, or describes none of the items.</exception>
    internal static DataSet WithItemTable(DataSet data, string path)
    {
        var ids = data.Interactions.Items;
        DescribedItem[] items = [.. Metadata.ReadItemTable(path)];
        if (!items.Any(item => ids.TryGetRow(item.Id, out _)))
        {
            throw new DataFileException(path, "None of its lines describes an item of the data. "
                + $"The first column must be the item id; an id of the data is '{(ids.Count > 0 ? ids[0] : "")}'.");
        }

        return WithItems(data, items, data.Interactions);
    }

    /// <summary>
    /// A data set whose items are also those of its table of items that no interaction is of, for models that can recommend them.
    /// </summary>
    internal static DataSet WithOtherItems(DataSet data) => data.OtherItems.Count == 0 ? data
        : WithItems(data, data.OtherItems, data.Interactions.WithItems(data.OtherItems.Select(item => item.Id)));

    /// <summary>
    /// A data set with other interactions, whose items may be among those of its table of items that no interaction is of.
    /// </summary>
    internal static DataSet WithInteractions(DataSet data, Interactions log) =>
        data.OtherItems.Count == 0 ? data.WithInteractions(log) : WithItems(data, data.OtherItems, log);

    /// <summary>A sample as a data set.</summary>
    public static DataSet OfSample(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        SampleProduct[] products = [.. Enumerable.Range(0, sample.Interactions.Items.Count).Select(sample.ProductOf)];
        return new DataSet
        {
            Name = "sample",
            Title = "Sample shop",
            Source = "drawn by AutoRec.Lib from a known model; free to use",
            Interactions = sample.Interactions,
            Sample = sample,
            ItemTitles = [.. products.Select(product => product.Name)],
            ItemCategories = [.. products.Select(product => (IReadOnlyList<string>)[product.Category])],
            UserNames = [.. sample.Users.Select(user => user.Name)],
            UserAttributes = new Dictionary<string, IReadOnlyList<string>>
            {
                ["age"] = [.. sample.Users.Select(user => user.Age.ToString(CultureInfo.InvariantCulture))],
                ["gender"] = [.. sample.Users.Select(user => user.Gender)],
                ["occupation"] = [.. sample.Users.Select(user => user.Occupation)],
            },
        };
    }

    private static DataSet LoadFiles(Definition definition, string? dataFolder, IProgress<WorkReport>? progress)
    {
        var root = dataFolder ?? DataFolders.Default();
        var folder = root is null ? null : Path.Combine(root, definition.Name);
        var (file, path) = folder is null ? default : definition.RatingFiles
            .Select(file => (file, path: Find(folder, file)))
            .FirstOrDefault(found => found.path is not null);
        if (folder is null || path is null)
        {
            var place = folder ?? $"a folder {definition.Name} of the data folder";
            throw new FileNotFoundException(
                $"The data set {definition.Name} was not found: there is no {string.Join(" or ", definition.RatingFiles)}, "
                + $"plain or .gz, in '{place}'. Get it from {definition.Site} and unpack it there, or name the data folder "
                + $"({DataFolders.Variable} or --data-dir) that holds the folder {definition.Name}; data/README.md has the details.");
        }

        var (interactions, report) = RatingsReader.Read(path, new ReadOptions { Progress = progress });
        if (file == definition.RatingFiles[^1] && definition.Reduce is { } reduce)
        {
            interactions = reduce(interactions);
        }

        DescribedItem[] items = [.. definition.ReadItems?.Invoke(folder) ?? []];
        var (titles, categories, attributes) = Match(interactions.Items, interactions.Items, items);
        return new DataSet
        {
            Name = definition.Name,
            Title = definition.Title,
            Source = definition.Source,
            Interactions = interactions,
            Report = report,
            ItemTitles = titles,
            ItemCategories = categories,
            ItemAttributes = attributes,
            OtherItems = DescribedItem.NotIn(interactions.Items, items),
            UserAttributes = Match(interactions.Users, definition.ReadUsers?.Invoke(folder)),
        };
    }

    // What is said of items counts before what was known.
    private static DataSet WithItems(DataSet data, IReadOnlyList<DescribedItem> items, Interactions log)
    {
        var (titles, categories, attributes) = Match(log.Items, log.Items, items);
        var table = new DataSet
        {
            Name = data.Name,
            Title = data.Title,
            Source = data.Source,
            Interactions = log,
            ItemTitles = titles,
            ItemCategories = categories,
            ItemAttributes = attributes,
        };
        return data.WithMore(table, log);
    }

    private static IEnumerable<string> NoteOf(string? table, string kind, IdIndex ids, IEnumerable<string> described)
    {
        if (table is not null)
        {
            yield return FormattableString.Invariant(
                $"{table} describes {described.Distinct().Count(id => ids.TryGetRow(id, out _)):N0} of {ids.Count:N0} {kind}s");
        }
    }

    /// <summary>What a file beside a ratings file says of its values; null without one, and where options declare it.</summary>
    internal static Feedback? FeedbackBeside(string path, ReadOptions? options) =>
        options is null or { Feedback: null, PositiveFrom: null } && FileBeside(path, FeedbackFile.Name) is { } file
            ? FeedbackFile.Read(file)
            : null;

    private static string? FileBeside(string path, string what) =>
        File.Exists(path) && Beside(path, what) is var file && File.Exists(file) ? file : null;

    // my.csv and my.csv.gz have my.items.csv.
    private static string Beside(string path, string what)
    {
        var name = Path.GetFileName(path);
        return Path.Combine(Path.GetDirectoryName(path) ?? "", $"{name.Split('.')[0]}.{what}.csv");
    }

    /// <summary>A file under its plain name or its name with <c>.gz</c>; null when neither is there.</summary>
    private static string? Find(string folder, string name) =>
        new[] { name, name + ".gz" }.Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    // Of several lines for one id the last in ordinal order counts, so that the order of lines does not matter; here and for profiles.
    private static (
        IReadOnlyList<string> Titles,
        IReadOnlyList<IReadOnlyList<string>> Categories,
        Dictionary<string, IReadOnlyList<string>> Attributes) Match(
        IdIndex index, IEnumerable<string> names, IEnumerable<DescribedItem> items)
    {
        string[] titles = [.. names];
        var categories = new IReadOnlyList<string>[index.Count];
        Array.Fill(categories, []);
        DescribedItem[] ordered =
        [
            .. items.OrderBy(
                item => string.Join('\0', [item.Title, string.Join('|', item.Categories), .. item.Attributes.Select(pair => pair.Value)]),
                StringComparer.Ordinal),
        ];
        foreach (var item in ordered)
        {
            if (index.TryGetRow(item.Id, out var row))
            {
                titles[row] = item.Title;
                categories[row] = item.Categories;
            }
        }

        return (titles, categories, Columns(index, ordered.Select(item => (item.Id, item.Attributes))));
    }

    private static Dictionary<string, IReadOnlyList<string>> Match(IdIndex index, IEnumerable<Profile>? profiles) => Columns(
        index,
        (profiles ?? [])
            .OrderBy(profile => string.Join('\0', profile.Attributes.Select(pair => pair.Value)), StringComparer.Ordinal)
            .Select(profile => (profile.Id, profile.Attributes)));

    // A column for each attribute; of several lines for one id the last counts.
    private static Dictionary<string, IReadOnlyList<string>> Columns(
        IdIndex index, IEnumerable<(string Id, (string Name, string Value)[] Attributes)> lines)
    {
        var attributes = new Dictionary<string, string[]>();
        foreach (var line in lines)
        {
            if (!index.TryGetRow(line.Id, out var row))
            {
                continue;
            }

            foreach (var (name, value) in line.Attributes)
            {
                if (!attributes.TryGetValue(name, out var column))
                {
                    attributes.Add(name, column = new string[index.Count]);
                    Array.Fill(column, "");
                }

                column[row] = value;
            }
        }

        return attributes.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value);
    }

    /// <summary>First the users with enough ratings, then, of what is left, the items with enough.</summary>
    private static Interactions KeepActive(Interactions log, int ratingsPerUser, int ratingsPerItem)
    {
        var perUser = Codes.Count(log.UserRows.AsSpan(), log.Users.Count);
        var active = log.Where(i => perUser[log.UserRows[i]] >= ratingsPerUser);
        var perItem = Codes.Count(active.ItemRows.AsSpan(), active.Items.Count);
        return active.Where(i => perItem[active.ItemRows[i]] >= ratingsPerItem);
    }

    /// <summary>A data set in files.</summary>
    private sealed record Definition(string Name, string Title, string Source, string Site, string[] RatingFiles)
    {
        public Func<string, IEnumerable<DescribedItem>>? ReadItems { get; init; }

        public Func<string, IEnumerable<Profile>>? ReadUsers { get; init; }

        /// <summary>What is made of the last of <see cref="RatingFiles"/>, where that is more than the data set.</summary>
        public Func<Interactions, Interactions>? Reduce { get; init; }
    }
}
