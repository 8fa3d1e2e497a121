using System.Text.Json;
using AutoRec.Distributed;

namespace AutoRec.Serving;

/// <summary>
/// Recommendations for many users by the processes of a group, each of which has the whole model. The batches of users are those of one
/// process, since a network's scores depend in their last bits on who else is in the batch; they are dealt to the processes in turn, so
/// that answers come in order without being kept.
/// </summary>
internal static class JointRecommendations
{
    private const int ItemsAtATime = 1 << 18; // sent

    /// <summary>Recommends items to users. All processes must read the answers to the end, together.</summary>
    /// <param name="service">Recommends.</param>
    /// <param name="group">The processes.</param>
    /// <param name="users">The ids of the users.</param>
    /// <param name="k">The number of items to recommend to each, at least 1.</param>
    /// <param name="rules">What may be recommended.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="most">The most users of a batch. Default: as many as one process takes.</param>
    /// <returns>On process 0 the lists of all users, in their order; nothing on the others.</returns>
    public static IEnumerable<RecommendationList> Recommend(
        this RecommendationService service,
        IProcessGroup group,
        IReadOnlyList<string> users,
        int k,
        RecommendationRules rules,
        CancellationToken cancellation,
        int most = int.MaxValue) =>
        InOrder(service.InBatches(users, k, 0, rules, most, cancellation), group, Math.Max(1, ItemsAtATime / Math.Max(1, k)));

    private static IEnumerable<RecommendationList> InOrder(IEnumerable<AnswerBatch> batches, IProcessGroup group, int usersAtATime)
    {
        foreach (var round in batches.Chunk(group.Size))
        {
            var own = group.Rank < round.Length ? round[group.Rank].Answer() : [];
            for (var rank = 0; rank < round.Length; rank++)
            {
                for (var start = 0; start < round[rank].Users; start += usersAtATime)
                {
                    var end = Math.Min(start + usersAtATime, round[rank].Users);
                    foreach (var answer in OnFirst(rank == group.Rank ? own[start..end] : [], rank, group))
                    {
                        yield return answer;
                    }
                }
            }
        }
    }

    // The answers of a process, on process 0; nothing on the others.
    private static RecommendationList[] OnFirst(RecommendationList[] answers, int rank, IProcessGroup group)
    {
        if (rank == 0)
        {
            return answers;
        }

        var bytes = rank == group.Rank ? JsonSerializer.SerializeToUtf8Bytes(answers, ProcessGroup.Json) : [];
        var length = group.AllGather(bytes.Length)[rank];
        bytes = group.Rank == 0 ? new byte[length] : bytes;
        group.SendToFirst<byte>(bytes, length, rank);
        return group.Rank == 0 ? JsonSerializer.Deserialize<RecommendationList[]>(bytes, ProcessGroup.Json)! : [];
    }
}
