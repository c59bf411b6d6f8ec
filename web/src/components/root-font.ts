/** The size in pixels of one rem, for what draws in pixels. In the browser only. */
export function rootFontPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}
