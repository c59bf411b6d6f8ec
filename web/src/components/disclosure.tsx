"use client";
/** A button that opens a small panel; Escape, a click elsewhere or leaving by keyboard closes it. */
import { useEffect, useId, useRef, useState, type FocusEvent, type KeyboardEvent, type ReactNode } from "react";

export interface DisclosureProps {
  /** What the button is called where its content says too little. */
  label?: string;
  button: ReactNode;
  buttonClassName: string;
  panelClassName: string;
  className?: string;
  children: ReactNode;
}

export function Disclosure({
  label,
  button,
  buttonClassName,
  panelClassName,
  className = "",
  children,
}: DisclosureProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const toggle = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return undefined;
    const elsewhere = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", elsewhere);
    return () => document.removeEventListener("pointerdown", elsewhere);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    toggle.current?.focus();
  };
  const onBlur = (event: FocusEvent) => {
    if (event.relatedTarget && !root.current?.contains(event.relatedTarget)) setOpen(false);
  };
  return (
    <div ref={root} className={className} onKeyDown={onKeyDown} onBlur={onBlur}>
      <button
        ref={toggle}
        type="button"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={label}
        className={buttonClassName}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div
          id={id}
          className={`absolute z-20 animate-arrive rounded-card border border-line bg-surface shadow-floating ${panelClassName}`}
        >
          {children}
        </div>
      )}
    </div>
  );
}
