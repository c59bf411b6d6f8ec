"use client";
/** A figure that counts up or down to its new value. Nothing moves where motion is not wanted. */
import { useEffect, useRef, useState } from "react";
import { useReducedMotion } from "@/components/media-query";
import { figureFormat } from "@/lib/format";

const COUNT_MS = 200;
const PLACES = 6;

export function LiveFigure({ value, unit }: { value: string | null; unit: string }) {
  const format = figureFormat();
  const { figure, word } = format.shortParts(useCounting(value), unit);
  return (
    <data value={value ?? ""} title={format.exact(value, unit)} className="figures">
      {figure}
      {word && <span className="text-lg font-medium tracking-normal text-muted"> {word}</span>}
    </data>
  );
}

/** The value to show now: texts in between while it counts, then the value itself. */
function useCounting(value: string | null): string | null {
  const still = useReducedMotion();
  const [between, setBetween] = useState<{ to: string; text: string }>();
  const before = useRef(value);
  useEffect(() => {
    const from = before.current;
    before.current = value;
    if (still || from === null || value === null || from === value) return undefined;
    const began = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const part = Math.min(1, Math.max(0, (now - began) / COUNT_MS));
      const text = (Number(from) + (Number(value) - Number(from)) * part).toFixed(PLACES);
      setBetween(part < 1 ? { to: value, text } : undefined);
      if (part < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [value, still]);
  return between && between.to === value ? between.text : value;
}
