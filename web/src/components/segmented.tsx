"use client";
/** A choice of one among few, as radio buttons that look like one control. */
import { useId, type ReactNode } from "react";

export interface SegmentedProps<T extends string> {
  label: string;
  options: readonly { value: T; label: string; icon?: ReactNode }[];
  value: T;
  onChange: (value: T) => void;
  className?: string;
}

export function Segmented<T extends string>({ label, options, value, onChange, className = "" }: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset className={`flex rounded-md border border-line bg-sunken p-0.5 ${className}`}>
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          title={option.icon ? option.label : undefined}
          className="grid min-h-10 flex-1 cursor-pointer place-items-center rounded-[4px] px-3 text-sm font-medium whitespace-nowrap text-muted transition-colors duration-150 hover:text-text has-checked:bg-surface has-checked:text-text has-checked:shadow-[0_0_0_1px_var(--line)] has-focus-visible:outline-2 has-focus-visible:outline-accent sm:min-h-7 sm:px-2.5"
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.icon}
          <span className={option.icon ? "sr-only" : ""}>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
