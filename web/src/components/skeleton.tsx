/** A place where content is on its way; shaped by the caller. */
export function Skeleton({ className }: { className: string }) {
  return <div aria-hidden="true" className={`animate-breathe rounded bg-line ${className}`} />;
}
