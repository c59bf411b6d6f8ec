/** What a change of a deal is called, and which mark goes with it. Events that are not known here are just changes. */
import type { DealChange } from "@/lib/live";

export type DealMark = "won" | "lost" | "new" | "moved" | "person" | "removed" | "changed";

interface DealWords {
  readonly mark: DealMark;
  readonly sentence: string;
}

export function dealWords({ event, stage, owner_name }: DealChange): DealWords {
  switch (event) {
    case "deal_closed_won":
      return { mark: "won", sentence: "Won" };
    case "deal_closed_lost":
      return { mark: "lost", sentence: "Lost" };
    case "deal_created":
      return { mark: "new", sentence: stage ? `New in ${stage}` : "New" };
    case "deal_reopened":
      return { mark: "new", sentence: "Reopened" };
    case "stage_changed":
      return { mark: "moved", sentence: stage ? `Moved to ${stage}` : "Moved" };
    case "owner_changed":
      return { mark: "person", sentence: owner_name ? `Now with ${owner_name}` : "New owner" };
    case "deal_deleted":
      return { mark: "removed", sentence: "Deleted" };
    case "deal_merged":
      return { mark: "removed", sentence: "Merged into another" };
    default:
      return { mark: "changed", sentence: "Changed" };
  }
}
