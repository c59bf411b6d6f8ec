import { describe, expect, it } from "vitest";
import { figureFormat } from "@/lib/format";
import type { DealChange, Group } from "@/lib/live";
import { dealWords } from "./deal-words";
import { noteSentences } from "./notes";
import { periodOf } from "./period";

const group: Group = { key: {}, value: "0.5", unit: "ratio", n: 4, parts: {}, notes: [] };

describe("notes", () => {
  const say = (notes: string[], parts: Group["parts"] = {}) =>
    noteSentences({ ...group, notes, parts }, figureFormat("en"));

  it("become sentences, and those that are not known are left out", () => {
    expect(say(["rate_missing:EUR", "novelty", "partial_period"])).toEqual(["There is no exchange rate for EUR."]);
  });

  it("of few deals tell the interval where there is one", () => {
    const parts = { interval_low: "0.15", interval_high: "0.85" };
    expect(say(["few_deals"], parts)).toEqual([
      "Few deals stand behind this figure: the true one lies at 15% to 85% (95%).",
    ]);
    expect(say(["few_deals"])).toEqual(["Few deals stand behind this figure."]);
  });
});

describe("changes of deals", () => {
  const deal: DealChange = {
    tenant_seq: 1,
    occurred_at: "t",
    known_at: "t",
    event: "stage_changed",
    deal_id: "d",
    stage: "Proposal",
  };

  it("have a sentence each, and a plain one where the event is not known", () => {
    expect(dealWords(deal)).toEqual({ mark: "moved", sentence: "Moved to Proposal" });
    expect(dealWords({ ...deal, event: "novelty" })).toEqual({ mark: "changed", sentence: "Changed" });
  });
});

it("takes an unknown period for this quarter", () => {
  expect(periodOf("this_year")).toBe("this_year");
  expect(periodOf("last_decade")).toBe("this_quarter");
});
