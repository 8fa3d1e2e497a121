using System.Globalization;

namespace AutoRec.Data;

/// <summary>Names, occupations and products for the sample.</summary>
internal static class SampleWords
{
    private static readonly string[] FemaleNames =
    [
        "Ada", "Alice", "Amina", "Anna", "Beatriz", "Carla", "Chloe", "Clara", "Daria", "Elena", "Elif", "Emma", "Eva", "Fatima", "Freya",
        "Grace", "Hana", "Helen", "Ines", "Irene", "Jana", "Julia", "Kavya", "Laura", "Leila", "Lucia", "Maja", "Maria", "Mei", "Mina",
        "Nadia", "Nora", "Olivia", "Paula", "Petra", "Rosa", "Sara", "Sofia", "Vera", "Yuki",
    ];

    private static readonly string[] MaleNames =
    [
        "Adam", "Ahmed", "Alan", "Andrei", "Anton", "Ben", "Bruno", "Carlos", "Daniel", "David", "Diego", "Emil", "Erik", "Felix", "Filip",
        "Goran", "Hugo", "Ivan", "Jakob", "Jonas", "Karim", "Kenji", "Leon", "Liam", "Lucas", "Marco", "Mateo", "Milan", "Nico", "Noah",
        "Omar", "Oscar", "Pablo", "Peter", "Rafael", "Ravi", "Samuel", "Tomas", "Victor", "Wei",
    ];

    private static readonly string[] LastNames =
    [
        "Abbott", "Adeyemi", "Ahlberg", "Almeida", "Andersen", "Arnold", "Bakker", "Barnes", "Bauer", "Becker", "Bennett", "Berg",
        "Bianchi", "Blanc", "Bosch", "Brandt", "Brooks", "Burke", "Campos", "Carlsen", "Castro", "Chen", "Clark", "Cohen", "Conti",
        "Cooper", "Costa", "Cruz", "Dahl", "Demir", "Diaz", "Dubois", "Duran", "Ekman", "Engel", "Evans", "Farkas", "Ferreira",
        "Fischer", "Fontana", "Foster", "Fraser", "Fuchs", "Garcia", "Gomez", "Gray", "Greco", "Gupta", "Haas", "Hansen", "Harris",
        "Hayashi", "Henry", "Herrera", "Hoffman", "Holm", "Horvat", "Hughes", "Ibrahim", "Ito", "Ivanov", "Jansen", "Jensen", "Jones",
        "Kang", "Kaplan", "Keller", "Khan", "Kim", "Klein", "Kovacs", "Kruger", "Kumar", "Lambert", "Larsen", "Lee", "Lehmann",
        "Lind", "Lopez", "Lund", "Maier", "Marino", "Martin", "Mendes", "Meyer", "Moreau", "Morgan", "Moser", "Murphy", "Nagy",
        "Nakamura", "Nelson", "Nguyen", "Nilsen", "Novak", "Okafor", "Oliveira", "Olsen", "Ortiz", "Palmer", "Park", "Patel",
        "Pavlov", "Perez", "Petrov", "Popa", "Quinn", "Ramos", "Reed", "Ricci", "Rossi", "Roth", "Ruiz", "Santos", "Sato", "Schmidt",
        "Silva", "Singh", "Sokolov", "Stein",
        "Tanaka", "Torres", "Turner", "Varga", "Vogel", "Wagner", "Walsh", "Weber", "Wong", "Zimmer",
    ];

    private static readonly string[] Occupations =
    [
        "accountant", "artist", "carpenter", "chef", "designer", "driver", "engineer", "farmer", "lawyer", "librarian", "nurse",
        "programmer", "researcher", "retired", "sales", "student", "teacher", "writer",
    ];

    private static readonly string[] Qualifiers = ["Classic", "Compact", "Premium"];

