"use client";
/** Glows once around its parent when the value changes; not for the first value. */
import { useState } from "react";

export function Glow({ value }: { value: string | null | undefined }) {
  const [seen, setSeen] = useState({ value, changes: 0 });
  if (seen.value !== value) setSeen({ value, changes: seen.value === undefined ? 0 : seen.changes + 1 });
  if (seen.changes === 0) return null;
  return (
    <span
      key={seen.changes}
      aria-hidden="true"
      className="pointer-events-none absolute -inset-px animate-glow rounded-card border border-transparent"
    />
  );
}
