/** The product's mark. Its name stands beside it, so it is no image to assistive technology. */
export function Mark({ size = "1.5rem" }: { size?: string }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="8" fill="#4f46e5" />
      <path
        d="M6 21h5l4-11 4 15 3.5-9H26"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