    private static readonly string[][] Nouns =
    [
        ["Beginner Violin", "Drum Pad", "Guitar Tuner", "Metronome", "Music Stand", "Piano Bench", "Ukulele"],
        ["Air Pump", "Bike Bell", "Bike Light", "Chain Lock", "Cycling Gloves", "Helmet", "Saddle Bag"],
        ["Bath Towel", "Body Lotion", "Face Cream", "Hair Dryer", "Hand Soap", "Lip Balm", "Shampoo"],
        ["Camp Stove", "Headlamp", "Rain Jacket", "Rucksack", "Sleeping Bag", "Tent", "Water Bottle"],
        ["Bird Feeder", "Flower Pot", "Garden Hose", "Hand Trowel", "Pruning Shears", "Seed Tray", "Watering Can"],
        ["Charger", "Headphones", "Keyboard", "Loudspeaker", "Mouse", "Power Bank", "Webcam"],
        ["Blender", "Chef Knife", "Frying Pan", "Kettle", "Mixing Bowl", "Teapot", "Toaster"],
        ["Bookshelf", "Desk Lamp", "Door Mat", "Picture Frame", "Pillow", "Wall Clock", "Wool Blanket"],
        ["Card Game", "Chess Set", "Jigsaw Puzzle", "Model Train", "Plush Bear", "Toy Blocks", "Yo-yo"],
        ["Cat Bed", "Dog Lead", "Fish Tank", "Food Bowl", "Pet Brush", "Rope Toy", "Scratching Post"],
        ["Dumbbell", "Exercise Mat", "Foam Roller", "Football", "Jump Rope", "Swim Goggles", "Tennis Racket"],
        ["Ballpoint Pen", "Calendar", "Colour Pencils", "Desk Tray", "Notebook", "Paper Clips", "Stapler"],
    ];

    public static IReadOnlyList<string> Categories { get; } =
        ["Music", "Cycling", "Bath", "Outdoor", "Garden", "Electronics", "Kitchen", "Home", "Toys", "Pets", "Sport", "Stationery"];

    /// <summary>Products in turn from each category.</summary>
    public static SampleProduct[] Products(int count)
    {
        var products = new SampleProduct[count];
        for (var i = 0; i < count; i++)
        {
            var category = i % Categories.Count;
            var within = i / Categories.Count;
            var nouns = Nouns[category];
            var name = $"{Qualifiers[within / nouns.Length % Qualifiers.Length]} {nouns[within % nouns.Length]}";
            var numbered = Numbered(name, within / (nouns.Length * Qualifiers.Length));
            products[i] = new SampleProduct(Id('p', i, count, 3), numbered, Categories[category]);
        }

        return products;
    }

    /// <summary>Users whose age, gender and occupation lean on their taste group.</summary>
    public static SampleUser[] Users(NormalRandom random, int[] groups)
    {
        var females = Names(random, FemaleNames);
        var males = Names(random, MaleNames);
        var (female, male) = (0, 0);
        var users = new SampleUser[groups.Length];
        for (var i = 0; i < users.Length; i++)
        {
            var group = groups[i];
            var isFemale = random.NextDouble() < (group % 2 == 0 ? 0.65 : 0.35);
            var number = isFemale ? female++ : male++;
            var names = isFemale ? females : males;
            var age = (int)Math.Clamp(Math.Round(22 + (8 * (group % 6)) + (6 * random.Normal())), 18, 85);

            // Seven in ten have one of the three occupations that are usual in their group.
            var occupation = random.NextDouble() < 0.7
                ? ((3 * group) + random.Next(3)) % Occupations.Length
                : random.Next(Occupations.Length);
            users[i] = new SampleUser(
                Id('u', i, users.Length, 4),
                Numbered(names[number % names.Length], number / names.Length),
                age,
                isFemale ? "F" : "M",
                Occupations[occupation],
                group);
        }

        return users;
    }

    private static string[] Names(NormalRandom random, string[] firstNames)
    {
        string[] names = [.. firstNames.SelectMany(_ => LastNames, (first, last) => $"{first} {last}")];
        random.Shuffle(names);
        return names;
    }

    private static string Numbered(string name, int earlier) =>
        earlier == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {earlier + 1}");

    // As many digits for all, so that ids sort by their numbers.
    private static string Id(char kind, int index, int count, int digits)
    {
        var most = count.ToString(CultureInfo.InvariantCulture).Length;
        return kind + (index + 1).ToString(CultureInfo.InvariantCulture).PadLeft(Math.Max(digits, most), '0');
    }
}
