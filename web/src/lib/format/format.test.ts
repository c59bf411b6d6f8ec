import { describe, expect, it } from "vitest";
import { ago, bucketLabel, changeOf, counted, dateIn, dateRange, daysBetween, figureFormat } from ".";

const en = figureFormat("en");

describe("figures", () => {
  it.each([
    ["1240310.55", "USD", "$1.24M", "$1,240,310.55"],
    ["25000.00", "EUR", "€25.0K", "€25,000.00"],
    ["999.40", "EUR", "€999", "€999.40"],
    ["-1500.00", "USD", "-$1.50K", "-$1,500.00"],
    ["0.00", "USD", "$0", "$0.00"],
    ["12345", "JPY", "¥12.3K", "¥12,345"],
    ["0.342857", "ratio", "34.3%", "34.2857%"],
    ["41.50", "days", "41.5 days", "41.5 days"],
    ["12", "count", "12", "12"],
    ["1800.00", "USD/day", "$1.80K a day", "$1,800.00 a day"],
  ])("writes %s %s as %s and in full as %s", (value, unit, short, exact) => {
    expect(en.short(value, unit)).toBe(short);
    expect(en.exact(value, unit)).toBe(exact);
  });

  it("come apart into figure and word", () => {
    expect(en.shortParts("41.50", "days")).toEqual({ figure: "41.5", word: "days" });
    expect(en.shortParts("0.5", "ratio")).toEqual({ figure: "50%", word: "" });
  });

  it("are exact beyond what a number holds", () => {
    expect(en.exact("90071992547409931.27", "USD")).toBe("$90,071,992,547,409,931.27");
  });

  it("are a dash where there is none", () => {
    expect(en.short(null, "USD")).toBe("–");
  });

  it("follow the locale", () => {
    expect(figureFormat("de").exact("1240310.55", "EUR")).toBe("1.240.310,55\u00a0€");
  });

  it("are counted in words", () => {
    expect(counted(1, "deal", "deals", "en")).toBe("1 deal");
    expect(counted(1234, "deal", "deals", "en")).toBe("1,234 deals");
  });
});

describe("changes", () => {
  const ask = (value: string | null, before: string | null, unit: string, better?: "higher" | "lower") =>
    changeOf({ value, before, unit, better }, "en");

  it("are relative for amounts and good when on the better side", () => {
    expect(ask("112.40", "100.00", "USD", "higher")).toEqual({ text: "+12.4%", direction: "up", good: true });
    expect(ask("50", "40", "days", "lower")).toEqual({ text: "+25%", direction: "up", good: false });
    expect(ask("-50", "-100", "USD", "higher")?.text).toBe("+50%");
  });

  it("are in points for ratios", () => {
    expect(ask("0.3", "0.331", "ratio", "higher")).toEqual({ text: "-3.1 pp", direction: "down", good: false });
  });

  it("are neither good nor bad where nothing changed", () => {
    expect(ask("5", "5", "USD", "higher")).toEqual({ text: "0%", direction: "same", good: undefined });
  });

  it("are absent where there is nothing to compare with", () => {
    expect(ask("5", null, "USD")).toBeUndefined();
    expect(ask("5", "0.00", "USD")).toBeUndefined();
  });
});

describe("times", () => {
  it("name buckets and ranges by calendar dates", () => {
    expect(bucketLabel("2026-10-05", "week", "en-GB")).toBe("5 Oct");
    expect(bucketLabel("2026-10-01", "month", "en-GB")).toBe("Oct");
    expect(dateRange("2026-10-01", "2027-01-01", "en-GB")).toMatch(/1 Oct\s–\s31 Dec 2026/);
    expect(daysBetween("2026-10-01", "2027-01-01")).toBe(92);
  });

  it("take the date of an instant in the organisation's zone", () => {
    expect(dateIn(Date.parse("2026-11-25T23:30:00Z"), "Europe/Berlin")).toBe("2026-11-26");
  });

  it("say how long ago", () => {
    expect(ago(0, 59_000, "en")).toBe("now");
    expect(ago(0, 240_000, "en")).toBe("4 min. ago");
    expect(ago(0, 2 * 3_600_000, "en")).toBe("2 hr. ago");
  });
});
